/** Inline scripts: the `sh` tag, which quotes values for the shell, and its result type. */

/** A registered symbol, so that scripts from another copy of the package are recognised too. */
const BRAND = Symbol.for('strux-bsp.sh')

/**
 * A bash script in the definition, made by the `sh` tag. Nominal: the compiler refuses a plain string or a
 * similar object, because neither guarantees that values are quoted.
 */
export class Sh {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
    Object.defineProperty(this, BRAND, { value: true })
  }

  /** The script's text for bash. */
  get text(): string {
    return this.#text
  }
}

/** Whether `value` is an inline script, of this or another copy of the package. */
export function isSh(value: unknown): value is Sh {
  return typeof value === 'object' && value !== null && (value as { [BRAND]?: unknown })[BRAND] === true
}

/** The values that `${…}` in an inline script accepts. */
export type ShValue = string | number | Sh | readonly (string | number)[]

/**
 * Writes a bash script in place.
 *
 * - `${value}` inserts a string or number as one quoted word, a list as one word for each item, and another `sh` script
 *   unchanged.
 * - Bash receives `\n` and other escapes unchanged. Write `\${VAR}` for bash's own `${VAR}`, and `` \` `` for a backtick.
 *   `$VAR` and `$(command)` need no escape.
 * - The common indentation, one line break at the start, and blanks at the end are removed. A first line that begins
 *   right after the opening backtick does not count for the indentation.
 *
 * Throws a TypeError for a value that cannot become words: undefined, null, a boolean, an object, NaN, an infinite
 * number, or a string with a NUL character (which no command can be given).
 *
 * @example
 * sh`
 *   genimage --config "$BSP_FOLDER/image.cfg" --outputpath ${folder}
 *   echo "made for \${TARGET_ARCH}"
 * `
 */
export function sh(strings: TemplateStringsArray, ...values: readonly ShValue[]): Sh {
  const parts = dedent(strings.raw.map(withoutEscapes))
  const inserted = values.map((value, index) =>
    words(value, `value ${index + 1} of ${values.length} in sh\`…\``),
  )
  const script = new Sh(parts.map((part, index) => part + (inserted[index] ?? '')).join(''))
  const inside = values.findIndex((value, index) => !isSh(value) && inDoubleQuotes(parts.slice(0, index + 1)))
  if (inside >= 0) Object.defineProperty(script, IN_QUOTES, { value: `\${${inserted[inside]}}` })
  return script
}

const IN_QUOTES = Symbol.for('strux-bsp.sh-in-quotes')

/** A value of the script that stands inside double quotes, as bash gets it; undefined if there is none. */
export function valueInQuotes(script: Sh): string | undefined {
  return (script as { [IN_QUOTES]?: string })[IN_QUOTES]
}

/** Whether a value after these literal parts is inside double quotes. Not known after a here-document. */
function inDoubleQuotes(parts: readonly string[]): boolean {
  const open: string[] = []
  const text = parts.join('_')
  if (text.includes('<<')) return false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    const top = open.at(-1)
    if (top === "'") {
      if (character === "'") open.pop()
    } else if (character === '\\') at++
    else if (character === '"') {
      if (top === '"') open.pop()
      else open.push('"')
    } else if (character === '$' && text[at + 1] === '(') {
      open.push('(')
      at++
    } else if (top !== '"' && character === '(') open.push('(')
    else if (top === '(' && character === ')') open.pop()
    else if (top !== '"' && character === "'") open.push("'")
    else if (top !== '"' && character === '#' && (at === 0 || /\s/.test(text[at - 1]!))) {
      const end = text.indexOf('\n', at)
      if (end < 0) return false
      at = end
    }
  }
  return open.at(-1) === '"'
}

/** Undoes the two escapes that template syntax requires; all others belong to bash. */
function withoutEscapes(raw: string): string {
  return raw.replace(/\\(\$\{|`)/g, '$1')
}

/** Removes the common indentation of a template with these literal parts. Inserted values stay unchanged. */
function dedent(parts: readonly string[]): string[] {
  const last = parts.length - 1
  const lines = parts.flatMap((part, index) =>
    // Text before the first line break continues a line; a line that ends with a value is never blank.
    part
      .split('\n')
      .slice(1)
      .filter((line, at, all) => line.trim() !== '' || (at === all.length - 1 && index !== last)),
  )
  const common = lines
    .map(indentation)
    .reduce<string | undefined>(
      (shared, own) => (shared === undefined ? own : sharedPrefix(shared, own)),
      undefined,
    )
  const strip = (line: string) => line.slice(sharedPrefix(common ?? '', line).length)
  return parts.map((part, index) => {
    let text = part
      .split('\n')
      .map((line, at) => (at === 0 ? line : strip(line)))
      .join('\n')
    if (index === 0) text = text.replace(/^[ \t]*\n/, '')
    return index === last ? text.trimEnd() : text
  })
}

function indentation(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? ''
}

function sharedPrefix(a: string, b: string): string {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return a.slice(0, length)
}

function words(value: unknown, where: string): string {
  if (isSh(value)) return value.text
  if (Array.isArray(value))
    return Array.from(value, (item, i) => word(item, `item ${i} of ${where}`)).join(' ')
  return word(value, where)
}

function word(value: unknown, where: string): string {
  if (typeof value !== 'string' && !Number.isFinite(value)) {
    throw new TypeError(
      `${where} is ${named(value)}; only strings, numbers, lists of them and sh scripts can be inserted`,
    )
  }
  const text = String(value)
  if (text.includes('\0'))
    throw new TypeError(`${where} contains a NUL character, which no command can be given`)
  return quoteForShell(text)
}

/** A text as one word of bash, whatever characters it has. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function named(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number') return String(value)
  if (isSh(value)) return 'an sh script inside a list'
  if (Array.isArray(value)) return 'a list inside a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
