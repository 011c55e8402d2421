/** `defineExtension`: a named set of handlers for the hooks of configuration, root filesystem and disk image. */
import { markDefinition, markExtensionOptions } from './definition.ts'
import type { FailureContext, HandlerContext } from './extension-context.ts'
import type { ConfigurationHook, DraftOf } from './extension-draft.ts'
import type { IMAGE_HOOKS, ImageHook, ImageHookAlias } from './hooks/image.ts'
import type { Sh } from './sh.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Values that the user of an extension may set. They are JSON, because they reach scripts too. */
export type ExtensionOptions = Readonly<Record<string, Json>>

/** The function of a handler: configuration hooks change a draft, all others work in the session of a step. */
export type HandlerFunction<H extends ImageHook, O> = H extends ConfigurationHook
  ? (draft: DraftOf<H, O>) => void
  : (context: HandlerContext<H, O>) => void | Promise<void>

interface HandlerFacts {
  /** Name of the handler. `HOOK__NAME` is its id. Default: the extension's name. */
  readonly name?: string | undefined
  /** Handlers of a hook run by this number, then by name, whatever extension they are from. Default: 500. */
  readonly order?: number | undefined
  /** What the handler does, for people. */
  readonly description?: string | undefined
  /** Files that the handler reads, relative to the extension's folder: a change of one runs the handler again. */
  readonly depends_on?: readonly string[] | undefined
  /** The handler of another extension, as `HOOK__NAME`, that this one takes the place of. */
  readonly replaces?: string | undefined
}

/** A handler is given as a script in place or a function (`run`), or as a script file (`location`). */
export type Handler<H extends ImageHook, O> = HandlerFacts &
  (
    | { readonly run: Sh | HandlerFunction<H, O>; readonly location?: undefined }
    | { readonly location: string; readonly run?: undefined }
  )

/** A handler with its facts; or in short only its script or function. */
export type HandlerEntry<H extends ImageHook, O> = Sh | HandlerFunction<H, O> | Handler<H, O>

export type Handlers<H extends ImageHook, O> = HandlerEntry<H, O> | readonly HandlerEntry<H, O>[]

type Row = (typeof IMAGE_HOOKS)[number]
type AliasOf<R> = R extends { readonly aliases: readonly (infer A)[] } ? A : never
/** The hook that has the alias A. */
type HookOf<A extends ImageHookAlias> = {
  [R in Row as R['name']]: A extends AliasOf<R> ? R['name'] : never
}[ImageHook]

/** The handlers of an extension by hook. */
export type ExtensionHooks<O> = { readonly [H in ImageHook]?: Handlers<H, O> | undefined } & {
  /** @deprecated An older name of a hook. */
  readonly [A in ImageHookAlias]?: Handlers<HookOf<A>, O> | undefined
}

/** The argument of `defineExtension`. */
export interface ExtensionBody<O> {
  /** Letters, digits, `-`, `_` and `.`. An extension that is enabled by name has its file's name. */
  readonly name: string
  /** Short description, for people. */
  readonly description?: string | undefined
  /**
   * `import.meta.url`. `./` in the paths of handlers then is in the folder of that module. Without it, `./` is
   * in the folder of the file that was found by name, else of the definition that enables the extension.
   */
  readonly url?: string | undefined
  /** For an extension that makes images unsafe: a text that every command shows as a warning. */
  readonly warning?: string | undefined
  /** The options and their defaults. */
  readonly options?: O | undefined
  /** Extensions that this one needs, by name or as values: they are enabled too. */
  readonly requires?: readonly (string | Extension)[] | undefined
  /** The handlers by hook: one, or a list. */
  readonly hooks: ExtensionHooks<O>
  /** Runs if a build fails in which a handler of this extension has run. */
  readonly on_failure?: Sh | ((context: FailureContext<O>) => void | Promise<void>) | undefined
}

declare const defined: unique symbol

/** The result of `defineExtension`, for the key `extensions`. */
export interface Extension<O extends ExtensionOptions = ExtensionOptions> {
  readonly [defined]: 'extension'
  readonly name: string
  readonly options: O
  /** A copy with these options set; the others keep their values. */
  with(options: Partial<O>): Extension<O>
}

/**
 * Defines an extension: the default export of `extensions/NAME.ts`, or a value of a board or package. It has an effect
 * where a BSP, a board or the project enables it.
 *
 * The compiler refuses an unknown hook or key, both or neither of `run` and `location`, and a function that reads what its
 * hook does not have. All else is checked when the project is loaded. Never throws.
 *
 * @example
 * export default defineExtension({
 *   name: 'motd',
 *   options: { text: 'Welcome' },
 *   hooks: {
 *     pre_customize_image: { order: 400, run: sh`cp motd "$SDCARD/etc/motd"` },
 *     user_config: draft => { draft.bsp.hostname = 'lobby' },
 *   },
 * })
 */
export function defineExtension<O extends ExtensionOptions = Record<string, never>>(
  extension: ExtensionBody<O>,
): Extension<O> {
  return withOptions(extension, {})
}

function withOptions<O extends ExtensionOptions>(body: ExtensionBody<O>, given: Partial<O>): Extension<O> {
  const said: unknown = (body as ExtensionBody<O> | null)?.options
  const defaults = typeof said === 'object' && said !== null ? (said as O) : {}
  const copy = markDefinition('extension', {
    ...body,
    options: said === defaults ? { ...defaults, ...given } : said,
  })
  markExtensionOptions(copy, { defaults, given })
  Object.defineProperty(copy, 'with', {
    enumerable: false,
    value: (more: Partial<O>) => withOptions(body, { ...given, ...more }),
  })
  return copy as unknown as Extension<O>
}
