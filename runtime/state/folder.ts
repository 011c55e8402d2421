/** Creates the folders on the way to a file. */
import { existsSync, lstatSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Like `mkdirSync` with `recursive`, but reports a read-only disk correctly (Node says "no such file or directory"), and
 * replaces whatever stands in the place of a folder that the engine keeps for itself.
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch (error) {
    const inTheWay = obstacle(path)
    if (inTheWay !== undefined && ENGINE_FOLDER.test(inTheWay)) {
      rmSync(inTheWay, { force: true })
      makeFolder(path)
      return
    }
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || inTheWay !== undefined) throw error
    let missing = path
    while (!existsSync(dirname(missing))) missing = dirname(missing)
    mkdirSync(missing)
    mkdirSync(path, { recursive: true })
  }
}

const ENGINE_FOLDER = /\/dist\/(\.strux|cache\/[^/]+\/\.first-versions)(\/[^/]+)*$/

/** The outermost entry on the way to a folder that is none and leads to none; undefined if there is no such entry. */
function obstacle(path: string): string | undefined {
  const above = dirname(path)
  if (above === path) return undefined
  const further = obstacle(above)
  if (further !== undefined) return further
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined
    return statSync(path).isDirectory() ? undefined : path
  } catch {
    return path
  }
}
