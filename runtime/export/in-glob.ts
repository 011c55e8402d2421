/** Matches paths against a glob, including files that do not exist yet. */
import { posix } from 'node:path'
import { type GlobEntry, globFiles } from '../cache/glob.ts'
import type { PathRef } from '../model/plan.ts'

/** Only a name: nothing is read from it. */
const ROOT = '/project'

/**
 * Of these paths (relative to the project), those that the glob would match if they existed. A path with other
 * paths below it counts as a folder, and globs match no folders.
 */
export async function inGlob(
  paths: readonly string[],
  ref: Pick<PathRef, 'path' | 'ignore'>,
): Promise<readonly string[]> {
  const folders = new Map<string, Map<string, GlobEntry>>()
  for (const path of paths) {
    let isFile = true
    for (let each = posix.join(ROOT, path); each !== ROOT; each = posix.dirname(each)) {
      const folder = posix.dirname(each)
      const entries = folders.get(folder) ?? new Map<string, GlobEntry>()
      folders.set(folder, entries)
      const name = posix.basename(each)
      if (!entries.has(name) || !isFile) entries.set(name, entry(name, isFile))
      isFile = false
    }
  }
  return globFiles(ROOT, ref, folder => [...(folders.get(posix.resolve(folder)) ?? new Map()).values()])
}

function entry(name: string, isFile: boolean): GlobEntry {
  return { name, isFile: () => isFile, isDirectory: () => !isFile, isSymbolicLink: () => false }
}
