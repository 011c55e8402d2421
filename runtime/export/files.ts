/** The files of an exported project: which there are, where each comes from, and for which part of it they are needed. */
import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname, join, posix, relative, resolve, sep } from 'node:path'
import { StruxError } from '../diagnostics/error.ts'

export type Content =
  | { readonly kind: 'text'; readonly text: string }
  /** Absolute path of the file that is copied. */
  | { readonly kind: 'copy'; readonly from: string }
  | { readonly kind: 'link'; readonly target: string }
  /** A folder with nothing in it. */
  | { readonly kind: 'folder' }

export interface ExportedFile {
  readonly content: Content
  /** Permission bits. Links have none. */
  readonly mode: number
}

/** What a folder has unless somebody chose something else: only then it is an entry of its own, or if nothing is in it. */
export const FOLDER_MODE = 0o755

/** Never part of what is copied as a whole. */
const NOISE = new Set(['node_modules', '.git', '.DS_Store'])

export class FileSet {
  /** By path relative to the exported project. */
  readonly files = new Map<string, ExportedFile>()
  /** By part (a BSP's name, '' for the project): the paths that it needs. */
  readonly parts = new Map<string, Set<string>>()
  readonly #root: string
  /** Never copied: what the export itself made earlier, when it lies in the project. */
  readonly #without: string

  /** @param root the project that is exported, @param out where to */
  constructor(root: string, out: string) {
    this.#root = root
    this.#without = out
  }

  /** Of a file that the project has, its copy. A folder is copied whole, without what `skip` is true for, by its place in the copy. */
  copy(
    part: string,
    path: string,
    to: string,
    skip: (path: string, to: string) => boolean = () => false,
  ): void {
    const from = join(this.#root, path)
    const stat = statSync(from, { throwIfNoEntry: false })
    if (stat?.isFile()) this.add(part, to, copyOf(realpathSync(from), stat))
    else if (stat?.isDirectory()) {
      const inside = this.below(path, each => skip(posix.join(path, each), posix.join(to, each)))
      const itself = to === '.' ? [] : [['', folderOf(stat)] as const]
      for (const [name, file] of [...itself, ...inside])
        if (file.content.kind !== 'folder' || this.#isEntry(file, join(from, name)))
          this.add(part, posix.join(to, name), file)
    }
  }

  text(part: string, path: string, text: string, mode = 0o644): void {
    this.add(part, path, { content: { kind: 'text', text }, mode })
  }

  #isEntry({ mode }: ExportedFile, from: string): boolean {
    return mode !== FOLDER_MODE || readdirSync(from).length === 0
  }

  /** Whether there is a file or link; a folder is no reason to leave out what lies in it. */
  has(path: string): boolean {
    const kind = this.files.get(path)?.content.kind
    return kind !== undefined && kind !== 'folder'
  }

  /** The path, or where something is there already, one like it: `make.sh`, `make.2.sh`. */
  free(path: string, isTaken: (path: string) => boolean = () => false): string {
    const { dir, name, ext } = posix.parse(path)
    for (let n = 1; ; n++) {
      const candidate = n === 1 ? path : posix.join(dir, `${name}.${n}${ext}`)
      if (!this.files.has(candidate) && !isTaken(candidate)) return candidate
    }
  }

  /** What a copy of the folder has in it, by path; each folder before what is in it. */
  *below(
    folder: string,
    skip: (path: string) => boolean = () => false,
    path = '',
  ): Generator<readonly [path: string, file: ExportedFile]> {
    const base = join(this.#root, folder)
    for (const name of readdirSync(join(base, path)).sort()) {
      const each = posix.join(path, name)
      const full = join(base, each)
      if (NOISE.has(name) || full === this.#without || skip(each)) continue
      const stat = lstatSync(full)
      if (stat.isDirectory()) {
        yield [each, folderOf(stat)]
        yield* this.below(folder, skip, each)
      } else if (stat.isSymbolicLink()) yield [each, this.#link(full, base)]
      else if (stat.isFile()) yield [each, copyOf(full, stat)]
    }
  }

  /** A link stays one, unless it leads to a file of the project that would not be where it leads to. */
  #link(full: string, base: string): ExportedFile {
    const target = readlinkSync(full)
    const meant = resolve(dirname(full), target)
    const isWithin = meant === base || meant.startsWith(base + sep)
    const stat = statSync(full, { throwIfNoEntry: false })
    if (!target.startsWith('/') && !isWithin && stat?.isFile() && isInside(this.#root, realpathSync(full)))
      return copyOf(realpathSync(full), stat)
    return { content: { kind: 'link', target }, mode: 0o777 }
  }

  add(part: string, path: string, file: ExportedFile): void {
    const known = this.files.get(path)
    if (known && JSON.stringify(known.content) !== JSON.stringify(file.content)) {
      throw new StruxError(`two different files would be written to ${path}`, {
        hint: 'Rename one of them: in the exported project all files of a BSP lie in one folder.',
      })
    }
    this.files.set(path, file)
    const paths = this.parts.get(part) ?? new Set()
    this.parts.set(part, paths.add(path))
  }
}

function copyOf(from: string, { mode }: Stats): ExportedFile {
  return { content: { kind: 'copy', from }, mode: mode & 0o7777 }
}

function folderOf({ mode }: Stats): ExportedFile {
  return { content: { kind: 'folder' }, mode: mode & 0o7777 }
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root + sep)
}

/** Whether there is a folder. */
export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

/** Relative to the project with `/`; of what lies outside, a path that begins with `..`. */
export function inProject(root: string, path: string): string {
  return relative(root, path).split(sep).join('/') || '.'
}
