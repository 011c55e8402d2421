/**
 * Where the output of a script or step goes: a file for each below dist/logs/BSP, which holds all that its last run
 * printed. Nothing else keeps output but for a moment.
 */
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export const logFolder = (bsp: string): string => `dist/logs/${bsp}`

/** Relative to the project, with `/`. */
export function logFile(bsp: string, id: string): string {
  return `${logFolder(bsp)}/${fileName(id)}.log`
}

/** Ids of steps are file names already; others are made one, told apart by a piece of their SHA-256. */
function fileName(id: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,79}$/.test(id)) return id
  const readable = id.replace(/[^A-Za-z0-9_]+/g, '-').replace(/^-+|-+$/g, '')
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 8)
  return `${readable.slice(0, 80)}.${digest}`
}

/** Written when so much has come together, or when the process has a moment: characters. */
const PIECE = 64 * 1024

/** The log of a run that is under way. The file appears at the first line, or at the end. */
export class NodeLog {
  readonly #file: string
  readonly #failed: (error: NodeJS.ErrnoException) => void
  #descriptor: number | undefined
  #broken = false
  #held = ''
  #soon: NodeJS.Immediate | undefined

  /** `failed` is told once where the log cannot be written, such as on a full disk: no reason to end a build. */
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

/** A new file in place of the old one, which a script may have replaced by a link, or which may be somebody else's. */
function create(file: string): number {
  mkdirSync(dirname(file), { recursive: true })
  rmSync(file, { recursive: true, force: true })
  return openSync(file, 'wx')
}
