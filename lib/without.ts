/** The entry of `scripts` that removes a script of the layers below. */
import { definitionKind, markDefinition } from './definition.ts'

declare const removed: unique symbol

/** The result of `without`. */
export interface Without {
  readonly [removed]: 'script'
}

/** The data of a `Without`. */
export interface WithoutData {
  readonly without: string
}

/**
 * Removes a script that a layer below brings, by its `id`; one without an `id` by `'hook:location'` as the layer writes
 * them, which `strux plan` shows. Stands in `scripts`, wherever in the list. Throws a TypeError for anything but a name.
 *
 * @example
 * export default defineBsp({ name: 'mine', extends: board(), scripts: [without('flash')] })
 */
export function without(id: string): Without {
  if (typeof id !== 'string' || id === '')
    throw new TypeError("without() takes the id of a script: without('flash')")
  const data: WithoutData = { without: id }
  return markDefinition('without', data) as unknown as Without
}

/** Whether `value` comes from `without`, of this or another copy of the package. */
export function isWithout(value: unknown): value is WithoutData {
  return definitionKind(value) === 'without'
}
