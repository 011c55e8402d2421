/** Extensions as the planner gets them, from short lists of handlers. */
import { IMAGE_HOOKS, type ImageHook, type ImageHookAlias } from '../../lib/hooks/image.ts'
import type {
  EnabledExtension,
  ExtensionHandler,
  Extensions,
  HandlerFunction,
} from '../../runtime/model/extensions.ts'

export interface ShortHandler {
  readonly hook: ImageHook | ImageHookAlias
  readonly name?: string
  /** Bash, or a function. */
  readonly run: string | HandlerFunction
}

/** One extension, `probe`, in the project's folder `extensions`, with these handlers in the order of the table of hooks. */
export function extensionsWith(handlers: readonly ShortHandler[]): Extensions {
  const extension: EnabledExtension = {
    ...{ name: 'probe', folder: 'extensions', file: 'extensions/probe.ts', kind: 'project' },
    ...{ addedBy: 'bsp/demo/bsp.ts', options: { greeting: 'hello' } },
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
  return { enabled: [extension], handlers: made, skipped: [] }
}
