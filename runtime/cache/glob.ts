/** The only user of the glob library, so that the cache and an export match the same files. */
import type { Dirent } from 'node:fs'
import { posix } from 'node:path'
import { globBase } from '../model/paths.ts'
import type { PathRef } from '../model/plan.ts'

/** The part of a directory entry that the library reads. */
export type GlobEntry = Pick<Dirent, 'name' | 'isFile' | 'isDirectory' | 'isSymbolicLink'>

/**
 * The files that a glob matches, relative to the project and sorted.
 *
 * @param root absolute path of the project
 * @param entriesOf lists the entries of a folder, given by its absolute path
 */
export async function globFiles(
  root: string,
  { path, ignore }: Pick<PathRef, 'path' | 'ignore'>,
  entriesOf: (folder: string) => GlobEntry[],
): Promise<readonly string[]> {
  const { globSync } = await import('tinyglobby')
  const base = globBase(path)
  const pattern = path
    .split('/')
    .slice(base === '.' ? 0 : base.split('/').length)
    .join('/')
  const found = globSync(pattern, {
    cwd: posix.join(root, base),
    dot: true,
    followSymbolicLinks: false,
    // The library calls it with the folder alone, and uses no other function of the file system.
    fs: { readdirSync: entriesOf as never },
    expandDirectories: false,
    ...(ignore ? { ignore: ignore.flatMap(ignored) } : {}),
  })
  return found.sort().map(name => posix.join(base, name))
}

/** An ignored name, as patterns of the library. */
function ignored(name: string): string[] {
  return name.startsWith('/') ? [name.slice(1), `${name.slice(1)}/**`] : [`**/${name}`, `**/${name}/**`]
}
