/** Runs scripts right here: inside the builder container already (STRUX_IN_CONTAINER=1), and the two flash hooks. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { StruxError } from '../report/error.ts'
import { stateFolder } from '../state/places.ts'
import type { Command, Executor, OutputSink } from './executor.ts'
import { LineSplitter } from './lines.ts'
import { runInGroup, shellExitCode, signalTree } from './process-group.ts'
import { shellCall } from './script-text.ts'

export function createHostExecutor(options: { readonly projectRoot: string }): Executor {
  return {
    prepare() {},
    run: (command, output, signal) => runHere(options.projectRoot, command, output, signal),
    imageId: () => undefined,
    async close() {},
  }
}

async function runHere(
  projectRoot: string,
  command: Command,
  output: OutputSink,
  signal: AbortSignal,
): Promise<number> {
  const folder = join(stateFolder(projectRoot), 'run')
  const call = shellCall(command.script, folder, folder)
  const stdout = new LineSplitter(line => output('stdout', line))
  const stderr = new LineSplitter(line => output('stderr', line))
  try {
    const code = await runInGroup(
      {
        argv: ['/bin/bash', '-c', call.text],
        cwd: projectRoot,
        env: { ...process.env, ...command.env },
        stdout: chunk => stdout.push(chunk),
        stderr: chunk => stderr.push(chunk),
      },
      signal,
    )
    stdout.end()
    stderr.end()
    return code
  } finally {
    call.discard()
  }
}

export interface FlashScript {
  /** Absolute. */
  readonly file: string
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/**
 * Runs a script of `strux flash`: the file itself, by bash, with the user's terminal. Resolves with its exit code.
 * Rejects with `signal.reason` when cancelled, after the script has ended: a device half written must not be left alone
 * without need, so it is asked (TERM) and not killed. Source: strux.md 3.1 ("Flash scripts are different").
 */
export function runFlashScript(script: FlashScript, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const shell = spawn('/bin/bash', [script.file], {
      cwd: script.cwd,
      env: { ...process.env, ...script.env },
      stdio: 'inherit',
    })
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
