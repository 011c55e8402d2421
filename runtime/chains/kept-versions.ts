/**
 * Copies of first versions on disk, one folder for each place, named by a digest of its path: `about.json` says which
 * place it is, `content` is the copy. `about.json` is written last and removed first: a folder without it counts as empty.
 */
import {
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { hashText } from '../cache/hash-memo.ts'
import { cacheFolder } from '../model/paths.ts'
import { writeAtomic } from '../state/atomic-file.ts'

/** What stood at a place before its first link ran. */
export interface KeptVersion {
  readonly path: string
  /** Where there was nothing: the outermost folder of the path that was not there, or the path itself. */
  readonly absent?: string
}

export class KeptVersions {
  readonly #root: string
  readonly #folder: string

  constructor(root: string, bsp: string) {
    this.#root = root
    this.#folder = `${cacheFolder(bsp)}/.first-versions`
  }

  find(path: string): KeptVersion | undefined {
    return this.#read(this.#folderOf(path))
  }

  /** Where the copy lies, relative to the project. */
  contentOf(path: string): string {
    return `${this.#folderOf(path)}/content`
  }

  /** All places of which something is kept. */
  all(): KeptVersion[] {
    const folder = join(this.#root, this.#folder)
    if (!existsSync(folder)) return []
    return readdirSync(folder).flatMap(name => this.#read(`${this.#folder}/${name}`) ?? [])
  }

  /** Keeps what stands at the place now: a copy, or that there is nothing. */
  async keep(path: string): Promise<KeptVersion> {
    this.drop(path)
    const folder = join(this.#root, this.#folderOf(path))
    mkdirSync(folder, { recursive: true })
    const target = join(this.#root, path)
    const there = lstatSync(target, { throwIfNoEntry: false }) !== undefined
    if (there) await copy(target, join(folder, 'content'))
    const kept: KeptVersion = there ? { path } : { path, absent: this.#outermostAbsent(path) }
    writeAtomic(join(folder, 'about.json'), JSON.stringify(kept))
    return kept
  }

  /** Brings the place to the kept version, which stays kept. */
  async putBack(kept: KeptVersion): Promise<void> {
    if (kept.absent !== undefined) return this.#remove(kept)
    const draft = join(this.#root, this.#folderOf(kept.path), 'draft')
    await copy(join(this.#root, this.contentOf(kept.path)), draft)
    await this.#replace(kept.path, draft)
  }

  /** Brings the place to the kept version, which is not kept any more. */
  async giveBack(kept: KeptVersion): Promise<void> {
    if (kept.absent !== undefined) this.#remove(kept)
    else await this.#replace(kept.path, join(this.#root, this.contentOf(kept.path)))
    this.drop(kept.path)
  }

  drop(path: string): void {
    const folder = join(this.#root, this.#folderOf(path))
    rmSync(join(folder, 'about.json'), { force: true })
    rmSync(folder, { recursive: true, force: true })
  }

  #folderOf(path: string): string {
    return `${this.#folder}/${hashText(path).slice(0, 32)}`
  }

  #read(folder: string): KeptVersion | undefined {
    try {
      const kept = JSON.parse(readFileSync(join(this.#root, folder, 'about.json'), 'utf8')) as KeptVersion
      const whole = kept.absent !== undefined || existsSync(join(this.#root, folder, 'content'))
      return whole && typeof kept.path === 'string' ? kept : undefined
    } catch {
      return undefined
    }
  }

  /** The outermost part of the path that is not there. */
  #outermostAbsent(path: string): string {
    let absent = path
    for (let above = posix.dirname(path); !existsSync(join(this.#root, above)); above = posix.dirname(above))
      absent = above
    return absent
  }

  /** The place, and the folders around it that were not there either, as far as nothing else lies in them. */
  #remove({ path, absent = path }: KeptVersion): void {
    rmSync(join(this.#root, path), { recursive: true, force: true })
    for (let at = path; at !== absent; ) {
      at = posix.dirname(at)
      try {
        rmdirSync(join(this.#root, at))
      } catch {
        return
      }
    }
  }

  async #replace(path: string, draft: string): Promise<void> {
    const target = join(this.#root, path)
    mkdirSync(dirname(target), { recursive: true })
    const isFile = (file: string) => lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === false
    // A file replaces a file in one step; folders cannot.
    if (!(isFile(draft) && isFile(target))) rmSync(target, { recursive: true, force: true })
    try {
      renameSync(draft, target)
    } catch (error) {
      // The place is on another filesystem.
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
      rmSync(target, { recursive: true, force: true })
      await copy(draft, target)
    }
  }
}

/** Copies a file or folder with modes, times and owners; shares blocks where the filesystem can. */
async function copy(from: string, to: string): Promise<void> {
  rmSync(to, { recursive: true, force: true })
  if (lstatSync(from).isFile()) {
    copyFileSync(from, to, constants.COPYFILE_FICLONE)
    return
  }
  const { execa } = await import('execa')
  await execa('cp', ['-a', '--', from, to])
}
