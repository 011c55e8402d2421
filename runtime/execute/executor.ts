/** Where the commands of a build run: in containers (docker.ts) or right here (host.ts). */
import type { BuilderRef } from '../model/plan.ts'
import type { Taken } from '../report/drained.ts'

/** What a session is opened for. */
export interface SessionRequest {
  readonly builder: BuilderRef
  /** The id of the plan's node, for labels and messages. */
  readonly id: string
}

/** Bash, of any size, and the variables that it sees beside those of its surroundings. */
export interface Command {
  /** The text given to `/bin/bash -c`. */
  readonly script: string
  readonly env: Readonly<Record<string, string>>
}

/** One place in which the commands of a node run one after another: they share its files, mounts and processes. */
export interface WorkSession {
  /** A file, as commands see it, that no other session has: nothing is there at first. */
  readonly variablesFile: string
  /**
   * Runs a command and resolves with its exit code, also when that is not 0. Rejects with a StruxError where the command
   * could not be run at all, and with `signal.reason` when cancelled.
   */
  run(command: Command, output: OutputSink, signal: AbortSignal): Promise<number>
  /** Resolves when nothing of the session is left running or mounted. */
  close(): Promise<void>
}

/** Receives the output, whole lines without their line ends, as they come; may ask the script to wait (report/drained.ts). */
export type OutputSink = (stream: 'stdout' | 'stderr', line: string) => Taken

/** Receives what the executor itself does for a while (build an image, start an engine): for people, not for scripts. */
export type NoticeSink = (message: string) => void

export interface Executor {
  /**
   * Start making ready for a command on this builder; returns at once and never fails (a failure shows in `open`).
   * `id`: the plan's node that will come next, where it is known, for labels.
   */
  prepare(builder: BuilderRef, id?: string): void
  /** Opens a session for a node. Rejects with `signal.reason` when cancelled. The caller closes it. */
  open(request: SessionRequest, signal: AbortSignal): Promise<WorkSession>
  /** What is in the builder, as far as it has been met: see cache/known-builders.ts. */
  identity(builder: BuilderRef): string | undefined
  /** Releases whatever is held. Everything under dist/ belongs to the caller afterwards. */
  close(): Promise<void>
}

/** A session of one command: its exit code. */
export async function runOnce(
  executor: Pick<Executor, 'open'>,
  { script, env, ...request }: Command & SessionRequest,
  output: OutputSink,
  signal: AbortSignal,
): Promise<number> {
  const session = await executor.open(request, signal)
  try {
    return await session.run({ script, env }, output, signal)
  } finally {
    await session.close()
  }
}
