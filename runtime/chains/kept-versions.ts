/**
 * Copies of first versions on disk: one folder for each path, named by a digest of the path. `about.json` names
 * the path, `content` is the copy. `about.json` is written last and removed first: a folder without it counts
 * as empty.
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
import { removeWhole } from '../state/remove.ts'

/** The state of a path before its first link ran. */
export interface KeptVersion {
  readonly path: string
  /** Set if nothing was there: the outermost missing folder of the path, or the path itself. */
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

  /** The location of the copy, relative to the project. */
  contentOf(path: string): string {
    return `${this.#folderOf(path)}/content`
  }

  /** All paths with a kept version. */
  all(): KeptVersion[] {
    const folder = join(this.#root, this.#folder)
    if (!existsSync(folder)) return []
    return readdirSync(folder).flatMap(name => this.#read(`${this.#folder}/${name}`) ?? [])
  }

  /** Keeps the current state of the path: a copy, or the fact that nothing is there. */
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

  /** Restores the kept version, and keeps it. */
  async putBack(kept: KeptVersion): Promise<void> {
    if (kept.absent !== undefined) return this.#remove(kept)
    const draft = join(this.#root, this.#folderOf(kept.path), 'draft')
    await copy(join(this.#root, this.contentOf(kept.path)), draft)
    await this.#replace(kept.path, draft)
  }

  /** Restores the kept version, and keeps it no longer. */
  async giveBack(kept: KeptVersion): Promise<void> {
    if (kept.absent !== undefined) this.#remove(kept)
    else await this.#replace(kept.path, join(this.#root, this.contentOf(kept.path)))
    this.drop(kept.path)
  }

  drop(path: string): void {
    const folder = join(this.#root, this.#folderOf(path))
    rmSync(join(folder, 'about.json'), { force: true })
    removeWhole(folder)
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

  /** The outermost missing part of the path. */
  #outermostAbsent(path: string): string {
    let absent = path
    for (let above = posix.dirname(path); !existsSync(join(this.#root, above)); above = posix.dirname(above))
      absent = above
    return absent
  }

  /** Removes the path, and those folders around it that were missing too, unless they hold other files. */
  #remove({ path, absent = path }: KeptVersion): void {
    removeWhole(join(this.#root, path))
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
    // A rename can replace a file atomically, but not a folder.
    if (!(isFile(draft) && isFile(target))) removeWhole(target)
    try {
      renameSync(draft, target)
    } catch (error) {
      // The path is on another filesystem.
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
      removeWhole(target)
      await copy(draft, target)
    }
  }
}

/** Copies a file or folder with modes, times and owners; shares blocks where the filesystem can. */
async function copy(from: string, to: string): Promise<void> {
  removeWhole(to)
  if (lstatSync(from).isFile()) {
    copyFileSync(from, to, constants.COPYFILE_FICLONE)
    return
  }
  const [{ execa }, { endingWithThisProcess }] = await Promise.all([
    import('execa'),
    import('../execute/host/guard.ts'),
  ])
  await endingWithThisProcess(() => execa('cp', ['-a', '--', from, to]), 'tree')
}
