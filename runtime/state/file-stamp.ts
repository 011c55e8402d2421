/**
 * When a hash or a copy of a file may be used again without reading the file: its stat is the same, and its times were
 * already old when the file was read. Two changes within one tick of the filesystem's clock leave the same stat (git
 * calls such an entry racy).
 */

/** Tells a file from a later one at the same path: size in bytes, times in ms, inode. */
export interface FileStamp {
  readonly size: number
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly ino: number
}

export function stampOf({ size, mtimeMs, ctimeMs, ino }: FileStamp): FileStamp {
  return { size, mtimeMs, ctimeMs, ino }
}

export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino
}

/** Whether the file's times were older than one tick of the clock when it was read, in ms. */
export function settledBefore(stamp: FileStamp, readAt: number): boolean {
  const wholeSeconds = stamp.mtimeMs % 1000 === 0 && stamp.ctimeMs % 1000 === 0
  const tick = wholeSeconds ? 2000 : 50
  return Math.max(stamp.mtimeMs, stamp.ctimeMs) + tick < readAt
}
