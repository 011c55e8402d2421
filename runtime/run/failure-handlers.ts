/** After a failed build: the failure handlers of the extensions whose handlers have run. */
import type { FailureContext } from '../../lib/extension-context.ts'
import { guard } from '../authored/guard.ts'
import { StruxError } from '../diagnostics/error.ts'
import { textOfThrown } from '../diagnostics/thrown.ts'
import type { EnabledExtension } from '../model/extensions.ts'
import type { ScriptNode } from '../model/plan.ts'
import type { CommandContext } from './command-context.ts'
import { runScript, WorkFailed } from './commands.ts'

/**
 * Runs them in the order in which the extensions are enabled, each in a container of its own. The failure stays the
 * failure of the build, so that a handler that fails too is only reported.
 */
export async function runFailureHandlers(error: unknown, context: CommandContext): Promise<void> {
  const { plan, records, report } = context
  for (const extension of plan.extensions?.enabled ?? []) {
    const { on_failure: source, name, options } = extension
    const stand = source && records?.hasRun(name) ? nodeOf(extension, context) : undefined
    if (!source || !stand) continue
    const message = error instanceof Error ? error.message : String(error)
    const failed = error instanceof WorkFailed ? error.id : ''
    try {
      if (source.kind === 'function') {
        const data: FailureContext = { extension: name, options, failed, message }
        await guard({ file: extension.file ?? name, mayWait: true }, () => source.call(data as never))
      } else if (source.kind === 'inline')
        await runScript(failureNode(stand, source.text, { FAILED: failed, FAILURE: message }), context)
    } catch (second) {
      const said = second instanceof StruxError ? second.message : textOfThrown(second)
      report({
        type: 'notice',
        level: 'warning',
        message: `on_failure of the extension '${name}' failed: ${said}`,
      })
    }
  }
}

/** A node of the extension: its failure handler has the same builder and variables. */
function nodeOf({ name }: EnabledExtension, { plan }: CommandContext): ScriptNode | undefined {
  return plan.nodes.find(
    (node): node is ScriptNode => node.kind === 'script' && node.handler?.extension.name === name,
  )
}

function failureNode(
  { inside: _, handler: __, at: ___, ...node }: ScriptNode,
  text: string,
  env: Readonly<Record<string, string>>,
): ScriptNode {
  const source = { kind: 'inline', text } as const
  return { ...node, runs_in: 'container', sets: [], env: { ...node.env, ...env }, source }
}
