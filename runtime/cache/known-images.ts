/**
 * Ids of images that the user names, as an engine last told them. A decision needs no engine: it compares with the id
 * known when the build began; a new id is noticed by the first build after the one that met it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from '../state/atomic-file.ts'
import { stateFolder } from '../state/places.ts'

export class KnownImages {
  readonly #file: string
  readonly #ids: ReadonlyMap<string, string>

  constructor(root: string) {
    this.#file = join(stateFolder(root), 'images.json')
    this.#ids = new Map(Object.entries(read(this.#file)))
  }

  id(image: string): string | undefined {
    return this.#ids.get(image)
  }

  /** Remembers what was learnt, for the next build. */
  save(learnt: ReadonlyMap<string, string>): void {
    const news = [...learnt].some(([image, id]) => this.#ids.get(image) !== id)
    if (news) writeAtomic(this.#file, JSON.stringify(Object.fromEntries([...this.#ids, ...learnt]), null, 2))
  }
}

function read(file: string): Record<string, string> {
  try {
    const data: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return typeof data === 'object' && data !== null ? (data as Record<string, string>) : {}
  } catch {
    return {}
  }
}
