/** The files that a bash extension may read while it is evaluated before the build. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import { type ConfinedFile, confinedFile } from '../../confined/confined-shell.ts'

/** In bytes. Larger files are not for shells to read. */
const LARGEST = 1024 * 1024
const MOST = 2000

/** Reads each file and each folder of a project once. */
export class VisibleFiles {
  readonly #root: string
  readonly #folders = new Map<string, readonly string[]>()
  readonly #files = new Map<string, ConfinedFile | undefined>()

  /** `root`: the project's path, absolute. */
  constructor(root: string) {
    this.#root = root
  }

  /**
   * The extensions' own files and the files beside them: for `NAME/NAME.sh` everything in the folder, else only what lies
   * directly in it, because such a folder belongs to others too. Sorted, each path once.
   *
   * @param extensions paths relative to the project
   */
  of(extensions: readonly string[]): readonly ConfinedFile[] {
    const paths = new Set(extensions.flatMap(file => [file, ...this.#beside(file)]))
    return [...paths].sort().flatMap(path => this.#file(path) ?? [])
  }

  /** Empty for a file that is too large to be visible. */
  textOf(path: string): string {
    return this.#file(path)?.content.toString() ?? ''
  }

  #beside(file: string): readonly string[] {
    const folder = posix.dirname(file)
    const deep = ownsFolder(file)
    const key = `${folder}${deep ? '/**' : '/*'}`
    const paths = this.#folders.get(key) ?? walk(this.#root, folder, deep).slice(0, MOST)
    this.#folders.set(key, paths)
    return paths
  }

  #file(path: string): ConfinedFile | undefined {
    if (!this.#files.has(path)) this.#files.set(path, read(this.#root, path))
    return this.#files.get(path)
  }
}

/** Whether the folder is the extension's alone: `NAME/NAME.sh`. */
export function ownsFolder(file: string): boolean {
  return basename(posix.dirname(file)) === basename(file, '.sh')
}

function walk(root: string, folder: string, deep: boolean): string[] {
  const found: string[] = []
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name)
    if (entry.isFile() || entry.isSymbolicLink()) found.push(path)
    else if (deep && entry.isDirectory() && entry.name !== '.git') found.push(...walk(root, path, true))
    if (found.length > MOST) break
  }
  return found
}

function read(root: string, path: string): ConfinedFile | undefined {
  const place = join(root, path)
  const stat = statSync(place, { throwIfNoEntry: false })
  if (!stat?.isFile() || stat.size > LARGEST) return undefined
  return confinedFile(path, readFileSync(place), stat)
}
