/** Replaces files atomically: a reader finds the old file or the new one, never a part. */
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from './folder.ts'

/** A name beside a file that no other process uses, even where process ids repeat, as they do in containers. */
export function temporaryFor(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`
}

/**
 * Makes a file or symlink under a temporary name, and then gives it its own.
 *
 * @param make makes it at the temporary path
 * @param temporary a path on the same filesystem; by default, beside the file
 */
export function replaceFile(
  path: string,
  make: (temporary: string) => void,
  temporary = temporaryFor(path),
): void {
  makeFolder(dirname(path))
  try {
    make(temporary)
    try {
      renameSync(temporary, path)
    } catch (error) {
      // A folder is in the file's place.
      if (!['EISDIR', 'ENOTEMPTY', 'EEXIST'].includes(String((error as NodeJS.ErrnoException).code)))
        throw error
      rmSync(path, { recursive: true })
      renameSync(temporary, path)
    }
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Replaces a file that can be made again. Use `writeAtomic` for one that must survive a power failure. */
export function writeWhole(path: string, content: string): void {
  replaceFile(path, temporary => writeFileSync(temporary, content))
}

/** The text is on disk when this returns, even after a power failure: flushes the file, renames it, flushes the folder. */
export function writeAtomic(path: string, text: string): void {
  replaceFile(path, temporary => {
    writeFileSync(temporary, text)
    flush(temporary)
  })
  flush(dirname(path))
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
