/** Which process wrote a file, and whether it still lives: said only where process numbers mean the same there and here. */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

export interface ProcessIdentity {
  readonly pid: number
  /** Where the number counts: a boot of a kernel and a PID namespace; the host's name where there is no /proc. */
  readonly place: string
  /** When it started, in the kernel's ticks: tells it from a later one with the same number. Null without /proc. */
  readonly started: string | null
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, place: place(), started: startOf(process.pid) }
}

/** Undefined for a process of another machine or container, of which nothing can be known here. */
export function lives({ pid, place: where, started }: ProcessIdentity): boolean | undefined {
  if (where !== place()) return undefined
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return started === startOf(pid)
}

function place(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
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
