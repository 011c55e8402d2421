/**
 * Splits bytes into lines. Splits at line feeds before decoding, so that a character split over two chunks
 * stays whole.
 */
import type { Taken } from '../report/drained.ts'

/** Longer lines are passed on in pieces of this many bytes: output without line ends must not fill the memory. */
export const LONGEST_LINE = 256 * 1024

const LF = 0x0a
const CR = 0x0d

export class LineSplitter {
  readonly #emit: (line: string) => Taken
  #parts: Buffer[] = []
  #held = 0
  #taken: Taken = undefined

  constructor(emit: (line: string) => Taken) {
    this.#emit = emit
  }

  push(chunk: Buffer): Taken {
    let from = 0
    this.#taken = undefined
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
      this.#hold(chunk.subarray(from, at))
      this.#flush(true)
      from = at + 1
    }
    this.#hold(chunk.subarray(from))
    return this.#taken
  }

  /** At the end of the stream, a last line without a line end counts as a line too. */
  end(): void {
    if (this.#held > 0) this.#flush(true)
  }

  #hold(part: Buffer): void {
    let rest = part
    while (this.#held + rest.length > LONGEST_LINE) {
      const room = LONGEST_LINE - this.#held
      this.#keep(rest.subarray(0, room))
      this.#flush(false)
      rest = rest.subarray(room)
    }
    if (rest.length > 0) this.#keep(rest)
  }

  #keep(part: Buffer): void {
    this.#parts.push(part)
    this.#held += part.length
  }

  #flush(lineEnd: boolean): void {
    const whole = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)
    this.#parts = []
    this.#held = 0
    const end = lineEnd ? withoutCarriageReturn(whole) : wholeCharacters(whole)
    this.#taken = this.#emit(whole.toString('utf8', 0, end)) ?? this.#taken
    if (!lineEnd && end < whole.length) this.#keep(whole.subarray(end))
  }
}

function withoutCarriageReturn(line: Buffer): number {
  return line.at(-1) === CR ? line.length - 1 : line.length
}

/**
 * The length of the longest prefix that does not end inside a UTF-8 character; the whole length if it is not
 * UTF-8.
 */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 4 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    if ((byte & 0xc0) === 0x80) continue
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return size > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}
