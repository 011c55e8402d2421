/** Runs programs on this machine, and ends them together with all their children. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { StruxError } from '../../diagnostics/error.ts'
import type { Taken } from '../../report/drained.ts'
import { endingWithThisProcess } from '../../state/guard.ts'
import { Intake } from '../containers/intake.ts'

export interface GroupRequest {
  readonly argv: readonly [string, ...string[]]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly stdout: (chunk: Buffer) => Taken
  readonly stderr: (chunk: Buffer) => Taken
  /** As for endingWithThisProcess. */
  readonly mark?: string
}

/** From TERM to KILL, in ms. */
const GRACE = 1000
/** Wait for output after the program's end, in ms: a process that it left behind may hold its pipes open. */
const LATE_OUTPUT = 300

export interface RunningGroup {
  /** The number of the group and its session; undefined if the program could not be started. */
  readonly id: number | undefined
  /**
   * The exit code, 128+n if a signal ended the program. When cancelled, rejects with `signal.reason` once the
   * whole group has ended.
   */
  readonly exitCode: Promise<number>
}

/** Runs a program without input in its own session, which ends with this process. */
export function startGroup(request: GroupRequest, signal: AbortSignal): RunningGroup {
  const [file, ...args] = request.argv
  const { cwd, env } = request
  const child = endingWithThisProcess(
    () => spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true }),
    'session',
    request.mark,
  )
  return { id: child.pid, exitCode: exitCodeOf(child, request, signal) }
}

type ChildWithOutput = ChildProcess & { readonly stdout: Readable; readonly stderr: Readable }

async function exitCodeOf(
  child: ChildWithOutput,
  request: GroupRequest,
  signal: AbortSignal,
): Promise<number> {
  let failure: { readonly error: unknown } | undefined
  const fail = (error: unknown) => {
    failure ??= { error }
    cancel()
  }
  const intakes = [
    new Intake(child.stdout, chunk => (signal.aborted ? undefined : request.stdout(chunk)), fail),
    new Intake(child.stderr, chunk => (signal.aborted ? undefined : request.stderr(chunk)), fail),
  ]
  let ending: Promise<void> | undefined
  const cancel = () => {
    ending ??= endGroup(child.pid)
  }
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const code = await exitOf(child, () => !signal.aborted && intakes.some(intake => intake.waiting))
    await ending
    signal.throwIfAborted()
    if (failure) throw failure.error
    return code
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** 128+n for a signal, as in shells. */
export function shellExitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal])
}

/** `waiting`: whether output from before the program's end may still be unread. */
function exitOf(child: ChildProcess, waiting: () => boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', cause =>
      reject(new StruxError(`${child.spawnfile} could not be started: ${cause.message}`, { cause })),
    )
    child.on('exit', (code, signal) => {
      const finish = () => resolve(shellExitCode(code, signal))
      child.on('close', finish)
      const giveUp = () => {
        if (waiting()) return later()
        child.stdout?.destroy()
        child.stderr?.destroy()
        finish()
      }
      const later = () => void setTimeout(giveUp, LATE_OUTPUT).unref()
      later()
    })
  })
}

async function endGroup(leader: number | undefined): Promise<void> {
  if (leader === undefined) return
  if (!signalGroup(leader, 'SIGTERM')) return
  for (let waited = 0; waited < GRACE; waited += 20) {
    await new Promise(resolve => setTimeout(resolve, 20))
    if (!signalGroup(leader, 0)) return
  }
  signalGroup(leader, 'SIGKILL')
}

/**
 * Signals a process and all its descendants: for programs that share the terminal's process group with this
 * process and so cannot have their own. If the system does not list children (macOS), signals only the process
 * itself.
 */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  let children: number[] = []
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  } catch {}
  try {
    process.kill(pid, signal)
  } catch {}
  for (const child of children) if (child > 0) signalTree(child, signal)
}

/** False if the group has no process left. */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal)
    return true
  } catch {
    return false
  }
}
