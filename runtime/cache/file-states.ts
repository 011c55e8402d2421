/** What is on disk now: states of files, folders and globs, which decisions compare with records. */
import {
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import { posix, sep } from 'node:path'
import { liesIn, passesOver } from '../model/paths.ts'
import type { PathRef } from '../model/plan.ts'
import { namesIn, onDisk, textOf } from '../state/file-names.ts'
import type { FileStamp } from '../state/file-stamp.ts'
import { type GlobEntry, globFiles } from './glob.ts'
import { readByGo } from './go-files.ts'
import { type HashMemo, hashText } from './hash-memo.ts'

/**
 * The state of an input. A file: its SHA-256. A folder or glob: mode and SHA-256 (or symlink target) of each
 * file. Undefined: nothing is there.
 */
export type InputState = string | Readonly<Record<string, string>> | undefined

/**
 * The fields of a file's stat that are used. A build stats thousands of files, and whole stats would fill the
 * memory.
 */
interface Facts extends FileStamp {
  readonly kind: 'file' | 'folder' | 'other' | 'nothing'
  readonly fullPath: string
  /** Whether the path leads out of the project through a symlink. */
  readonly outside: boolean
}

export class FileStates {
  /** Absolute real path of the project. */
  readonly root: string
  /**
   * Files that a build copies before anything else, by the path of the copy. The copy's state is that of its
   * source.
   */
  readonly copies: ReadonlyMap<string, string>
  readonly #memo: HashMemo
  #view: ReadonlyMap<string, string | null> = new Map()
  #seen = new Map<string, Facts>()
  #folders = new Map<string, boolean>()
  #globbed = new Map<string, readonly string[]>()

  constructor(root: string, memo: HashMemo, copies: ReadonlyMap<string, string> = new Map()) {
    this.root = root
    this.copies = copies
    this.#memo = memo
  }

  /**
   * Takes these paths for what a build would first make of them: for another path's content, or for missing (null).
   */
  lookPast(view: ReadonlyMap<string, string | null>): void {
    if (view.size === 0 && this.#view.size === 0) return
    this.#view = view
    this.refresh()
  }

  /** Call after any command has run: cached facts about files may be stale. */
  refresh(): void {
    this.#seen.clear()
    this.#folders.clear()
    this.#globbed.clear()
  }

  /** Whether a file or folder exists; a symlink counts as its target. */
  exists(path: string): boolean {
    return this.#look(path).kind !== 'nothing'
  }

  isFile(path: string): boolean {
    return this.#look(path).kind === 'file'
  }

  /**
   * Whether a symlink in the path leads out of the project. Scripts see no file there, because only the project
   * is mounted.
   */
  leadsOutside(path: string): boolean {
    return this.#look(path).outside
  }

  /** The files that a glob matches now, relative to the project. */
  async matches(ref: PathRef): Promise<readonly string[]> {
    const known = this.#globbed.get(ref.path)
    if (known) return known
    const paths = await globFiles(this.root, ref, readWithSymlinksAsFiles)
    this.#globbed.set(ref.path, paths)
    return paths
  }

  /** The SHA-256 of a file; undefined if there is no regular file. */
  async fileHash(path: string): Promise<string | undefined> {
    const facts = this.#look(path)
    return facts.kind === 'file' ? this.#memo.hash(facts.fullPath, facts) : undefined
  }

  /** The SHA-256 of a file if it is known without reading the file. */
  rememberedHash(path: string): string | undefined {
    const facts = this.#look(path)
    return facts.kind === 'file' ? this.#memo.recall(facts.fullPath, facts) : undefined
  }

  /** The state of an input. Paths that start with one of `without` do not count: a node's own products in it. */
  async state(ref: PathRef, without: readonly string[] = []): Promise<InputState> {
    const own = (path: string) => without.some(each => liesIn(path, each))
    if (ref.glob) return this.#globState(ref, own)
    const facts = this.#look(ref.path)
    if (facts.kind === 'nothing') return undefined
    if (facts.kind === 'folder') return this.#folderState(ref, own)
    return facts.kind === 'file' ? this.#memo.hash(facts.fullPath, facts) : 'special'
  }

  /** Cheaper than `join`: a build calls this thousands of times, and all paths are already normalised. */
  #at(path: string): string {
    if (this.#view.size > 0) return this.#viewed(path)
    return path === '.' ? this.root : `${this.root}/${this.copies.get(path) ?? path}`
  }

  #viewed(path: string): string {
    for (const [from, to] of this.#view)
      if (liesIn(path, from)) return `${this.root}/${to ?? NOTHING}${path.slice(from.length)}`
    return path === '.' ? this.root : `${this.root}/${this.copies.get(path) ?? path}`
  }

  #look(path: string): Facts {
    const seen = this.#seen.get(path)
    if (seen) return seen
    const full = this.#at(path)
    const entry = unlessNotThere(lstatSync, full)
    const linked = entry?.isSymbolicLink() ?? false
    const stat = linked ? unlessNotThere(statSync, full) : entry
    const outside = path !== '.' && (linked ? !this.#holds(full) : !this.#holdsFolder(parentOf(full)))
    const facts = factsOf(stat, full, outside)
    this.#seen.set(path, facts)
    return facts
  }

  /** Looks at each parent folder once. Resolves the real path only if a parent is a symlink. */
  #holdsFolder(folder: string): boolean {
    if (folder === this.root) return true
    let inside = this.#folders.get(folder)
    if (inside === undefined) {
      const linked = unlessNotThere(lstatSync, folder)?.isSymbolicLink()
      const above = parentOf(folder)
      inside = linked || !above.startsWith(this.root) ? this.#holds(folder) : this.#holdsFolder(above)
      this.#folders.set(folder, inside)
    }
    return inside
  }

  /** Whether the real path lies in the project. A path that does not exist counts as inside. */
  #holds(full: string): boolean {
    try {
      const real = realpathSync.native(full)
      return real === this.root || real.startsWith(this.root + sep)
    } catch {
      return true
    }
  }

  /** `counted`: folders whose files are already part of the state. */
  async #folderState(ref: PathRef, own: OwnPath, counted = new Set<string>()): Promise<InputState> {
    counted.add(ref.path)
    const state: (readonly [name: string, state: string])[] = []
    if (ref.ownMode) state.push(['.', (statSync(this.#at(ref.path)).mode & 0o7777).toString(8)])
    const found: (readonly [path: string, stat: Stats])[] = []
    const visit = (folder: string): void => {
      for (const name of namesIn(this.#at(folder))) {
        const path = posix.join(folder, name)
        if (own(path) || ref.ignore?.some(pattern => passesOver(pattern, name, folder === ref.path))) continue
        const stat = lstatSync(onDisk(this.#at(path)), { throwIfNoEntry: false })
        if (!stat) continue
        found.push([path, stat])
        if (stat.isDirectory()) visit(path)
      }
    }
    visit(ref.path)
    for (const [path, stat] of ref.only ? this.#readByGo(ref.path, found) : found)
      state.push([posix.relative(ref.path, path), await this.#entry(path, stat, { ref, own, counted })])
    // Not by assignment: a file may be called __proto__.
    return Object.fromEntries(state)
  }

  #readByGo(folder: string, found: readonly (readonly [string, Stats])[]): typeof found {
    const inFolder = (path: string) => posix.relative(folder, path)
    const files = found.filter(([, stat]) => !stat.isDirectory())
    const read = readByGo(
      files.map(([path]) => inFolder(path)),
      file => readFileSync(onDisk(this.#at(posix.join(folder, file))), 'utf8'),
    )
    return files.filter(([path]) => read.has(inFolder(path)))
  }

  async #globState(ref: PathRef, own: OwnPath): Promise<InputState> {
    const state: (readonly [path: string, state: string])[] = []
    const counted = new Set<string>()
    for (const path of await this.matches(ref)) {
      const stat = lstatSync(onDisk(this.#at(path)), { throwIfNoEntry: false })
      if (stat && !own(path)) state.push([path, await this.#entry(path, stat, { ref, own, counted })])
    }
    return state.length > 0 ? Object.fromEntries(state) : undefined
  }

  async #entry(path: string, stat: Stats, reading: Reading): Promise<string> {
    const mode = (stat.mode & 0o7777).toString(8)
    if (stat.isSymbolicLink()) {
      const target = await this.#linkTarget(path, reading)
      return `-> ${textOf(readlinkSync(onDisk(this.#at(path)), 'buffer'))}${target === undefined ? '' : ` ${target}`}`
    }
    if (stat.isDirectory()) return `${mode} folder`
    return stat.isFile() ? `${mode} ${await this.#memo.hash(this.#at(path), stat)}` : `${mode} special`
  }

  /**
   * The target of a symlink in a folder or glob, if it lies in the project and is not counted yet: a script
   * that follows the link reads it. Undefined: only the target's name counts.
   */
  async #linkTarget(path: string, reading: Reading): Promise<string | undefined> {
    const { ref, own, counted } = reading
    const real = realPathOf(this.#at(path))
    if (real === undefined || !real.startsWith(this.root + sep)) return undefined
    const target = real.slice(this.root.length + 1)
    // A link to one of its own parent folders would loop.
    if (own(target) || path.startsWith(`${target}/`)) return undefined
    if ([target, ...parentsOf(target)].some(each => counted.has(each))) return undefined
    const stat = lstatSync(onDisk(real), { throwIfNoEntry: false })
    if (!stat?.isDirectory()) return stat && this.#entry(target, stat, reading)
    const folder = { declared: target, path: target, glob: false, ...(ref.ignore && { ignore: ref.ignore }) }
    return digestOf(await this.#folderState(folder, own, counted))
  }
}

interface Reading {
  readonly ref: PathRef
  readonly own: OwnPath
  readonly counted: Set<string>
}

/** `a/b/c` → `a/b`, `a` */
function parentsOf(path: string): string[] {
  return path.split('/').flatMap((_, at, parts) => (at > 0 ? [parts.slice(0, at).join('/')] : []))
}

/** Whether a path is a product of the node that reads it. */
type OwnPath = (path: string) => boolean

function realPathOf(path: string): string | undefined {
  try {
    return textOf(realpathSync.native(onDisk(path), 'buffer'))
  } catch {
    return undefined
  }
}

/** A path where nothing is. */
const NOTHING = 'dist/.strux/nothing'

const MAY_BE_MISSING = { throwIfNoEntry: false } as const

/** Treats two more errors as "nothing there": a file in the position of a folder, and a loop of symlinks. */
function unlessNotThere(
  stat: (path: string | Buffer, options: typeof MAY_BE_MISSING) => Stats | undefined,
  path: string,
): Stats | undefined {
  try {
    return stat(onDisk(path), MAY_BE_MISSING)
  } catch (error) {
    if (
      ['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENAMETOOLONG'].includes(
        String((error as NodeJS.ErrnoException).code),
      )
    )
      return undefined
    throw error
  }
}

/** A glob matches symlinks too, without following them. The library would either follow them or leave them out. */
const readWithSymlinksAsFiles = (folder: string): GlobEntry[] => {
  const entries: GlobEntry[] = readdirSync(onDisk(folder), { withFileTypes: true, encoding: 'utf8' })
  const isReadable = entries.every(({ name }) => !name.includes('\ufffd'))
  const readable = isReadable ? entries : namesIn(folder).map(name => entryOf(folder, name))
  return readable.map(entry =>
    entry.isSymbolicLink()
      ? Object.assign(entry, { isFile: () => true, isSymbolicLink: () => false })
      : entry,
  )
}

function entryOf(folder: string, name: string): GlobEntry {
  const stat = lstatSync(onDisk(`${folder}/${name}`))
  return {
    name,
    isFile: () => stat.isFile(),
    isDirectory: () => stat.isDirectory(),
    isSymbolicLink: () => stat.isSymbolicLink(),
  }
}

function parentOf(full: string): string {
  return full.slice(0, full.lastIndexOf('/'))
}

function factsOf(stat: Stats | undefined, fullPath: string, outside: boolean): Facts {
  if (!stat) return { kind: 'nothing', size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, fullPath, outside }
  const { size, mtimeMs, ctimeMs, ino } = stat
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other'
  return { kind, size, mtimeMs, ctimeMs, ino, fullPath, outside }
}

/** One digest for a state, to compare versions. */
export function digestOf(state: InputState): string {
  return typeof state === 'string' ? state : hashText(JSON.stringify(state ?? null))
}
