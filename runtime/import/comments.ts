/** The comments of a YAML text, returned in order while a program walks the values. */
import { Lexer } from 'yaml'

export interface Comment {
  readonly start: number
  readonly end: number
  /** Without `#` and the spaces around the text. */
  readonly text: string
  /** Counts from 0. */
  readonly column: number
  /** The column of the text, if there is any. */
  readonly textColumn: number
  /** Nothing precedes it on its line. */
  readonly isAlone: boolean
}

export class Comments {
  readonly #text: string
  readonly #pending: Comment[]
  /** The end of the last comment that was returned. */
  #end = 0

  constructor(text: string) {
    this.#text = text
    this.#pending = [...read(text)]
  }

  /** All comments that begin before the offset. */
  before(offset: number): Comment[] {
    return this.#take(comment => comment.start < offset)
  }

  /** The comment at the end of the offset's line, if only punctuation precedes it. */
  endingLine(offset: number): Comment | undefined {
    const [next] = this.#pending
    if (!next || next.isAlone || next.start < offset) return undefined
    const between = this.#text.slice(offset, next.start)
    return /^[^\S\n]*,?[^\S\n]*$/.test(between) ? this.#take(comment => comment === next)[0] : undefined
  }

  /** The comments on their own lines, at this column or further right, directly after the offset. */
  behind(offset: number, column: number): Comment[] {
    let end = Math.max(offset, this.#end)
    return this.#take(comment => {
      const isNext = comment.start >= end && /^[\s,]*$/.test(this.#text.slice(end, comment.start))
      if (!isNext || !comment.isAlone || comment.column < column) return false
      end = comment.end
      return true
    })
  }

  /** Whether a comment that has not been returned begins between the offsets. */
  has(start: number, end: number): boolean {
    return this.#pending.some(comment => comment.start >= start && comment.start < end)
  }

  #take(is: (comment: Comment) => boolean): Comment[] {
    const count = this.#pending.findIndex(comment => !is(comment))
    const taken = this.#pending.splice(0, count < 0 ? this.#pending.length : count)
    this.#end = taken.at(-1)?.end ?? this.#end
    return taken
  }
}

/** The lexer's tokens are pieces of the text, and control tokens without a position. */
function* read(text: string): Generator<Comment> {
  let offset = 0
  let isScalar = false
  for (const token of new Lexer().lex(text)) {
    if (token === '\u0002' || token === '\u0018') continue
    if (token === '\u001f') {
      isScalar = true
      continue
    }
    const line = text.lastIndexOf('\n', offset - 1) + 1
    if (!isScalar && token.startsWith('#')) {
      const sign = /^#+\s*/.exec(token)![0]
      yield {
        start: offset,
        end: offset + token.length,
        // Some characters end a line in TypeScript but not in YAML.
        text: token
          .replace(/^#+/, '')
          .replaceAll(/[\r\u2028\u2029]/g, ' ')
          .trim(),
        column: offset - line,
        textColumn: offset - line + sign.length,
        isAlone: text.slice(line, offset).trim() === '',
      }
    }
    isScalar = false
    offset += token.length
  }
}
