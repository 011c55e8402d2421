/** Patches among the sources of a component. */
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { patchFiles } from '../steps/package/patches.ts'
import type { Built } from './built.ts'
import type { SourceFile } from './component.ts'

/**
 * In the order in which they are applied, each with a name of its own; complains about missing ones.
 * @param owner for people, in complaints
 * @param paths of files and folders, relative to the project
 */
export function patchSources(built: Built, owner: string, paths: readonly string[]): SourceFile[] {
  const taken = new Set<string>()
  return patchFiles(built.root, paths).flatMap(path => {
    const from = join(built.root, path)
    if (!existsSync(from)) {
      built.missing(`the patch ${path} of ${owner} does not exist`)
      return []
    }
    const name = freeName(basename(path), taken)
    taken.add(name)
    return [{ kind: 'file', name, from } as const]
  })
}

/** `fix.patch`, then `fix-2.patch`. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name
  for (let number = 2; taken.has(free); number++) free = name.replace(/(\.[^.]*)?$/, `-${number}$1`)
  return free
}
