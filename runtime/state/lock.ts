/**
 * A lock between processes: a folder with claims. A claim is a file whose name is never used twice. A process
 * holds the lock if the only live claim is its own. Any process can therefore remove the claim of a dead
 * process at any time, without the danger of removing a live one under the same name. The folder may be deleted
 * at any time when it holds no claim.
 *
 * Own code, because proper-lockfile frees the lock of a killed process only after two seconds, and takes the
 * lock from a stopped one.
 */
import { readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { StruxError } from '../diagnostics/error.ts'
import { readEngineFile } from './engine-file.ts'
import { makeFolder } from './folder.ts'
import { lives, type ProcessIdentity, thisProcess } from './process-identity.ts'

/** The process that holds a lock, for messages to waiting processes. */
export interface Holder extends ProcessIdentity {
  readonly host: string
  readonly command: string
  readonly since: string
}

export interface Lock {
  release(): void
}

export interface LockOptions {
  /** The name of the locked resource, for people: `BSP qemu`. */
  readonly what: string
  readonly command: string
  /** Fail at once if another process holds the lock. */
  readonly noWait: boolean
  readonly signal: AbortSignal
  /** Called once, when waiting begins. */
  readonly waiting: (holder: Holder) => void
}

/** A claim from another machine or container counts as live while its file is touched at this interval, in ms. */
const HEARTBEAT = 5_000
const HEARTBEAT_LOST = 30_000

export async function acquireLock(folder: string, options: LockOptions): Promise<Lock> {
  const claims = new Claims(folder)
  for (let told = false; ; ) {
    options.signal.throwIfAborted()
    const holder = claims.live()[0]
    if (!holder) {
      const own = claim(folder, options.command)
      if (claims.live(own).length === 0) return hold(folder, own)
      // Two processes came at once: both remove their claims, and random delays decide which one is first next
      // time.
      rmSync(join(folder, own), { force: true })
      await pause(Math.random() * 40, options.signal)
      continue
    }
    if (options.noWait) {
      throw new StruxError(`${options.what} is in use by ${describe(holder)}`, {
        hint: 'Wait for it, or leave out --no-wait.',
      })
    }
    if (!told) options.waiting(holder)
    told = true
    await pause(200, options.signal)
  }
}

/** Rejects with the reason of the cancellation, not with the timer's own error. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
}

export function describe(holder: Holder): string {
  return `${holder.command} (process ${holder.pid} on ${holder.host}, since ${holder.since})`
}

let made = 0

function claim(folder: string, command: string): string {
  const holder: Holder = {
    ...thisProcess(),
    host: hostname(),
    command,
    since: new Date().toISOString(),
  }
  const name = `${process.pid}-${Date.now()}-${made++}-${Math.random().toString(36).slice(2)}.claim`
  const temporary = join(folder, `${name}.tmp`)
  for (let attempt = 1; ; attempt++) {
    try {
      makeFolder(folder)
      writeFileSync(temporary, JSON.stringify(holder))
      renameSync(temporary, join(folder, name))
      return name
    } catch (error) {
      // Another process has just deleted the folder.
      if (!isGone(error) || attempt === 100) throw error
    }
  }
}

function hold(folder: string, own: string): Lock {
  const path = join(folder, own)
  const beat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date())
    } catch {
      // Another process removed it; release() tolerates that too.
    }
  }, HEARTBEAT)
  beat.unref()
  return {
    release: () => {
      clearInterval(beat)
      rmSync(path, { force: true })
    },
  }
}

/** The claims in a folder, as one process observes them over time. */
export class Claims {
  readonly #folder: string
  /** When each claim was last seen to change: its file's time, and this process's monotonic clock. */
  readonly #touched = new Map<string, { mtime: number; seen: number }>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The holders of all live claims except `except`. Removes the claims of dead processes. */
  live(except?: string): Holder[] {
    return this.#names().flatMap(name => {
      if (name === except) return []
      const path = join(this.#folder, name)
      try {
        const holder: Holder = JSON.parse(readEngineFile(path).toString())
        if (typeof holder.host === 'string') {
          if (lives(holder) ?? this.#beats(name, statSync(path).mtimeMs)) return [holder]
        }
      } catch (error) {
        if (isGone(error)) return []
      }
      rmSync(path, { recursive: true, force: true })
      return []
    })
  }

  /** Removes unfinished claims as well; a live process that is about to finish one starts again. */
  removeDead(): void {
    this.live()
    for (const name of this.#names('.claim.tmp')) rmSync(join(this.#folder, name), { force: true })
  }

  #names(end = '.claim'): string[] {
    try {
      return readdirSync(this.#folder).filter(name => name.endsWith(end))
    } catch (error) {
      if (isGone(error) || isNoFolder(error)) return []
      throw error
    }
  }

  /**
   * A time in the future means that a clock was set back: the claim counts as live until the time has not
   * changed for the limit.
   */
  #beats(name: string, mtime: number): boolean {
    if (Date.now() - mtime >= HEARTBEAT_LOST) return false
    const now = performance.now()
    const last = this.#touched.get(name)
    if (last?.mtime === mtime) return now - last.seen < HEARTBEAT_LOST
    this.#touched.set(name, { mtime, seen: now })
    return true
  }
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}

/** Something else is in the folder's place, which the next claim puts right. */
function isNoFolder(error: unknown): boolean {
  return ['ENOTDIR', 'ELOOP'].includes(String((error as NodeJS.ErrnoException).code))
}
