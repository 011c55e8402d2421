/**
 * A shell for files that are read before a build: without network, without the project (only copies of the
 * files in question, read-only), and with a time limit. open-confined-shell.ts makes one.
 */
import { sha256 } from '../state/engine-file.ts'

/** A file of the project. */
export interface ConfinedFile {
  /** Relative to the project. */
  readonly path: string
  readonly content: Buffer
  readonly executable: boolean
  /** Of the content, in hex. */
  readonly sha256: string
}

export const confinedFile = (
  path: string,
  content: Buffer,
  { mode }: { readonly mode: number },
): ConfinedFile => ({
  ...{ path, content, executable: (mode & 0o111) !== 0, sha256: sha256(content) },
})

/** The key of a kept result: everything that it depends on, which are the values and the files. */
export function keyOf(values: unknown, files: readonly ConfinedFile[]): string {
  return sha256(
    JSON.stringify([values, files.map(({ path, executable, sha256 }) => [path, executable, sha256])]),
  )
}

export interface ConfinedResult {
  /** 124 or 137 if the time limit ended it. */
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: string
}

/** In bytes: what is printed beyond that is not kept. */
const MOST_OUTPUT = 64 * 1024 * 1024

/** Collects what a script prints. */
export class Printed {
  readonly #streams = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  #bytes = 0

  stdout(chunk: Buffer): void {
    this.#take('stdout', chunk)
  }

  stderr(chunk: Buffer): void {
    this.#take('stderr', chunk)
  }

  #take(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes <= MOST_OUTPUT) this.#streams[stream].push(chunk)
  }

  /** Too much output is a failure. */
  result(exitCode: number): ConfinedResult {
    const stdout = Buffer.concat(this.#streams.stdout)
    const stderr = Buffer.concat(this.#streams.stderr).toString()
    if (this.#bytes <= MOST_OUTPUT) return { exitCode, stdout, stderr }
    const message = `it printed more than ${MOST_OUTPUT / 1024 / 1024} MiB\n`
    return { exitCode: exitCode || 1, stdout, stderr: `${stderr}\n${message}` }
  }
}

export interface ConfinedShell {
  /** Runs a bash script that sees these files at their places in the project. */
  run(script: string, files: readonly ConfinedFile[]): Promise<ConfinedResult>
  close(): Promise<void>
}

/** Where files are evaluated. */
export interface EvaluationPlace {
  /** The project's path as the shell sees it. */
  readonly root: string
  /** The builder, for which results may be kept; undefined if they depend on more than the given files. */
  readonly keptFor?: string | undefined
  /** Starts the shell; the builder image is made first if it is missing. */
  readonly open: () => Promise<ConfinedShell>
}

/** In seconds: a file that takes longer has an endless loop, or waits for the network. */
const TIME_LIMIT = 60

/** The command that runs a bash script of this path within the time limit. */
export const limited = (script: string): readonly string[] => [
  ...['timeout', '-k', '1', String(TIME_LIMIT)],
  ...['/bin/bash', script],
]

/** Whether the script ended by itself: neither the time limit (124, or 125 if `timeout` failed) nor a signal ended it. */
export const endedByItself = (exitCode: number): boolean =>
  exitCode <= 128 && exitCode !== 124 && exitCode !== 125
