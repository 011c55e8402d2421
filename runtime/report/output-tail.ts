/** The last part of a script's output, shown when the script fails. */

/** Limit in characters, including line ends. Up to twice as much may be held for a moment. */
const ENOUGH = 64 * 1024

export class OutputTail {
  /** Lines are kept in two halves and dropped a half at a time, which costs the same for every line. */
  #older: string[] = []
  #newer: string[] = []
  #size = 0
  /** True if the beginning has been dropped. */
  shortened = false

  add(line: string): void {
    if (this.#size > ENOUGH) {
      if (this.#older.length > 0) this.shortened = true
      this.#older = this.#newer
      this.#newer = []
      this.#size = 0
    }
    this.#newer.push(line)
    this.#size += line.length + 1
  }

  lines(): string[] {
    return [...this.#older, ...this.#newer]
  }
}
