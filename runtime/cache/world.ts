/** What is on disk now: the states of files, folders and globs that decisions compare with records. */
import { lstatSync, readdirSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { PathRef } from '../plan/model.ts'
import { globBase } from '../plan/paths.ts'
import { type HashMemo, hashText } from './hash-memo.ts'

/**
 * The state of an input: a file's SHA-256; for folders and globs, by file, mode and SHA-256 (or the target of a
 * symlink); undefined where there is nothing.
 */
export type InputState = string | Readonly<Record<string, string>> | undefined

export class World {
  readonly root: string
  readonly #memo: HashMemo
  #stats = new Map<string, Stats | undefined>()

  constructor(root: string, memo: HashMemo) {
    this.root = root
    this.#memo = memo
  }

  /** Something ran: what is known about files may be old. */
  refresh(): void {
    this.#stats = new Map()
  }

  /** Whether there is a file or folder; a symlink counts as what it leads to. */
  exists(path: string): boolean {
    return this.#stat(path) !== undefined
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
    if (this.#stats.has(path)) return this.#stats.get(path)
    const stat = statSync(join(this.root, path), { throwIfNoEntry: false })
    this.#stats.set(path, stat)
    return stat
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
    const base = globBase(ref.path)
    const { globSync } = await import('tinyglobby')
    const found = globSync(ref.path.slice(base === '.' ? 0 : base.length + 1), {
      cwd: join(this.root, base),
      dot: true,
      followSymbolicLinks: false,
      expandDirectories: false,
      ...(ref.ignore ? { ignore: ref.ignore.flatMap(each => [`**/${each}`, `**/${each}/**`]) } : {}),
    })
    const state: Record<string, string> = {}
    for (const name of found.sort()) {
      const path = posix.join(base, name)
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
