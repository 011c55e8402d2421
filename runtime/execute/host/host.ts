/** Runs scripts on this machine: inside a builder container (STRUX_IN_CONTAINER=1), and for the two flash hooks. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StruxError } from '../../diagnostics/error.ts'
import { endingWithThisProcess } from '../../state/guard.ts'
import { pidExists } from '../../state/process-identity.ts'
import { stateFolder } from '../../state/state-folder.ts'
import type { Command, Executor, OutputSink, WorkSession } from '../executor.ts'
import { machineIdentity } from '../images/installed-packages.ts'
import { LineSplitter } from '../lines.ts'
import { shellCall } from '../script-text.ts'
import { shellExitCode, signalGroup, signalTree, startGroup } from './process-group.ts'

export interface HostExecutorOptions {
  readonly projectRoot: string
  /** The base environment of all commands. */
  readonly env: NodeJS.ProcessEnv
}

export function createHostExecutor(options: HostExecutorOptions): Executor {
  const identity = machineIdentity()
  return {
    prepare() {},
    release() {},
    open: async () => new HostSession(options),
    identity: () => identity,
    async close() {},
  }
}

/** Commands share the folder STRUX_SCRATCH, which is deleted with the session. */
class HostSession implements WorkSession {
  readonly variablesFile: string
  readonly #options: HostExecutorOptions
  readonly #groups: number[] = []
  readonly #scratch = realpathSync(mkdtempSync(join(tmpdir(), 'strux-')))

  constructor(options: HostExecutorOptions) {
    this.#options = options
    this.variablesFile = join(this.#scratch, '.strux-variables')
  }

  async run(command: Command, output: OutputSink, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted()
    const { projectRoot, env } = this.#options
    const folder = join(stateFolder(projectRoot), 'run')
    const call = shellCall(command.script, folder, folder)
    const stdout = new LineSplitter(line => output('stdout', line))
    const stderr = new LineSplitter(line => output('stderr', line))
    try {
      const group = startGroup(
        {
          argv: ['/bin/bash', '-c', call.text],
          cwd: projectRoot,
          env: { ...env, STRUX_SCRATCH: this.#scratch, ...command.env },
          stdout: chunk => stdout.push(chunk),
          stderr: chunk => stderr.push(chunk),
          mark: `STRUX_SCRATCH=${this.#scratch}`,
        },
        signal,
      )
      if (group.id !== undefined) this.#groups.push(group.id)
      const code = await group.exitCode
      stdout.end()
      stderr.end()
      return code
    } finally {
      call.discard()
    }
  }

  /** A cancelled command has ended when its `run` rejects. */
  async interrupt(): Promise<void> {}

  /** What commands left running would end with their container, too. The guard ends daemons, with this process. */
  async close(): Promise<void> {
    // A process that has the number of the group is a new one: its leader has ended.
    for (const group of this.#groups) if (!pidExists(group)) signalGroup(group, 'SIGKILL')
    discardScratch(this.#scratch)
  }
}

/**
 * Deletes the folder that steps use in place of a container's /tmp. Does not follow mounts that a script left
 * in it.
 */
function discardScratch(folder: string): void {
  let mounts = ''
  try {
    mounts = readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {}
  if (!mounts.includes(` ${folder}`)) rmSync(folder, { recursive: true, force: true })
}

export interface FlashScript {
  /** Absolute. */
  readonly file: string
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/**
 * Runs a script of `strux flash`: bash runs the file itself, with the user's terminal. Resolves with its exit
 * code. When cancelled, rejects with `signal.reason` after the script has ended. The script gets TERM, never
 * KILL, so that it can avoid leaving a device half written. Source: strux.md 3.1 ("Flash scripts are
 * different").
 */
export function runFlashScript(script: FlashScript, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const env = { ...process.env, ...script.env }
    const shell = endingWithThisProcess(
      () => spawn('/bin/bash', [script.file], { cwd: script.cwd, env, stdio: 'inherit' }),
      'asked',
    )
    const ask = () => shell.pid !== undefined && signalTree(shell.pid, 'SIGTERM')
    signal.addEventListener('abort', ask, { once: true })
    shell.on('error', cause =>
      reject(new StruxError(`${script.file} could not be started: ${cause.message}`, { cause })),
    )
    shell.on('exit', (code, name) => {
      signal.removeEventListener('abort', ask)
      if (signal.aborted) reject(signal.reason)
      else resolve(shellExitCode(code, name))
    })
  })
}
