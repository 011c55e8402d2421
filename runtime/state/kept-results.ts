/** Results of evaluations, kept by the hash of everything that they depend on, in a folder of `dist/.strux`. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from './atomic-file.ts'
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
    try {
      const file = join(this.#folder, `${key}.json`)
      const kept = JSON.parse(readFileSync(file, 'utf8')) as T
      const now = new Date()
      utimesSync(file, now, now)
      return kept
    } catch {
      return undefined
    }
  }

  put(key: string, result: T): void {
    mkdirSync(this.#folder, { recursive: true })
    writeAtomic(join(this.#folder, `${key}.json`), `${JSON.stringify(result)}\n`)
    const names = readdirSync(this.#folder)
    if (names.length <= KEPT) return
    const aged = names
      .map(name => join(this.#folder, name))
      .map(path => ({ path, used: statSync(path).mtimeMs }))
    for (const { path } of aged.sort((a, b) => a.used - b.used).slice(0, names.length - KEPT))
      rmSync(path, { force: true })
  }
}
