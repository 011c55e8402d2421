/**
 * The owner of files in the project. Scripts run as root, and their files then go to the caller. A note
 * (notes.ts) survives if this process cannot finish that; the next build then begins with the repair.
 */
import { StruxError } from '../../diagnostics/error.ts'
import type { Caller } from '../containers/caller.ts'
import type { Container } from '../containers/container.ts'
import { tidy } from '../containers/tidy.ts'
import { abandonedNotes, forgetUnclaimed, noteUnclaimed, type Unclaimed } from './notes.ts'

export interface ClaimsOptions {
  /** The folder for notes. */
  readonly folder: string
  readonly mountAt: string
  readonly bsp: string
  readonly caller: Caller
  /** False if root's files already belong to the caller: a caller who is root, a rootless engine. */
  readonly needed: boolean
}

export class Ownership {
  readonly #options: ClaimsOptions
  #found: Unclaimed[] = []
  #noted = false
  /** Time since which root-owned files may exist; undefined if none do. */
  open: Date | undefined

  constructor(options: ClaimsOptions) {
    this.#options = options
  }

  get needed(): boolean {
    return this.#options.needed
  }

  /** A shell holds no lock, so its note has its own name. */
  forShell(): Ownership {
    return new Ownership({ ...this.#options, bsp: `${this.#options.bsp}.shell.${process.pid}` })
  }

  /** Time since which an earlier process may have left root-owned files; undefined if none did. */
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

  /** Writes the note; `takeFolder` gives dist/ to the caller if an earlier build left it to root. */
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

  /** Gives the caller all root-owned files below dist/, and files created elsewhere in the project since then. */
  async claimIn(container: Container, since: Date): Promise<void> {
    if (!this.needed) return
    await tidy(container, {
      mountAt: this.#options.mountAt,
      claim: { caller: this.#options.caller, since },
      loops: false,
    })
    this.open = undefined
  }

  /** Records that files created since then still belong to root. */
  reopen(since: Date): void {
    if (this.needed && (this.open === undefined || since < this.open)) this.open = since
  }

  /** Removes the note if nothing is left to repair. */
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
