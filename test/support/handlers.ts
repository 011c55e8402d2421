/** Extensions as the planner gets them, from short lists of handlers, and builds with them in this process. */
import { IMAGE_HOOKS, type ImageHook, type ImageHookAlias } from '../../lib/hooks/image.ts'
import { openWorkspace, runBuild } from '../../runtime/engine.ts'
import type {
  EnabledExtension,
  ExtensionHandler,
  Extensions,
  HandlerFunction,
} from '../../runtime/model/extensions.ts'
import { hostArch } from '../../runtime/plan/arch.ts'
import { CONTAINER_ROOT } from '../../runtime/plan/environment.ts'
import { makePlan } from '../../runtime/plan/plan.ts'
import { relationsOf } from '../../runtime/plan/relations.ts'
import type { SelectionOptions } from '../../runtime/plan/selection.ts'
import type { BuildEvent } from '../../runtime/report/events.ts'

export interface ShortHandler {
  readonly hook: ImageHook | ImageHookAlias
  readonly name?: string
  /** Bash, or a function. */
  readonly run: string | HandlerFunction
}

export interface MoreOfExtensions {
  readonly onFailure?: EnabledExtension['on_failure']
  readonly stepVariables?: Readonly<Record<string, string>>
}

export interface BuildWithOptions extends MoreOfExtensions {
  readonly signal?: AbortSignal
  /** Told each line of output. */
  readonly onLine?: (line: string) => void
}

/** One extension, `probe`, in the project's folder `extensions`, with these handlers in the order of the table of hooks. */
export function extensionsWith(
  handlers: readonly ShortHandler[],
  { onFailure, stepVariables }: MoreOfExtensions = {},
): Extensions {
  const extension: EnabledExtension = {
    ...{ name: 'probe', folder: 'extensions', file: 'extensions/probe.ts', kind: 'project' },
    ...{ addedBy: 'bsp/demo/bsp.ts', options: { greeting: 'hello' } },
    ...(onFailure && { on_failure: onFailure }),
  }
  const rows = IMAGE_HOOKS.map((row): readonly [ImageHook, readonly string[]] => [
    row.name,
    'aliases' in row ? row.aliases : [],
  ])
  const made = rows.flatMap(([hook, aliases]) => {
    const own = handlers.filter(each => each.hook === hook || aliases.includes(each.hook))
    return own.map(
      ({ hook: calledAs, name = 'handler', run }, index): ExtensionHandler => ({
        ...{
          id: `${hook}__${name}`,
          hook,
          calledAs,
          name,
          order: 500,
          position: index + 1,
          total: own.length,
        },
        extension,
        source:
          typeof run === 'string'
            ? { kind: 'inline', text: run }
            : { kind: 'function', text: run.toString(), call: run },
        origin: { source: 'bsp', keys: ['extensions'] },
        at: { file: 'extensions/probe.ts', line: 10 + index },
      }),
    )
  })
  return { enabled: [extension], handlers: made, skipped: [], ...(stepVariables && { stepVariables }) }
}

export interface BuiltWith {
  /** The output of each node, by id. */
  readonly lines: ReadonlyMap<string, readonly string[]>
  /** The nodes that ran, in the order in which they started. */
  readonly ran: readonly string[]
  readonly error?: unknown
}

/** Builds the project's BSP `demo` in this process, with these handlers. */
export async function buildWith(
  root: string,
  handlers: readonly ShortHandler[],
  selection: SelectionOptions = {},
  more: BuildWithOptions = {},
): Promise<BuiltWith> {
  const { diagnostics, workspace } = await openWorkspace(root, 'demo')
  if (!workspace) throw new Error(JSON.stringify(diagnostics))
  const { plan } = makePlan(
    {
      ...{ project: workspace.project.config, bsp: workspace.bsp.data, bspName: 'demo' },
      ...{ bspFolder: workspace.bsp.folder, host: hostArch(), version: '9.9.9' },
      ...{ root: CONTAINER_ROOT, hostRoot: root, extensions: extensionsWith(handlers, more) },
    },
    workspace.pipeline,
  )
  const lines = new Map<string, string[]>()
  const ran: string[] = []
  const report = (event: BuildEvent) => {
    if (event.type === 'node_started') ran.push(event.id)
    if (event.type !== 'node_output') return
    lines.set(event.id, [...(lines.get(event.id) ?? []), event.line])
    more.onLine?.(event.line)
  }
  try {
    await runBuild(
      { ...workspace, plan, relations: relationsOf(plan) },
      { report, selection, signal: more.signal ?? new AbortController().signal },
    )
    return { lines, ran }
  } catch (error) {
    return { lines, ran, error }
  }
}
