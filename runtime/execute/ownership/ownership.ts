/**
 * Whose the files are. Scripts run as root; where the caller is someone else, what they leave behind goes to the caller,
 * also when this process could not finish: a note outlives it (unclaimed.ts), and the next build begins with the repair.
 */
import { StruxError } from '../../diagnostics/error.ts'
import type { Container } from '../containers/container.ts'
import { type Caller, tidy } from '../containers/tidy.ts'
import { abandonedNotes, forgetUnclaimed, noteUnclaimed, type Unclaimed } from './notes.ts'

export interface ClaimsOptions {
  /** Where notes are kept. */
  readonly folder: string
  readonly mountAt: string
  readonly bsp: string
  readonly caller: Caller
  /** False where root's files are the caller's: a caller who is root, a rootless engine. */
  readonly needed: boolean
}

export class Ownership {
  readonly #options: ClaimsOptions
  #found: Unclaimed[] = []
  #noted = false
  /** Since when files may be waiting for their owner; undefined where none are. */
  open: Date | undefined

  constructor(options: ClaimsOptions) {
    this.#options = options
  }

  get needed(): boolean {
    return this.#options.needed
  }

  /** A shell holds no lock, so its note has a name of its own. */
  forShell(): Ownership {
    return new Ownership({ ...this.#options, bsp: `${this.#options.bsp}.shell.${process.pid}` })
  }

  /** Since when an earlier process may have left files of root's; undefined where none did. */
  abandoned(): Date | undefined {
    if (!this.needed) return undefined
    this.#found = abandonedNotes(this.#options.folder, this.#options.bsp)
    const times = this.#found.map(({ since }) => since.getTime())
    return times.length === 0 ? undefined : new Date(Math.min(...times))
  }

  forgetAbandoned(): void {
    for (const { bsp } of this.#found) forgetUnclaimed(this.#options.folder, bsp)
    this.#found = []
  }

  /** Writes the note; `takeFolder` gives dist/ to the caller where it is root's from an earlier time. */
  async note(takeFolder: () => Promise<void>): Promise<void> {
    if (!this.needed) return
    const write = () =>
      noteUnclaimed(this.#options.folder, { bsp: this.#options.bsp, since: new Date(), pid: process.pid })
    try {
      write()
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EACCES') throw this.#unwritable(error)
      await takeFolder()
      try {
        write()
      } catch (again) {
        throw this.#unwritable(again)
      }
    }
    this.#noted = true
  }

  /** Gives the caller what is root's below dist/, and what was born elsewhere in the project since then. */
  async claimIn(container: Container, since: Date): Promise<void> {
    if (!this.needed) return
    await tidy(container, {
      mountAt: this.#options.mountAt,
      claim: { caller: this.#options.caller, since },
      loops: false,
    })
    this.open = undefined
  }

  /** Files born since then could not be given away yet. */
  reopen(since: Date): void {
    if (this.needed && (this.open === undefined || since < this.open)) this.open = since
  }

  /** Removes the note, where nothing is left to do. */
  settled(): void {
    if (!this.#noted || this.open !== undefined) return
    forgetUnclaimed(this.#options.folder, this.#options.bsp)
    this.#noted = false
  }

  #unwritable(cause: unknown): StruxError {
    return new StruxError(`The build cannot write to ${this.#options.folder}: ${(cause as Error).message}`, {
      hint: 'The project folder must belong to the user who builds.',
      cause,
    })
  }
}
