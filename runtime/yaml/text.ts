/** Decodes the bytes of a YAML file to text, finds positions in it, and reports errors that come before parsing. */

export interface TextPlace {
  /** Both count from 1, columns in UTF-16 units. */
  readonly line: number
  readonly column: number
  readonly length?: number
}

/** A complaint about a position in the text. */
export interface TextComplaint {
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly message: string
  readonly hint?: string
  /** Offsets in the text; `end` is exclusive. */
  readonly start: number
  readonly end: number
}

/** In bytes: a definition needs a thousandth of it. */
const LARGEST = 4 * 1024 * 1024

/**
 * Characters that YAML 1.2 does not allow in a file (its rule `c-printable`); they can be written as escapes in
 * quotes.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const NOT_PRINTABLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]/

export function decode(bytes: Buffer): {
  readonly text: string
  readonly complaints: readonly TextComplaint[]
} {
  if (bytes.length > LARGEST) {
    const message = `the file has ${(bytes.length / 1024 / 1024).toFixed(1)} MiB; the limit for a definition is 4 MiB`
    return { text: '', complaints: [{ severity: 'error', code: 'too_large', message, start: 0, end: 0 }] }
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { text, complaints: printable(text) }
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes)
    const at = firstWrong(bytes)
    const message = 'the file is not UTF-8'
    const hint = 'save it as UTF-8'
    const start = Math.min(at, text.length)
    return {
      text,
      complaints: [{ severity: 'error', code: 'bad_encoding', message, hint, start, end: start + 1 }],
    }
  }
}

/** The length of the valid text before the first byte that is not UTF-8, in UTF-16 units. */
function firstWrong(bytes: Buffer): number {
  let [good, bad] = [0, bytes.length]
  // A prefix that ends inside a character still decodes as a stream, so this finds the longest valid prefix.
  const decodable = (end: number) => {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true })
    } catch {
      return undefined
    }
  }
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (decodable(middle) === undefined) bad = middle
    else good = middle
  }
  return decodable(good)?.length ?? 0
}

function printable(text: string): TextComplaint[] {
  const start = text.search(NOT_PRINTABLE)
  if (start < 0) return []
  const code = text.charCodeAt(start).toString(16).padStart(4, '0')
  const hint = `take it out, or write "\\u${code}" in double quotes`
  const message = `the character U+${code.toUpperCase()} is not allowed in a YAML file`
  return [{ severity: 'error', code: 'bad_character', message, hint, start, end: start + 1 }]
}

/** Finds lines by offset, without searching the text each time. */
export class Lines {
  readonly #text: string
  readonly #starts: readonly number[]

  constructor(text: string) {
    this.#text = text
    const starts = [0]
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
    this.#starts = starts
  }

  /** `length` ends at the end of the first line. */
  place(start: number, end: number): TextPlace {
    const offset = Math.min(Math.max(0, start), this.#text.length)
    let [low, high] = [0, this.#starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.#starts[middle]! <= offset) low = middle
      else high = middle
    }
    const first = this.#text.slice(offset, Math.max(offset, end)).split(/\r?\n/, 1)[0]!.trimEnd()
    const place = { line: low + 1, column: offset - this.#starts[low]! + 1 }
    return first.length > 0 ? { ...place, length: first.length } : place
  }

  lineAt(offset: number): number {
    return this.place(offset, offset).line
  }
}
