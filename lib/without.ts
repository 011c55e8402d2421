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
 * Removes a script of the layers below. It may stand anywhere in `scripts`. Throws a TypeError if `id` is not a
 * non-empty string.
 *
 * @param id the script's `id`; for a script without one, `'hook:location'` as `strux plan` prints it
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
