/** The last part of what a script printed, to be shown where it fails. */

/** Characters, line ends included. As much again may be held for a moment. */
const ENOUGH = 64 * 1024

export class OutputTail {
  /** Lines are dropped in two halves, not one by one: that costs the same for every line. */
  #older: string[] = []
  #newer: string[] = []
  #size = 0
  /** True where the beginning is not held any more. */
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
