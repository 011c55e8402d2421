/** What is on disk now: the states of files, folders and globs that decisions compare with records. */
import { lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'
import type { PathRef } from '../plan/model.ts'
import { globBase } from '../plan/paths.ts'
import { type HashMemo, hashText } from './hash-memo.ts'

/**
 * The state of an input: a file's SHA-256; for folders and globs, by file, mode and SHA-256 (or the target of a
 * symlink); undefined where there is nothing.
 */
export type InputState = string | Readonly<Record<string, string>> | undefined

interface Seen {
  readonly stat: Stats | undefined
  /** Whether symlinks lead out of the project on the way. */
  readonly outside: boolean
}

export class World {
  /** Absolute real path of the project. */
  readonly root: string
  readonly #memo: HashMemo
  #seen = new Map<string, Seen>()
  #folders = new Map<string, boolean>()
  #globbed = new Map<string, readonly string[]>()

  constructor(root: string, memo: HashMemo) {
    this.root = root
    this.#memo = memo
  }

  /** Something ran: what is known about files may be old. */
  refresh(): void {
    this.#seen.clear()
    this.#folders.clear()
    this.#globbed.clear()
  }

  /** Whether there is a file or folder; a symlink counts as what it leads to. */
  exists(path: string): boolean {
    return this.#stat(path) !== undefined
  }

  isFile(path: string): boolean {
    return this.#stat(path)?.isFile() ?? false
  }

  /** Whether a symlink in the path leads out of the project: where scripts run, nothing is there. */
  leadsOutside(path: string): boolean {
    this.#stat(path)
    return this.#seen.get(path)!.outside
  }

  /** The files that a glob means now, relative to the project. */
  async matches(ref: PathRef): Promise<readonly string[]> {
    const known = this.#globbed.get(ref.path)
    if (known) return known
    const base = globBase(ref.path)
    const { globSync } = await import('tinyglobby')
    const found = globSync(ref.path.slice(base === '.' ? 0 : base.length + 1), {
      cwd: join(this.root, base),
      dot: true,
      followSymbolicLinks: false,
      expandDirectories: false,
      ...(ref.ignore ? { ignore: ref.ignore.flatMap(each => [`**/${each}`, `**/${each}/**`]) } : {}),
    })
    const paths = found.sort().map(name => posix.join(base, name))
    this.#globbed.set(ref.path, paths)
    return paths
  }

  /** The SHA-256 of a file; undefined where there is no regular file. */
  async fileHash(path: string): Promise<string | undefined> {
    const stat = this.#stat(path)
    return stat?.isFile() ? this.#memo.hash(join(this.root, path), stat) : undefined
  }

  /** The state of an input; paths that start with one of `without` do not count (a node's own products in it). */
  async state(ref: PathRef, without: readonly string[] = []): Promise<InputState> {
    const own = (path: string) => without.some(each => path === each || path.startsWith(`${each}/`))
    if (ref.glob) return this.#globState(ref, own)
    const stat = this.#stat(ref.path)
    if (!stat) return undefined
    return stat.isDirectory() ? this.#folderState(ref, own) : this.#memo.hash(join(this.root, ref.path), stat)
  }

  #stat(path: string): Stats | undefined {
    const seen = this.#seen.get(path)
    if (seen) return seen.stat
    const full = join(this.root, path)
    const link = lstatSync(full, { throwIfNoEntry: false })
    const stat = link?.isSymbolicLink() ? statSync(full, { throwIfNoEntry: false }) : link
    const outside = link?.isSymbolicLink() ? !this.#holds(full) : !this.#holdsFolder(dirname(full))
    this.#seen.set(path, { stat, outside })
    return stat
  }

  #holdsFolder(folder: string): boolean {
    let inside = this.#folders.get(folder)
    if (inside === undefined) {
      inside = this.#holds(folder)
      this.#folders.set(folder, inside)
    }
    return inside
  }

  /** Whether what a path really is lies in the project; what does not exist leads nowhere. */
  #holds(full: string): boolean {
    try {
      const real = realpathSync.native(full)
      return real === this.root || real.startsWith(this.root + sep)
    } catch {
      return true
    }
  }

  async #folderState(ref: PathRef, own: (path: string) => boolean): Promise<InputState> {
    const state: Record<string, string> = {}
    const visit = async (folder: string): Promise<void> => {
      const names = readdirSync(join(this.root, folder)).sort()
      for (const name of names) {
        const path = posix.join(folder, name)
        if (own(path) || ref.ignore?.some(pattern => ignores(pattern, name))) continue
        const stat = lstatSync(join(this.root, path), { throwIfNoEntry: false })
        if (!stat) continue
        state[posix.relative(ref.path, path)] = await this.#entry(path, stat)
        if (stat.isDirectory()) await visit(path)
      }
    }
    await visit(ref.path)
    return state
  }

  async #globState(ref: PathRef, own: (path: string) => boolean): Promise<InputState> {
    const state: Record<string, string> = {}
    for (const path of await this.matches(ref)) {
      const stat = lstatSync(join(this.root, path), { throwIfNoEntry: false })
      if (stat && !own(path)) state[path] = await this.#entry(path, stat)
    }
    return Object.keys(state).length > 0 ? state : undefined
  }

  async #entry(path: string, stat: Stats): Promise<string> {
    if (stat.isSymbolicLink()) return `-> ${readlinkSync(join(this.root, path))}`
    const mode = (stat.mode & 0o7777).toString(8)
    if (stat.isDirectory()) return `${mode} folder`
    return stat.isFile() ? `${mode} ${await this.#memo.hash(join(this.root, path), stat)}` : `${mode} special`
  }
}

/** One value for a state, to compare versions by. */
export function digestOf(state: InputState): string {
  return typeof state === 'string' ? state : hashText(JSON.stringify(state ?? null))
}

/** The original's rule for names to pass over: `*suffix`, or the whole name. */
function ignores(pattern: string, name: string): boolean {
  return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern
}
