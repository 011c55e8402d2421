/** Where the commands of a build run: in containers (docker.ts) or right here (host.ts). */
import type { BuilderRef } from '../plan/model.ts'
import type { Taken } from '../report/drained.ts'

/** One script to run to its end. */
export interface Command {
  /** The text given to `/bin/bash -c`; of any size. */
  readonly script: string
  /** What the script sees beside what its surroundings provide. */
  readonly env: Readonly<Record<string, string>>
  readonly builder: BuilderRef
  /** The id of the plan's node, for labels and messages. */
  readonly id: string
}

/** Receives the output, whole lines without their line ends, as they come; may ask the script to wait (report/drained.ts). */
export type OutputSink = (stream: 'stdout' | 'stderr', line: string) => Taken

/** Receives what the executor itself does for a while (build an image, start an engine): for people, not for scripts. */
export type NoticeSink = (message: string) => void

export interface Executor {
  /**
   * Start making ready for a command on this builder; returns at once and never fails (a failure shows in `run`).
   * `id`: the plan's node that will come next, where it is known, for labels.
   */
  prepare(builder: BuilderRef, id?: string): void
  /**
   * Runs the command and resolves with its exit code, also when that is not 0.
   * Rejects with a StruxError where the command could not be run at all, and with `signal.reason` when cancelled,
   * but only once nothing of the command is left running or mounted.
   */
  run(command: Command, output: OutputSink, signal: AbortSignal): Promise<number>
  /** What is in the builder, as far as it has been met: see cache/known-builders.ts. */
  identity(builder: BuilderRef): string | undefined
  /** Releases whatever is held. Everything under dist/ belongs to the caller afterwards. */
  close(): Promise<void>
}
