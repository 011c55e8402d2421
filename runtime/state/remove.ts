/** Deletes files that builds have made, whatever their modes are. */
import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { StruxError } from '../diagnostics/error.ts'

/**
 * Deletes a file, a link, or a folder with its content; nothing if nothing is there. Other processes may write there
 * meanwhile. A folder that its owner may not change is opened first: rm needs to read and change it.
 *
 * @throws StruxError if files there belong to another user
 */
export function removeWhole(path: string): void {
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 })
  try {
    remove()
  } catch (error) {
    if (!isDenied(error)) throw error
    try {
      openFolders(path)
      remove()
    } catch (again) {
      if (!isDenied(again)) throw again
      throw new StruxError(`this user may not delete ${(again as NodeJS.ErrnoException).path ?? path}`, {
        hint: 'It belongs to another user: delete it as root, or give it to yourself with chown.',
        cause: again,
      })
    }
  }
}

const isDenied = (error: unknown): boolean =>
  ['EACCES', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code))

/** Follows no links. */
function openFolders(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return
  if ((stat.mode & 0o700) !== 0o700) chmodSync(path, stat.mode | 0o700)
  for (const name of readdirSync(path)) openFolders(join(path, name))
}
