/** The files of a Buildroot tree that its makefiles may read while they are evaluated. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { type ConfinedFile, confinedFile } from '../confined/confined-shell.ts'
import { StruxError } from '../diagnostics/error.ts'

/** In bytes. Of larger files, makefiles see only the name. */
const LARGEST = 64 * 1024
const MOST = 20_000
const FOLDERS = new Set(['.git', 'dist', 'node_modules', 'output'])
/** Source files matter only for builds: changes in them need no new evaluation. */
const SOURCE =
  /\.(c|cc|cpp|cxx|h|hh|hpp|hxx|s|S|rs|go|java|js|ts|py|pl|o|a|so|ko|bin|fw|png|jpg|svg|gz|xz|bz2|zst|zip)$/

/** @param tree the tree's folder, relative to the project */
export function visibleFiles(root: string, tree: string): readonly ConfinedFile[] {
  const paths: string[] = []
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name)
      if (entry.isDirectory()) {
        if (!FOLDERS.has(entry.name)) walk(path)
      } else paths.push(path)
      if (paths.length > MOST)
        throw new StruxError(`${tree} has more than ${MOST} files; is it an external tree of Buildroot?`, {
          hint: 'Name the folder with external.desc.',
        })
    }
  }
  walk(tree)
  return paths.sort().flatMap(path => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false })
    if (!stat?.isFile()) return []
    const content =
      stat.size > LARGEST || SOURCE.test(path) ? Buffer.alloc(0) : readFileSync(join(root, path))
    return [confinedFile(path, content, stat)]
  })
}
