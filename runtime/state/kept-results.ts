/** Results of evaluations, kept by the hash of everything that they depend on, in a folder of `dist/.strux`. */
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { readChecked, writeChecked } from './engine-file.ts'
import { stateFolder } from './state-folder.ts'

/** At most this many are kept; the least recently used go first. */
const KEPT = 500

export class KeptResults<T> {
  readonly #folder: string

  /** @param projectRoot absolute */
  constructor(projectRoot: string, folder: string) {
    this.#folder = join(stateFolder(projectRoot), folder)
  }

  get(key: string): T | undefined {
    const file = join(this.#folder, `${key}.json`)
    const kept = readChecked(file) as T | undefined
    if (kept === undefined) return undefined
    try {
      const now = new Date()
      utimesSync(file, now, now)
    } catch {
      // Another process has removed it since.
    }
    return kept
  }

  put(key: string, result: T): void {
    writeChecked(join(this.#folder, `${key}.json`), result)
    const names = readdirSync(this.#folder)
    if (names.length <= KEPT) return
    const aged = names
      .map(name => join(this.#folder, name))
      .map(path => ({ path, used: statSync(path).mtimeMs }))
    for (const { path } of aged.sort((a, b) => a.used - b.used).slice(0, names.length - KEPT))
      rmSync(path, { recursive: true, force: true })
  }
}
