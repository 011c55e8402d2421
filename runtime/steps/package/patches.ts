/** The patch files of a source package. */
import { readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'

/**
 * The files in the order in which they are applied: a folder stands for its `*.patch`. A path that does not exist
 * stays as it is.
 * @param paths of files and folders, relative to the project
 */
export function patchFiles(root: string, paths: readonly string[]): string[] {
  return paths.flatMap(path => {
    if (!statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory()) return [path]
    const names = readdirSync(join(root, path)).filter(name => name.endsWith('.patch'))
    return names.sort().map(name => posix.join(path, name))
  })
}
