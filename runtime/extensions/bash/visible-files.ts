/** The files that a bash extension may read while it is evaluated before the build. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import type { ConfinedFile } from './confined-shell.ts'

/** In bytes. Larger files are not for shells to read. */
const LARGEST = 1024 * 1024
const MOST = 2000

/**
 * The file itself and the files beside it: for `NAME/NAME.sh` everything in the folder, else only what lies directly
 * in it, because such a folder belongs to others too. Sorted; paths relative to the project.
 */
export function visibleFiles(root: string, file: string): readonly ConfinedFile[] {
  const folder = posix.dirname(file)
  const paths = ownsFolder(file) ? walk(root, folder, true) : walk(root, folder, false)
  const all = new Set([file, ...paths.slice(0, MOST)])
  return [...all].sort().flatMap(path => read(root, path))
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

function read(root: string, path: string): ConfinedFile[] {
  const place = join(root, path)
  if (!existsSync(place)) return []
  const { size, mode } = statSync(place)
  if (!statSync(place).isFile() || size > LARGEST) return []
  return [{ path, content: readFileSync(place), executable: (mode & 0o111) !== 0 }]
}
