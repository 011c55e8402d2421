/** Calls a TypeScript handler of an extension with its context: values, and commands in the step's session. */
import type { HandlerContext, RunShell } from '../../lib/extension-context.ts'
import type { ImageHook } from '../../lib/hooks/image.ts'
import { isSh, quoteForShell, type Sh, type ShValue, sh } from '../../lib/sh.ts'
import { guard } from '../authored/guard.ts'
import { StruxError } from '../diagnostics/error.ts'
import { stringOf, textOfThrown } from '../diagnostics/thrown.ts'
import { imageHook } from '../model/image-hooks.ts'
import type { ScriptNode, ScriptSource } from '../model/plan.ts'
import type { CommandContext, StepSession } from './command-context.ts'
import { nameOf, whereIs } from './handler-failure.ts'
import { assignment, parseValues, printValues } from './handler-values.ts'
import type { HookRecords } from './hook-records.ts'
import { withVariables } from './session-variables.ts'

type FunctionSource = Extract<ScriptSource, { kind: 'function' }>

/** Resolves when the handler has finished; rejects with a StruxError that names the handler. */
export async function callHandler(
  node: ScriptNode,
  source: FunctionSource,
  inside: StepSession,
  place: CommandContext,
  records?: HookRecords,
): Promise<void> {
  const handler = node.handler!
  const row = imageHook(handler.hook)!
  const shell = new HandlerShell(node, inside, place)
  const values = parseValues(row, await shell.run(printValues(row), { quiet: true }))
  const context: HandlerContext<ImageHook> = {
    hook: handler.hook,
    extension: handler.extension.name,
    options: handler.extension.options,
    values: values as never,
    set: async changes => {
      const names = Object.keys(changes)
      const wrong = names.find(name => !node.sets.includes(name))
      if (wrong !== undefined) {
        const settable = node.sets.length === 0 ? 'nothing' : `only ${node.sets.join(', ')}`
        throw new StruxError(`ctx.set: ${handler.hook} does not take '${wrong}' back`, {
          hint: `A handler of this hook can set ${settable}.`,
        })
      }
      const text = Object.entries(changes).map(([name, value]) => assignment(name, value))
      await shell.run(text.join('\n'), { sets: names })
      Object.assign(values, changes)
    },
    sh: shell.runner(script => script),
    chroot: shell.runner(script => `chroot "\${MOUNT:-$SDCARD}" /bin/bash -c ${quoteForShell(script)}`),
    progress: text => place.report({ type: 'progress', id: node.id, message: text }),
    metadata: records?.data() as never,
  }
  try {
    const file = handler.extension.file ?? `the extension '${handler.extension.name}'`
    await guard({ file, mayWait: true }, () => source.call(context as never) as Promise<void>)
  } catch (error) {
    if (place.signal.aborted) throw error
    const hint = stringOf(error, 'hint')
    const message = error instanceof StruxError ? error.message : textOfThrown(error)
    throw new StruxError(`${nameOf(handler)} failed${await whereIs(handler)}: ${message}`, {
      cause: error,
      ...(hint !== undefined && { hint }),
    })
  }
}

class HandlerShell {
  readonly #node: ScriptNode
  readonly #inside: StepSession
  readonly #place: CommandContext

  constructor(node: ScriptNode, inside: StepSession, place: CommandContext) {
    this.#node = node
    this.#inside = inside
    this.#place = place
  }

  /**
   * Standard output without the last line break.
   *
   * @param sets variables that the script sets for the step
   */
  async run(script: string, { sets = [] as readonly string[], quiet = false } = {}): Promise<string> {
    const { session, env } = this.#inside
    const { report, signal } = this.#place
    const { id } = this.#node
    const lines: string[] = []
    const folder = imageHook(this.#node.hook)?.working_folder
    const strict = `${folder === undefined ? '' : `cd "${folder}"\n`}set -eo pipefail\n${script}`
    const exitCode = await session.run(
      { script: withVariables(strict, session.variablesFile, sets), env },
      (stream, line) => {
        if (stream === 'stdout') lines.push(line)
        if (!quiet) return report({ type: 'node_output', id, stream, line })
      },
      signal,
    )
    if (exitCode !== 0) throw new StruxError(`a command ended with exit code ${exitCode}`, { exitCode })
    return lines.join('\n')
  }

  /** Also outside a promise that the handler forgot to wait for, a failure names the handler. */
  runner(wrap: (script: string) => string): RunShell {
    return async (first: Sh | TemplateStringsArray, ...values: readonly ShValue[]) => {
      const { text } = isSh(first) ? first : sh(first, ...values)
      try {
        return { stdout: await this.run(wrap(text)) }
      } catch (error) {
        if (!(error instanceof StruxError)) throw error
        const [line = ''] = text.trim().split('\n')
        throw new StruxError(`${error.message}: ${line}`, { exitCode: error.exitCode ?? 1 })
      }
    }
  }
}
