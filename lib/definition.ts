/** Marks that tell definitions and their parts from other objects that a module may export. */

import type { Extension } from './extension.ts'

/** Registered symbols, so that a BSP and the runtime recognise each other with different copies of the package. */
const DEFINITION = Symbol.for('strux-bsp.definition')
/** The URL that a layer's board passed to `defineBoard`. */
const BOARD_URL = Symbol.for('strux-bsp.board-url')

/** The origin of an extension's options. */
const EXTENSION_OPTIONS = Symbol.for('strux-bsp.extension-options')

const KINDS = ['bsp', 'project', 'layer', 'board', 'without', 'extension', 'package'] as const

/** `board` is the function that `defineBoard` returns; calling it returns a `layer`. */
export type DefinitionKind = (typeof KINDS)[number]

/**
 * Marks `data` and returns it. The mark is not enumerable, so a copy made with `{...data}` is plain data again.
 * A frozen object is copied first. A value that is not an object is returned unchanged; the loader reports it.
 */
export function markDefinition<T>(kind: DefinitionKind, data: T): T {
  if ((typeof data !== 'object' && typeof data !== 'function') || data === null) return data
  const mark = { value: kind, enumerable: false, configurable: true, writable: false }
  if (Reflect.defineProperty(data, DEFINITION, mark)) return data
  return Object.defineProperty({ ...data }, DEFINITION, mark)
}

/** The kind of definition; undefined for values that do not come from this package. */
export function definitionKind(value: unknown): DefinitionKind | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  const kind = (value as { [DEFINITION]?: unknown })[DEFINITION]
  return KINDS.find(known => known === kind)
}

/**
 * Assigns the layer to the board that was defined at `url`. Returns a copy, because a board's function may
 * return the same object twice. A layer of another board keeps its board.
 */
export function markBoardLayer<T>(url: string, layer: T): T {
  if (definitionKind(layer) !== 'layer' || boardUrl(layer) !== undefined) return layer
  const copy = markDefinition('layer', { ...layer })
  const mark = { value: url, enumerable: false, configurable: true, writable: false }
  return Object.defineProperty(copy as object, BOARD_URL, mark) as T
}

/** The URL of the layer's board; undefined for a layer without a board. */
export function boardUrl(layer: unknown): string | undefined {
  const url = (layer as { [BOARD_URL]?: unknown } | null)?.[BOARD_URL]
  return typeof url === 'string' ? url : undefined
}

/** The options of an extension: the defaults that its author wrote, and the values that `with` set. */
export interface OptionsMark {
  readonly defaults: Readonly<Record<string, unknown>>
  readonly given: Readonly<Record<string, unknown>>
}

/** Adds the origin of an extension's options; returns the extension. */
export function markExtensionOptions<T extends object>(extension: T, mark: OptionsMark): T {
  return Object.defineProperty(extension, EXTENSION_OPTIONS, { value: mark, enumerable: false })
}

/** The origin of an extension's options; empty for other values. */
export function extensionOptions(extension: unknown): OptionsMark {
  const mark = (extension as { [EXTENSION_OPTIONS]?: unknown } | null)?.[EXTENSION_OPTIONS]
  return (mark as OptionsMark | undefined) ?? { defaults: {}, given: {} }
}

/** Whether a value is the result of `defineExtension`. */
export function isExtension(value: unknown): value is Extension {
  return definitionKind(value) === 'extension'
}
