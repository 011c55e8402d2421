/** The files of an exported project: their paths, sources, and the part of the project that needs them. */
import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname, join, posix, relative, resolve, sep } from 'node:path'
import { StruxError } from '../diagnostics/error.ts'

export type Content =
  | { readonly kind: 'text'; readonly text: string }
  /** Absolute path of the file that is copied. */
  | { readonly kind: 'copy'; readonly from: string }
  | { readonly kind: 'link'; readonly target: string }
  /** An empty folder. */
  | { readonly kind: 'folder' }

export interface ExportedFile {
  readonly content: Content
  /** Permission bits; links have none. */
  readonly mode: number
}

/** The default mode of folders. A folder gets its own entry only with another mode, or if it is empty. */
export const FOLDER_MODE = 0o755

/** Never copied as part of a folder. */
const NOISE = new Set(['node_modules', '.git', '.DS_Store'])

export class FileSet {
  /** By path relative to the exported project. */
  readonly files = new Map<string, ExportedFile>()
  /** The paths that each part (a BSP's name, '' for the project) needs. */
  readonly parts = new Map<string, Set<string>>()
  readonly #root: string
  /** Never copied: an earlier export inside the project. */
  readonly #without: string

  /** @param root the exported project, @param out the target folder */
  constructor(root: string, out: string) {
    this.#root = root
    this.#without = out
  }

  /** Adds a copy of a file or whole folder. `skip` gets paths in the copy and leaves them out if true. */
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

  /** Whether there is a file or link. A folder does not count, because its content may still have to be copied. */
  has(path: string): boolean {
    const kind = this.files.get(path)?.content.kind
    return kind !== undefined && kind !== 'folder'
  }

  /** The path, or a similar one if it is taken: `make.sh`, `make.2.sh`. */
  free(path: string, isTaken: (path: string) => boolean = () => false): string {
    const { dir, name, ext } = posix.parse(path)
    for (let n = 1; ; n++) {
      const candidate = n === 1 ? path : posix.join(dir, `${name}.${n}${ext}`)
      if (!this.files.has(candidate) && !isTaken(candidate)) return candidate
    }
  }

  /** The content of a folder's copy, by path; each folder before its content. */
  *below(
    folder: string,
    skip: (path: string) => boolean = () => false,
    path = '',
  ): Generator<readonly [path: string, file: ExportedFile]> {
    const base = join(this.#root, folder)
    for (const name of readdirSync(join(base, path)).sort()) {
      const each = posix.join(path, name)
      const full = join(base, each)
      if (NOISE.has(name) || full === this.#without || full === join(this.#root, 'dist') || skip(each))
        continue
      const stat = lstatSync(full)
      if (stat.isDirectory()) {
        yield [each, folderOf(stat)]
        yield* this.below(folder, skip, each)
      } else if (stat.isSymbolicLink()) yield [each, this.#link(full, base)]
      else if (stat.isFile()) yield [each, copyOf(full, stat)]
    }
  }

  /** Keeps a link, unless its target in the project would be missing in the exported one. */
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

/** Relative to the project with `/`; outside the project, the path begins with `..`. */
export function inProject(root: string, path: string): string {
  return relative(root, path).split(sep).join('/') || '.'
}
