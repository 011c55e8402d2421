/**
 * Locks between processes: one build per BSP, one writer for what BSPs share. A claim is a file with a name that is
 * never used twice; whoever finds only its own live claim holds the lock. So a dead process's claim can be removed by
 * anybody at any time, without the danger of removing a live one that took its name.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { StruxError } from '../report/error.ts'

/** Who holds a lock, for the message to those who wait. */
export interface Holder {
  readonly pid: number
  readonly host: string
  readonly command: string
  readonly since: string
  /** When the process started, in the kernel's ticks: tells it from a later one with the same pid. */
  readonly started: string | null
}

export interface Lock {
  release(): void
}

export interface LockOptions {
  /** What is locked, for people: `BSP qemu`. */
  readonly what: string
  readonly command: string
  /** Fail at once where somebody else holds it. */
  readonly noWait: boolean
  readonly signal: AbortSignal
  /** Called once, when waiting begins. */
  readonly waiting: (holder: Holder) => void
}

/** A claim of another machine or container is believed while it is touched this often, ms. */
const HEARTBEAT = 5_000
const HEARTBEAT_LOST = 30_000

export async function acquireLock(folder: string, options: LockOptions): Promise<Lock> {
  mkdirSync(folder, { recursive: true })
  for (let told = false; ; ) {
    options.signal.throwIfAborted()
    const holder = liveClaims(folder)[0]
    if (!holder) {
      const own = claim(folder, options.command)
      if (liveClaims(folder, own).length === 0) return hold(folder, own)
      // Two came at once: both step back, and by chance one comes back first.
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

let claims = 0

function claim(folder: string, command: string): string {
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    command,
    since: new Date().toISOString(),
    started: startOf(process.pid),
  }
  const name = `${process.pid}-${Date.now()}-${claims++}-${Math.random().toString(36).slice(2)}.claim`
  const temporary = join(folder, `${name}.tmp`)
  writeFileSync(temporary, JSON.stringify(holder))
  renameSync(temporary, join(folder, name))
  return name
}

function hold(folder: string, own: string): Lock {
  const path = join(folder, own)
  const beat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date())
    } catch {
      // Removed from outside; release() will not mind either.
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

/** The holders of all live claims but `except`; what dead processes left is removed. */
function liveClaims(folder: string, except?: string): Holder[] {
  return readdirSync(folder).flatMap(name => {
    if (!name.endsWith('.claim') || name === except) return []
    const path = join(folder, name)
    try {
      const holder: Holder = JSON.parse(readFileSync(path, 'utf8'))
      if (typeof holder.host === 'string' && isAlive(holder, statSync(path).mtimeMs)) return [holder]
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    }
    rmSync(path, { force: true })
    return []
  })
}

function isAlive(holder: Holder, touched: number): boolean {
  if (holder.host !== hostname()) return Date.now() - touched < HEARTBEAT_LOST
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return holder.started === startOf(holder.pid)
}

/** Field 22 of /proc/PID/stat; null where there is no /proc. The name in field 2 may hold blanks and parentheses. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
