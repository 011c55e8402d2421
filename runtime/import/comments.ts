/** The comments of a YAML text, handed out in their order while a program goes through the values. */
import { Lexer } from 'yaml'

export interface Comment {
  readonly start: number
  readonly end: number
  /** Without the sign and the blanks around it. */
  readonly text: string
  /** Counts from 0. */
  readonly column: number
  /** The column of the text, where there is any. */
  readonly textColumn: number
  /** Nothing stands before it in its line. */
  readonly isAlone: boolean
}

export class Comments {
  readonly #text: string
  readonly #pending: Comment[]
  /** Where the last one ends that was handed out. */
  #end = 0

  constructor(text: string) {
    this.#text = text
    this.#pending = [...read(text)]
  }

  /** All that begin before the offset. */
  before(offset: number): Comment[] {
    return this.#take(comment => comment.start < offset)
  }

  /** The one that ends the line of the offset, where nothing but punctuation comes before it. */
  endingLine(offset: number): Comment | undefined {
    const [next] = this.#pending
    if (!next || next.isAlone || next.start < offset) return undefined
    const between = this.#text.slice(offset, next.start)
    return /^[^\S\n]*,?[^\S\n]*$/.test(between) ? this.#take(comment => comment === next)[0] : undefined
  }

  /** Those on lines of their own, at this column or further right, with nothing between them and the offset. */
  behind(offset: number, column: number): Comment[] {
    let end = Math.max(offset, this.#end)
    return this.#take(comment => {
      const isNext = comment.start >= end && /^[\s,]*$/.test(this.#text.slice(end, comment.start))
      if (!isNext || !comment.isAlone || comment.column < column) return false
      end = comment.end
      return true
    })
  }

  /** Whether one that is still to be handed out begins between the offsets. */
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

/** The lexer's tokens are the text in pieces, and signs of its own that have no place in it. */
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
        // What ends a line in TypeScript need not end one in YAML.
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
