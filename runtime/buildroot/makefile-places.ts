/** Finds lines in makefiles, for messages. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A place in a file of the project; lines count from 1. */
export interface MakefilePlace {
  readonly file: string
  readonly line: number
}

export class MakefilePlaces {
  readonly #root: string
  readonly #lines = new Map<string, readonly string[]>()

  /** @param root the project, absolute */
  constructor(root: string) {
    this.#root = root
  }

  /** The line that gives a variable a value, or defines it. With `word`, the one of them that has the word. */
  ofVariable(file: string, name: string, word?: string): MakefilePlace {
    const start = new RegExp(`^\\s*(define\\s+${name}\\s*$|(override\\s+)?${name}\\s*[:+?]*=)`)
    const has = word === undefined ? undefined : new RegExp(`(^|[\\s=])${escaped(word)}($|[\\s\\\\])`)
    return (
      this.#find(file, (line, continued) => {
        const begins = start.test(line)
        if (begins || continued === name) return !has || has.test(line)
        return false
      }) ?? (word === undefined ? this.ofMacro(file) : this.ofVariable(file, name))
    )
  }

  /** The line that evaluates the macro of an infrastructure; the first line if there is none. */
  ofMacro(file: string): MakefilePlace {
    return this.#find(file, line => /\$\(eval\s+\$\([a-z-]+\)\)/.test(line)) ?? { file, line: 1 }
  }

  /** All lines with their numbers. */
  linesOf(file: string): readonly (readonly [line: number, text: string])[] {
    return this.#of(file).map((text, index) => [index + 1, text] as const)
  }

  #find(
    file: string,
    holds: (line: string, continued: string | undefined) => boolean,
  ): MakefilePlace | undefined {
    let continued: string | undefined
    for (const [index, line] of this.#of(file).entries()) {
      if (holds(line, continued)) return { file, line: index + 1 }
      const begun = /^\s*([A-Za-z0-9_]+)\s*[:+?]*=/.exec(line)?.[1]
      continued = line.endsWith('\\') ? (continued ?? begun) : undefined
    }
    return undefined
  }

  #of(file: string): readonly string[] {
    const known = this.#lines.get(file)
    if (known) return known
    let lines: string[]
    try {
      lines = readFileSync(join(this.#root, file), 'utf8').split('\n')
    } catch {
      lines = []
    }
    this.#lines.set(file, lines)
    return lines
  }
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
