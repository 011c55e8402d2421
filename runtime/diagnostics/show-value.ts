/** Values as messages show them: in the author's notation, shortened to fit a line. */
import { isSh } from '../../lib/sh.ts'
import { Unusable } from './unusable.ts'

const LONGEST = 60

/** `'text'`, `12`, `[1, 2]`, `a function`: the value as written, or its kind if that says more. */
export function show(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (value === null || typeof value !== 'object')
    return typeof value === 'function' ? aFunction(value) : String(value)
  if (isSh(value)) return 'an inline script'
  if (value instanceof Unusable) return `a value that is not usable (${value.message})`
  if (Array.isArray(value)) return value.length === 0 ? '[]' : (brief(value) ?? `a list of ${value.length}`)
  const keys = Object.keys(value)
  return keys.length === 0 ? '{}' : (brief(value) ?? `an object with ${shorten(keys.join(', '))}`)
}

/** The value with its kind: `the number 12`, `the string 'x'`. */
export function showKind(value: unknown): string {
  const shown = show(value)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return `the ${typeof value} ${shown}`
  }
  if (Array.isArray(value) && shown.startsWith('[')) return `the list ${shown}`
  return typeof value === 'object' && value !== null && shown.startsWith('{') ? `the object ${shown}` : shown
}

function aFunction(value: { name: string }): string {
  // A class may have a getter of that name.
  const name: unknown = Object.getOwnPropertyDescriptor(value, 'name')?.value
  return typeof name === 'string' && name !== '' ? `the function ${name}` : 'a function'
}

function quoted(text: string): string {
  const json = JSON.stringify(shorten(text)).slice(1, -1).replaceAll('\\"', '"')
  return `'${json.replaceAll("'", "\\'")}'`
}

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}

/** Lists and objects of a few plain values in full; undefined for others. */
function brief(value: object): string | undefined {
  const plain = Object.values(value).every(
    part => part === null || !['object', 'function'].includes(typeof part),
  )
  if (!plain) return undefined
  const text = Array.isArray(value)
    ? `[${value.map(show).join(', ')}]`
    : `{ ${Object.entries(value)
        .map(([key, part]) => `${key}: ${show(part)}`)
        .join(', ')} }`
  return text.length <= LONGEST ? text : undefined
}

/** `boot.kernel.version`, `scripts[2].step`. */
export function showKeys(keys: readonly (string | number)[]): string {
  return keys
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`
      if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `[${quoted(key)}]`
      return index === 0 ? key : `.${key}`
    })
    .join('')
}
