/**
 * SHA-256 of files, remembered with each file's stat, so that a large file is read once and not in every build. The
 * rule that tells whether an entry may be used is in state/file-stamp.ts.
 */
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { writeAtomic } from '../state/atomic-file.ts'
import { readEngineJson } from '../state/engine-file.ts'
import { onDisk } from '../state/file-names.ts'
import { type FileStamp, sameStamp, settledBefore } from '../state/file-stamp.ts'

const VERSION = 1
/** Smaller files are read in one go, larger ones streamed. In bytes. */
const STREAM_FROM = 1 << 20

/** [size, mtime ms, ctime ms, inode, when read ms, SHA-256]: every build reads thousands of them. */
type Entry = readonly [number, number, number, number, number, string]

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
    return known && sameStamp(stampIn(known), stat) && settledBefore(stat, known[4]) ? known[5] : undefined
  }

  /** The SHA-256 of the file at `path`, in lower-case hex. `stat` must be fresh. */
  async hash(path: string, stat: FileStamp): Promise<string> {
    const remembered = this.recall(path, stat)
    if (remembered !== undefined) return remembered
    const readAt = Date.now()
    const sha256 = stat.size < STREAM_FROM ? hashText(readFileSync(onDisk(path))) : await hashStream(path)
    this.bytesRead += stat.size
    this.#known.set(path, [stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino, readAt, sha256])
    this.#changed = true
    return sha256
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
  for await (const chunk of createReadStream(onDisk(path), { highWaterMark: 1 << 18 })) hash.update(chunk)
  return hash.digest('hex')
}

function readMemo(file: string): Map<string, Entry> {
  const { version, files } = (readEngineJson(file) ?? {}) as { version?: unknown; files?: unknown }
  if (version !== VERSION || !Array.isArray(files)) return new Map()
  return new Map(files.filter(each => Array.isArray(each) && Array.isArray(each[1])))
}

function stampIn(entry: Entry): FileStamp {
  return { size: entry[0], mtimeMs: entry[1], ctimeMs: entry[2], ino: entry[3] }
}
