/**
 * Copies of first versions on disk: one folder for each path, named by a digest of the path. `about.json` says what the
 * copy is, `content` is the copy. `about.json` is written last and removed first: a folder without it counts as empty.
 *
 * What `about.json` says never decides which path is changed: a path comes from the plan, or is checked against the
 * folder's name and the paths that builds may change.
 */

import {
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
} from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'
import { hashText } from '../cache/hash-memo.ts'
import { StruxError } from '../diagnostics/error.ts'
import { parents } from '../model/makers.ts'
import { cacheFolder, mayBeReset } from '../model/paths.ts'
import { readChecked, readEngineJson, writeChecked } from '../state/engine-file.ts'
import { makeFolder } from '../state/folder.ts'
import { removeWhole } from '../state/remove.ts'

/** The state of a path before its first link ran. */
export interface KeptVersion {
  readonly path: string
  /** Set if nothing was there: the outermost missing folder of the path, or the path itself. */
  readonly absent?: string
  /** Ids of the nodes that made this version. Absent in copies of strux 0.1.0. */
  readonly writers?: readonly string[]
  /** Digest of the copy; null if nothing was there. Absent in copies of strux 0.1.0. */
  readonly digest?: string | null
}

export class KeptVersions {
  readonly #root: string
  readonly #folder: string

  constructor(root: string, bsp: string) {
    this.#root = root
    this.#folder = `${cacheFolder(bsp)}/.first-versions`
  }

  find(path: string): KeptVersion | undefined {
    const kept = this.#read(this.#folderOf(path))
    return kept?.path === path ? kept : undefined
  }

  /** The location of the copy, relative to the project. */
  contentOf(path: string): string {
    return `${this.#folderOf(path)}/content`
  }

  /** All kept versions, for paths that the definition may no longer have. */
  all(): KeptVersion[] {
    return namesIn(join(this.#root, this.#folder)).flatMap(name => {
      const kept = this.#read(`${this.#folder}/${name}`)
      const isOwn = kept && mayBeReset(kept.path) && this.#folderOf(kept.path) === `${this.#folder}/${name}`
      return isOwn ? [kept] : []
    })
  }

  /**
   * Keeps the current state of the path: a copy, or the fact that nothing is there.
   *
   * @param writers ids of the nodes that made it
   * @param digest of the copy at a path relative to the project; null if there is none
   */
  async keep(
    path: string,
    writers: readonly string[],
    digest: (copy: string) => Promise<string | null>,
  ): Promise<KeptVersion> {
    this.drop(path)
    const folder = join(this.#root, this.#folderOf(path))
    makeFolder(folder)
    const target = this.#inProject(path)
    const there = lstatSync(target, { throwIfNoEntry: false }) !== undefined
    if (there) await copy(target, join(folder, 'content'))
    const about = { path, writers, digest: await digest(this.contentOf(path)) }
    const kept: KeptVersion = there ? about : { ...about, absent: this.#outermostAbsent(path) }
    writeChecked(join(folder, 'about.json'), kept, { durable: true })
    return kept
  }

  /** Restores the kept version, and keeps it. */
  async putBack(kept: KeptVersion): Promise<void> {
    if (kept.absent !== undefined) return this.remove(kept.path, kept.absent)
    const draft = join(this.#root, this.#folderOf(kept.path), 'draft')
    await copy(join(this.#root, this.contentOf(kept.path)), draft)
    await this.#replace(kept.path, draft)
  }

  /** Restores the kept version, and keeps it no longer. */
  async giveBack(kept: KeptVersion): Promise<void> {
    if (kept.absent !== undefined) this.remove(kept.path, kept.absent)
    else await this.#replace(kept.path, join(this.#root, this.contentOf(kept.path)))
    this.drop(kept.path)
  }

  drop(path: string): void {
    const folder = join(this.#root, this.#folderOf(path))
    if (!existsSync(folder)) return
    removeWhole(join(folder, 'about.json'))
    removeWhole(folder)
  }

  /**
   * Removes the path, and the folders around it that are empty then.
   *
   * @param outermost the last of these folders, or the path itself to keep them all
   */
  remove(path: string, outermost: string): void {
    removeWhole(this.#inProject(path))
    for (let at = path; at !== outermost; ) {
      at = posix.dirname(at)
      try {
        rmdirSync(join(this.#root, at))
      } catch {
        return
      }
    }
  }

  #folderOf(path: string): string {
    return `${this.#folder}/${hashText(path).slice(0, 32)}`
  }

  #read(folder: string): KeptVersion | undefined {
    const file = join(this.#root, folder, 'about.json')
    const kept = (readChecked(file) ?? readUnsigned(file)) as KeptVersion | undefined
    if (typeof kept?.path !== 'string') return undefined
    const { path, absent, writers, digest } = kept
    const copied = lstatSync(join(this.#root, folder, 'content'), { throwIfNoEntry: false })
    const hasCopy = copied !== undefined
    if (copied && !copied.isFile() && !copied.isDirectory() && !copied.isSymbolicLink()) return undefined
    const isWhole = hasCopy
      ? absent === undefined
      : absent !== undefined && (absent === path || (parents(path).includes(absent) && mayBeReset(absent)))
    const isKnown = writers === undefined || Array.isArray(writers)
    return isWhole && isKnown && (digest === undefined || (digest === null) === !hasCopy) ? kept : undefined
  }

  /** The outermost missing part of the path. */
  #outermostAbsent(path: string): string {
    let absent = path
    for (let above = posix.dirname(path); !existsSync(join(this.#root, above)); above = posix.dirname(above))
      absent = above
    return absent
  }

  /** The absolute path; throws if a folder on the way is a symlink out of the project. */
  #inProject(path: string): string {
    const full = join(this.#root, path)
    let folder = dirname(full)
    while (folder !== this.#root && !existsSync(folder)) folder = dirname(folder)
    const real = realpathSync(folder)
    const root = realpathSync(this.#root)
    if (real === root || real.startsWith(root + sep)) return full
    throw new StruxError(
      `${path} lies outside the project: ${folder} is, or lies behind, a link to ${real}`,
      {
        hint: 'strux changes no files outside the project. Remove the link, then build again.',
      },
    )
  }

  async #replace(path: string, draft: string): Promise<void> {
    const target = this.#inProject(path)
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

/** `about.json` of strux 0.1.0: without a checksum, and without writers and digest. */
function readUnsigned(file: string): Partial<KeptVersion> {
  const { path, absent } = (readEngineJson(file) ?? {}) as Partial<KeptVersion>
  return { ...(path !== undefined && { path }), ...(typeof absent === 'string' && { absent }) }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
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
    import('../state/guard.ts'),
  ])
  await endingWithThisProcess(() => execa('cp', ['-a', '--', from, to]), 'tree')
}
