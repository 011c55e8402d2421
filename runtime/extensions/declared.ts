/** An extension as its author declares it, in TypeScript or bash: what a front end reads, and resolve.ts orders. */
import type { Extension } from '../../lib/extension.ts'
import type { ImageHook } from '../../lib/hooks/image.ts'
import type { EnabledExtension, HandlerSource, SourcePlace } from '../model/extensions.ts'
import type { Origin } from '../model/origin.ts'
import type { HandlerOrder } from './order.ts'

export interface DeclaredExtension {
  readonly name: string
  readonly description?: string
  /** The URL of the module that defines it, if its author gives one. */
  readonly url?: string
  /** Shown whenever the extension is enabled. */
  readonly warning?: string
  /** The options with their defaults, and those that were set. */
  readonly options: Readonly<Record<string, unknown>>
  readonly given: Readonly<Record<string, unknown>>
  /** Extensions that this one enables. */
  readonly requires: readonly (string | Extension)[]
  readonly on_failure?: HandlerSource
  readonly handlers: readonly DeclaredHandler[]
}

export interface DeclaredHandler extends HandlerOrder {
  readonly hook: ImageHook
  /** The hook's name in the extension: the hook or an alias of it. */
  readonly calledAs: string
  readonly name: string
  readonly description?: string
  readonly source: HandlerSource
  readonly depends_on?: readonly string[]
  /** The id of a handler that this one takes the place of. */
  readonly replaces?: string
  /** The keys of the handler in the extension: `['hooks', HOOK, 0]`. */
  readonly keys: readonly (string | number)[]
}

/** An extension that a build uses, and how its parts are found in the source. */
export interface PlacedExtension {
  readonly enabled: EnabledExtension
  readonly handlers: readonly DeclaredHandler[]
  /** The position of the value that enables it, and whether this value is the extension itself. */
  readonly origin: Origin
  readonly isValue: boolean
  readonly locate: Locate
}

/** Finds a part of an extension in its author's source: the value under these keys, or the key itself. */
export type Locate = (keys: DeclaredHandler['keys'], at?: 'key' | 'value') => Promise<SourcePlace>
