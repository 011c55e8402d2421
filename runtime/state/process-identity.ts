/**
 * Identifies the process that wrote a file, and tells whether it is alive. Answers only where process ids have
 * the same meaning.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

export interface ProcessIdentity {
  readonly pid: number
  /** Where the process id is valid: kernel boot and PID namespace; the host name if there is no /proc. */
  readonly place: string
  /**
   * Start time in kernel ticks: distinguishes the process from a later one with the same id. Null without
   * /proc.
   */
  readonly started: string | null
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, place: place(), started: startOf(process.pid) }
}

/** Undefined for a process of another machine or container, whose state cannot be known here. */
export function lives({ pid, place: where, started }: ProcessIdentity): boolean | undefined {
  if (where !== place()) return undefined
  return pidExists(pid) && started === startOf(pid)
}

/** Whether a process with this id runs now, of whatever user. */
export function pidExists(pid: number): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function place(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/**
 * Field 22 of /proc/PID/stat; null if there is no /proc. The name in field 2 may contain spaces and
 * parentheses.
 */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
