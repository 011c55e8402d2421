/**
 * Log files: one for each script or step, below dist/logs/BSP, with the full output of its last run. No other
 * code stores output for longer than a moment.
 */
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export const logFolder = (bsp: string): string => `dist/logs/${bsp}`

/** Relative to the project, with `/`. */
export function logFile(bsp: string, id: string): string {
  return `${logFolder(bsp)}/${fileName(id)}.log`
}

/** Ids of steps are valid file names. Other ids are converted, with part of their SHA-256 to keep them distinct. */
function fileName(id: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,79}$/.test(id)) return id
  const readable = id.replace(/[^A-Za-z0-9_]+/g, '-').replace(/^-+|-+$/g, '')
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 8)
  return `${readable.slice(0, 80)}.${digest}`
}

/** Buffer size in characters: written when full, or when the process is idle. */
const PIECE = 64 * 1024

/** The log of the current run. The file is created at the first line, or at the end. */
export class NodeLog {
  readonly #file: string
  readonly #failed: (error: NodeJS.ErrnoException) => void
  #descriptor: number | undefined
  #broken = false
  #held = ''
  #soon: NodeJS.Immediate | undefined

  /**
   * `failed` is called once if the log cannot be written, such as on a full disk. That is no reason to end a
   * build.
   */
  constructor(file: string, failed: (error: NodeJS.ErrnoException) => void) {
    this.#file = file
    this.#failed = failed
  }

  line(text: string): void {
    if (this.#broken) return
    this.#held += `${text}\n`
    if (this.#held.length >= PIECE) this.#write()
    else this.#soon ??= setImmediate(() => this.#write())
  }

  end(): void {
    this.#write()
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #write(): void {
    if (this.#soon) clearImmediate(this.#soon)
    this.#soon = undefined
    if (this.#broken) return
    const bytes = Buffer.from(this.#held)
    this.#held = ''
    try {
      this.#descriptor ??= create(this.#file)
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at)
    } catch (error) {
      this.#broken = true
      this.#failed(error as NodeJS.ErrnoException)
    }
  }
}

/**
 * Creates a new file instead of overwriting: a script may have replaced the old one by a link, or another user
 * may own it.
 */
function create(file: string): number {
  mkdirSync(dirname(file), { recursive: true })
  rmSync(file, { recursive: true, force: true })
  return openSync(file, 'wx')
}
