/** The mark that tells a definition from any other object a module may export. */

/** Registered, so that a BSP and the runtime recognise each other although each may bring its own copy of the package. */
const DEFINITION = Symbol.for('strux-bsp.definition')

export type DefinitionKind = 'bsp' | 'project'

/**
 * Marks `data` and returns it; the mark is not enumerable, so a copy made with `{...data}` is plain data again. What
 * cannot be marked (frozen) is copied first; what is no object is returned as it is: the loader will say what is wrong.
 */
export function markDefinition<T>(kind: DefinitionKind, data: T): T {
  if (typeof data !== 'object' || data === null) return data
  const mark = { value: kind, enumerable: false, configurable: true, writable: false }
  if (Reflect.defineProperty(data, DEFINITION, mark)) return data
  return Object.defineProperty({ ...data }, DEFINITION, mark)
}

/** What `value` was defined as; undefined for anything that neither `defineBsp` nor `defineConfig` returned. */
export function definitionKind(value: unknown): DefinitionKind | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const kind = (value as { [DEFINITION]?: unknown })[DEFINITION]
  return kind === 'bsp' || kind === 'project' ? kind : undefined
}
