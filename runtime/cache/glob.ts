/** The one place that asks the glob library, so that the cache and an export mean the same files by a glob. */
import type { Dirent } from 'node:fs'
import { posix } from 'node:path'
import { globBase } from '../model/paths.ts'
import type { PathRef } from '../model/plan.ts'

/** What the library asks of a folder's entry. */
export type GlobEntry = Pick<Dirent, 'name' | 'isFile' | 'isDirectory' | 'isSymbolicLink'>

/**
 * The files that a glob means, relative to the project and sorted.
 *
 * @param root absolute path of the project
 * @param entriesOf the entries of a folder, which is given by its absolute path
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
    // The library passes no other argument than the folder, and asks nothing else of the file system.
    fs: { readdirSync: entriesOf as never },
    expandDirectories: false,
    ...(ignore ? { ignore: ignore.flatMap(ignored) } : {}),
  })
  return found.sort().map(name => posix.join(base, name))
}

/** A name to pass over, as the library's own patterns. */
function ignored(name: string): string[] {
  return name.startsWith('/') ? [name.slice(1), `${name.slice(1)}/**`] : [`**/${name}`, `**/${name}/**`]
}
