/**
 * Writes YAML. Two parsers of different ages read it, so all text is in double quotes, no line is folded, and
 * there are no anchors. The same value always gives the same bytes. The stringifier of the library `yaml` leaves
 * U+0085, U+2028 and byte order marks as they are, which the older parser refuses.
 */

/** A value with comment lines above it. */
export class Commented {
  readonly comment: readonly string[]
  readonly value: unknown

  constructor(comment: readonly string[], value: unknown) {
    this.comment = comment
    this.value = value
  }
}

/** @param value plain data; keys that are undefined, empty lists and empty objects are left out */
export function emit(value: object): string {
  return `${mapLines(value, '').join('\n')}\n`
}

function mapLines(map: object, indent: string): string[] {
  return Object.entries(map).flatMap(([key, entry]): string[] => {
    const { comment, value } = unwrapped(entry)
    if (isEmpty(value)) return []
    const above = comment.map(line => `${indent}# ${line}`)
    const name = `${indent}${/^[A-Za-z_][\w-]*$/.test(key) ? key : quoted(key)}:`
    if (Array.isArray(value)) return [...above, name, ...listLines(value, `${indent}  `)]
    if (typeof value === 'object') return [...above, name, ...mapLines(value as object, `${indent}  `)]
    return [...above, `${name} ${scalar(value)}`]
  })
}

function listLines(list: readonly unknown[], indent: string): string[] {
  return list.flatMap((entry): string[] => {
    const { comment, value } = unwrapped(entry)
    const above = comment.map(line => `${indent}# ${line}`)
    if (typeof value !== 'object' || value === null) return [...above, `${indent}- ${scalar(value)}`]
    const [first = '', ...rest] = mapLines(value, `${indent}  `)
    return [...above, `${indent}- ${first.trimStart()}`, ...rest]
  })
}

function unwrapped(entry: unknown): Commented {
  return entry instanceof Commented ? entry : new Commented([], entry)
}

function isEmpty(value: unknown): boolean {
  if (value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).every(entry => isEmpty(unwrapped(entry).value))
}

function scalar(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : String(value)
}

/** JSON's escapes are valid in YAML too. Characters that JSON allows and YAML does not are also escaped. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Any text as comment lines. */
export function commentLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(line => line.replaceAll(/\p{Cc}|[\u2028\u2029\ufeff\ufffe\uffff]/gu, ' ').trim())
    .filter(line => line !== '')
}
