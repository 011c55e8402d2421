/** Programs of this machine that are run with all their children, and ended with them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { StruxError } from '../../diagnostics/error.ts'
import type { Taken } from '../../report/drained.ts'
import { Intake } from '../containers/intake.ts'

export interface GroupRequest {
  readonly argv: readonly [string, ...string[]]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly stdout: (chunk: Buffer) => Taken
  readonly stderr: (chunk: Buffer) => Taken
}

/** From the request to end (TERM) to the end by force (KILL), in milliseconds. */
const GRACE = 1000
/** How long output may still come after the program's end: a process that it left behind may hold its pipes open. */
const LATE_OUTPUT = 300

/**
 * Runs a program without input in a process group of its own; resolves with its exit code, 128+n for one that a signal
 * ended. Rejects with `signal.reason` when cancelled, once nothing of the group is left.
 */
export async function runInGroup(request: GroupRequest, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted()
  const [file, ...args] = request.argv
  const child = spawn(file, args, {
    cwd: request.cwd,
    env: request.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
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

/** 128+n for a signal, as shells count. */
export function shellExitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal])
}

/** `waiting`: whether output that the program printed before its end may not have been read yet. */
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
 * Signals a process and all that descends from it: for programs that share the terminal's group with this process, and
 * so cannot have one of their own. Where the system does not tell the children (macOS), the process alone.
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

/** False where the group has no process any more. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal)
    return true
  } catch {
    return false
  }
}
