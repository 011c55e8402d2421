/** The files of an exported project: which there are, where each comes from, and for which part of it they are needed. */
import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname, join, posix, relative, resolve, sep } from 'node:path'
import { StruxError } from '../report/error.ts'

export type Content =
  | { readonly kind: 'text'; readonly text: string }
  /** Absolute path of the file that is copied. */
  | { readonly kind: 'copy'; readonly from: string }
  | { readonly kind: 'link'; readonly target: string }
  /** A folder with nothing in it. */
  | { readonly kind: 'folder' }

export interface ExportedFile {
  readonly content: Content
  readonly executable: boolean
}

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
      for (const [name, file] of this.below(path, each => skip(posix.join(path, each), posix.join(to, each))))
        if (file) this.add(part, posix.join(to, name), file)
    }
  }

  text(part: string, path: string, text: string, executable = false): void {
    this.add(part, path, { content: { kind: 'text', text }, executable })
  }

  has(path: string): boolean {
    return this.files.has(path)
  }

  /** The path, or where something is there already, one like it: `make.sh`, `make.2.sh`. */
  free(path: string, isTaken: (path: string) => boolean = () => false): string {
    const { dir, name, ext } = posix.parse(path)
    for (let n = 1; ; n++) {
      const candidate = n === 1 ? path : posix.join(dir, `${name}.${n}${ext}`)
      if (!this.files.has(candidate) && !isTaken(candidate)) return candidate
    }
  }

  /** What a copy of the folder has in it, by path. Of a folder in it nothing but the path, before what is in that. */
  *below(
    folder: string,
    skip: (path: string) => boolean = () => false,
    path = '',
  ): Generator<readonly [path: string, file: ExportedFile | undefined]> {
    const base = join(this.#root, folder)
    for (const name of readdirSync(join(base, path)).sort()) {
      const each = posix.join(path, name)
      const full = join(base, each)
      if (NOISE.has(name) || full === this.#without || skip(each)) continue
      const stat = lstatSync(full)
      if (stat.isDirectory()) {
        yield [each, undefined]
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
    return { content: { kind: 'link', target }, executable: false }
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
  return { content: { kind: 'copy', from }, executable: (mode & 0o111) !== 0 }
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
