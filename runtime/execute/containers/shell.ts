/** An interactive shell in a container like a script's. Without a terminal it reads commands from the pipe. */
import type { Readable, Writable } from 'node:stream'
import { StruxError } from '../../diagnostics/error.ts'
import type { BuilderRef } from '../../model/plan.ts'
import { drained } from '../../report/drained.ts'
import { type Container, envList } from './container.ts'
import { Demultiplexer } from './demultiplex.ts'
import { Intake } from './intake.ts'

export interface ShellRequest {
  readonly builder: BuilderRef
  readonly env: Readonly<Record<string, string>>
  /** The plan's node whose environment the shell gets. */
  readonly id: string
  /** Bash that runs before the first prompt. */
  readonly first?: string
}

export interface ShellTerminal {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown }
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }
  readonly stderr: Writable
}

/** The call of a shell that runs `first` before its first prompt. If that fails, there is no shell. */
export function shellProgram(first?: string): [string, ...string[]] {
  return first === undefined
    ? ['/bin/bash']
    : ['/bin/bash', '-c', `${first}\ncode=0\n/bin/bash || code=$?\nexit "$code"`]
}

/** Resolves with the shell's exit code. Throws a StruxError if input is a terminal and output is not. */
export async function runShell(
  container: Container,
  { env, first }: Pick<ShellRequest, 'env' | 'first'>,
  terminal: ShellTerminal,
): Promise<number> {
  const { stdin, stdout, stderr } = terminal
  const tty = stdin.isTTY === true
  if (tty && stdout.isTTY !== true) {
    throw new StruxError('An interactive shell needs a terminal for its output too', {
      hint: 'Leave out the redirection, or pass commands through a pipe: `echo ls | strux shell …`.',
      exitCode: 2,
    })
  }
  const term = process.env.TERM
  const { exec, connection } = await container.openExec({
    Cmd: shellProgram(first),
    Env: envList({ ...(tty && term && { TERM: term }), ...env }),
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: tty,
  })
  const resize = () => {
    const { rows, columns } = stdout
    if (rows && columns) exec.resize({ h: rows, w: columns }).catch(() => {})
  }
  const frames = new Demultiplexer(
    chunk => drained(stdout, stdout.write(chunk)),
    chunk => drained(stderr, stderr.write(chunk)),
  )
  const send = (chunk: Buffer) => connection.write(chunk)
  const endOfInput = () => connection.end()
  const ended = new Promise<void>(resolve => {
    connection.on('end', resolve)
    connection.on('close', resolve)
    connection.on('error', () => resolve())
  })
  const show = (chunk: Buffer) => (tty ? drained(stdout, stdout.write(chunk)) : frames.push(chunk))
  new Intake(connection, show, error => connection.destroy(error as Error))
  try {
    if (tty) {
      stdin.setRawMode?.(true)
      stdout.on('resize', resize)
      resize()
    }
    stdin.on('data', send)
    stdin.on('end', endOfInput)
    await ended
    return await container.exitCode(exec)
  } finally {
    stdin.off('data', send)
    stdin.off('end', endOfInput)
    stdout.off('resize', resize)
    if (tty) stdin.setRawMode?.(false)
    // Open input would keep this process alive.
    stdin.pause()
    connection.destroy()
  }
}
