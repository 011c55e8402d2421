/** Calls a TypeScript handler of an extension with its context: values, and commands in the step's session. */
import type { HandlerContext, RunShell } from '../../lib/extension-context.ts'
import type { ImageHook } from '../../lib/hooks/image.ts'
import { isSh, quoteForShell, type Sh, type ShValue, sh } from '../../lib/sh.ts'
import { StruxError } from '../diagnostics/error.ts'
import type { ScriptNode, ScriptSource } from '../model/plan.ts'
import type { CommandContext, StepSession } from './command-context.ts'
import { withVariables } from './session-variables.ts'

type FunctionSource = Extract<ScriptSource, { kind: 'function' }>

/** Resolves when the handler has finished; rejects with a StruxError that names the handler. */
export async function callHandler(
  node: ScriptNode,
  source: FunctionSource,
  { session, env }: StepSession,
  { report, signal }: CommandContext,
): Promise<void> {
  const handler = node.handler!
  const { id } = node
  const run = async (script: string, sets: readonly string[] = []) => {
    const lines: string[] = []
    const text = withVariables(`set -eo pipefail\n${script}`, session.variablesFile, sets)
    const exitCode = await session.run(
      { script: text, env },
      (stream, line) => {
        if (stream === 'stdout') lines.push(line)
        return report({ type: 'node_output', id, stream, line })
      },
      signal,
    )
    if (exitCode !== 0)
      throw new StruxError(`a command of ${id} failed with exit code ${exitCode}`, { exitCode })
    return { stdout: lines.join('\n') }
  }
  const shell =
    (wrap: (script: string) => string): RunShell =>
    (first: Sh | TemplateStringsArray, ...values: readonly ShValue[]) =>
      run(wrap((isSh(first) ? first : sh(first, ...values)).text))
  const context: HandlerContext<ImageHook> = {
    hook: handler.hook,
    extension: handler.extension.name,
    options: handler.extension.options,
    values: env as never,
    set: async values => {
      const names = Object.keys(values)
      await run(
        Object.entries(values)
          .map(([name, value]) => `${name}=${quoteForShell(String(value))}`)
          .join('\n'),
        names,
      )
    },
    sh: shell(script => script),
    chroot: shell(script => `chroot "\${MOUNT:-$SDCARD}" /bin/bash -c ${quoteForShell(script)}`),
    progress: text => report({ type: 'progress', id, message: text }),
  }
  await source.call(context as never)
}
