/**
 * SHA-256 of files, remembered with each file's stat, so that a large file is read once and not in every build.
 * An entry is trusted while size, times and inode stay the same, and only if the times were already old when
 * the file was read: two changes within one clock tick leave the same stat (git calls such an entry racy).
 */
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { writeAtomic } from '../state/atomic-file.ts'

const VERSION = 1
/** Smaller files are read in one go, larger ones streamed. In bytes. */
const STREAM_FROM = 1 << 20

/** [size, mtime ms, ctime ms, inode, when read ms, SHA-256] */
type Entry = readonly [number, number, number, number, number, string]

/** Tells a file from a later one at the same path: size in bytes, times in ms, inode. */
export interface FileStamp {
  readonly size: number
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly ino: number
}

export class HashMemo {
  readonly #file: string
  readonly #known: Map<string, Entry>
  readonly #used = new Set<string>()
  #changed = false
  /** Bytes read from disk so far: for tests and measurements. */
  bytesRead = 0

  /** A memo file that is missing or damaged counts as empty: files are then read again. */
  constructor(file: string) {
    this.#file = file
    this.#known = readMemo(file)
  }

  /** The remembered hash, if it can be trusted. */
  recall(path: string, stat: FileStamp): string | undefined {
    this.#used.add(path)
    const known = this.#known.get(path)
    return known && looksSame(known, stat) && settled(stat, known[4]) ? known[5] : undefined
  }

  /** The SHA-256 of the file at `path`, in lower-case hex. `stat` must be fresh. */
  async hash(path: string, stat: FileStamp): Promise<string> {
    const remembered = this.recall(path, stat)
    if (remembered !== undefined) return remembered
    const readAt = Date.now()
    const hash = stat.size < STREAM_FROM ? hashText(readFileSync(path)) : await hashStream(path)
    this.bytesRead += stat.size
    this.#known.set(path, [stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino, readAt, hash])
    this.#changed = true
    return hash
  }

  /** Saves the entries for the next build; with `onlyUsed`, drops those that were not requested this time. */
  save(onlyUsed: boolean): void {
    if (!this.#changed) return
    const entries = [...this.#known].filter(([path]) => !onlyUsed || this.#used.has(path))
    writeAtomic(this.#file, JSON.stringify({ version: VERSION, files: entries }))
    this.#changed = false
  }
}

export function hashText(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}

async function hashStream(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) hash.update(chunk)
  return hash.digest('hex')
}

function readMemo(file: string): Map<string, Entry> {
  try {
    const { version, files } = JSON.parse(readFileSync(file, 'utf8'))
    return version === VERSION ? new Map(files) : new Map()
  } catch {
    return new Map()
  }
}

function looksSame([size, mtime, ctime, inode]: Entry, stat: FileStamp): boolean {
  return size === stat.size && mtime === stat.mtimeMs && ctime === stat.ctimeMs && inode === stat.ino
}

/** Whether the file's times were older than one clock tick when it was read. */
function settled(stat: FileStamp, readAt: number): boolean {
  const wholeSeconds = stat.mtimeMs % 1000 === 0 && stat.ctimeMs % 1000 === 0
  const tick = wholeSeconds ? 2000 : 50
  return Math.max(stat.mtimeMs, stat.ctimeMs) + tick < readAt
}
