/** The marks that tell definitions and their parts from any other object a module may export. */

/** Registered, so that a BSP and the runtime recognise each other although each may bring its own copy of the package. */
const DEFINITION = Symbol.for('strux-bsp.definition')
/** Where a layer's board was defined: the URL that `defineBoard` was given. */
const BOARD_URL = Symbol.for('strux-bsp.board-url')

const KINDS = ['bsp', 'project', 'layer', 'board', 'without'] as const

/** `board` is the function that `defineBoard` returns; what a call of it returns is a `layer`. */
export type DefinitionKind = (typeof KINDS)[number]

/**
 * Marks `data` and returns it; the mark is not enumerable, so a copy made with `{...data}` is plain data again. What
 * cannot be marked (frozen) is copied first; what is no object is returned as it is: the loader will say what is wrong.
 */
export function markDefinition<T>(kind: DefinitionKind, data: T): T {
  if ((typeof data !== 'object' && typeof data !== 'function') || data === null) return data
  const mark = { value: kind, enumerable: false, configurable: true, writable: false }
  if (Reflect.defineProperty(data, DEFINITION, mark)) return data
  return Object.defineProperty({ ...data }, DEFINITION, mark)
}

/** What `value` was defined as; undefined for anything that no function of this package returned. */
export function definitionKind(value: unknown): DefinitionKind | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  const kind = (value as { [DEFINITION]?: unknown })[DEFINITION]
  return KINDS.find(known => known === kind)
}

/**
 * The layer as one of the board that was defined at `url`: a copy, since a board's function may return the same object
 * twice. A layer that is another board's already stays that board's.
 */
export function markBoardLayer<T>(url: string, layer: T): T {
  if (definitionKind(layer) !== 'layer' || boardUrl(layer) !== undefined) return layer
  const copy = markDefinition('layer', { ...layer })
  const mark = { value: url, enumerable: false, configurable: true, writable: false }
  return Object.defineProperty(copy as object, BOARD_URL, mark) as T
}

/** The URL that the layer's board was defined at; undefined for a layer that is no board's. */
export function boardUrl(layer: unknown): string | undefined {
  const url = (layer as { [BOARD_URL]?: unknown } | null)?.[BOARD_URL]
  return typeof url === 'string' ? url : undefined
}
