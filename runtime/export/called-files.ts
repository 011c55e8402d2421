/** The files of the project that a whole-image script needs beside itself. */
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'

/**
 * The script with the files beside it, unless its folder is that of the whole BSP or project.
 * @param path relative to the project
 */
export function withFilesBeside(path: string, bspFolder: string): string {
  const folder = posix.dirname(path)
  return folder === '.' || folder === bspFolder ? path : folder
}

/** Whether an argument is the path of a file or folder of the project. */
export function namesFile(root: string, argument: string): boolean {
  return (
    /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)+$/.test(argument) &&
    !argument.startsWith('..') &&
    !argument.startsWith('dist/') &&
    existsSync(join(root, argument))
  )
}
