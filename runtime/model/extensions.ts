/** The extensions of a build, as the planner and the commands see them: enabled, ordered, skipped. */
import type { ImageHook } from '../../lib/hooks/image.ts'
import type { Origin } from './origin.ts'

export interface Extensions {
  /** In the order in which they are enabled. */
  readonly enabled: readonly EnabledExtension[]
  /** The handlers that run: by hook in calling order, then in the order of execution. */
  readonly handlers: readonly ExtensionHandler[]
  /** Handlers that a definition skips or replaces. */
  readonly skipped: readonly SkippedHandler[]
  /** Variables with which steps start, such as INSTALL_HEADERS, if a configuration hook has set any. */
  readonly stepVariables?: Readonly<Record<string, string>>
}

export interface EnabledExtension {
  readonly name: string
  readonly description?: string
  /** The folder that `./` means and that EXTENSION_DIR names, relative to the project. */
  readonly folder: string
  /** The file that defines it, relative to the project; missing if it is unknown. */
  readonly file?: string
  /** `shipped`: part of this package. `bash`: a bash file. */
  readonly kind: 'project' | 'board' | 'package' | 'shipped' | 'bash'
  /** The definition that enables it, for people: the file of a BSP, a board's name, `--enable`. */
  readonly addedBy: string
  /** The options with their defaults, as JSON. */
  readonly options: Readonly<Record<string, unknown>>
  /** Another extension of the same name that this one stands in for, for people: its package or file. */
  readonly instead?: string
  /** Runs if the build fails after a handler of the extension has run. */
  readonly on_failure?: HandlerSource
}

export interface ExtensionHandler {
  /** `HOOK__NAME`: the id in plans, skip_hooks and messages. */
  readonly id: string
  readonly hook: ImageHook
  /** The hook's name in the extension: the hook or an alias of it. */
  readonly calledAs: string
  readonly name: string
  readonly order: number
  /** From 1, among the handlers of the hook that run; and their number. */
  readonly position: number
  readonly total: number
  readonly description?: string
  readonly extension: EnabledExtension
  readonly source: HandlerSource
  /** Files that the handler reads, as its author wrote them: relative to the extension's folder. */
  readonly depends_on?: readonly string[]
  /** The handler's position in the definition; if that has only the extension's name, the position of the name. */
  readonly origin: Origin
  /** The author's file and line, if they are known. */
  readonly at?: { readonly file: string; readonly line: number }
  /**
   * Finds the handler in its author's source; the value that enables the extension, if that source is not available.
   * Slow for TypeScript, so only for messages and lists.
   */
  readonly locate?: () => Promise<SourcePlace>
}

/** A position in a file of the project; lines and columns count from 1. */
export interface SourcePlace {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly length?: number
}

export type HandlerSource =
  /** A script file, relative to the extension's folder. */
  | { readonly kind: 'file'; readonly location: string }
  | { readonly kind: 'inline'; readonly text: string }
  /** A TypeScript function. `text`: everything that counts in fingerprints, its own text and its imports. */
  | { readonly kind: 'function'; readonly text: string; readonly call: HandlerFunction }
  | BashSource

/** A function of the extension's bash file. */
export interface BashSource {
  readonly kind: 'bash'
  readonly function: string
  /** The files that are read before it is called, relative to the project; the extension's own is the last. */
  readonly files?: readonly string[]
  /** Bash that restores the variables of the configuration hooks. */
  readonly variables?: string
  /** The earlier step whose handlers leave variables to those of this step. */
  readonly after?: string
}

/** `context`: see HandlerContext of the public API. */
export type HandlerFunction = (context: never) => unknown

export interface SkippedHandler {
  readonly handler: Omit<ExtensionHandler, 'position' | 'total'>
  /** The definition that skips it, for people; or the id of the handler that replaces it. */
  readonly by: string
  readonly why: 'skipped' | 'replaced'
}

/** A skipped or replaced handler for reports. `by`: the definition, or the id of the handler that replaces it. */
export interface LeftOutHandler {
  readonly id: string
  readonly why: SkippedHandler['why']
  readonly by: string
}

export function leftOutHandlers(extensions: Extensions | undefined): readonly LeftOutHandler[] {
  return extensions?.skipped.map(({ handler, why, by }) => ({ id: handler.id, why, by })) ?? []
}
