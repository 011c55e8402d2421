/** Runs the commands of a build: in containers (docker.ts) or on this machine (host.ts). */
import type { BuilderRef } from '../model/plan.ts'
import type { Taken } from '../report/drained.ts'

/** The purpose of a session. */
export interface SessionRequest {
  readonly builder: BuilderRef
  /** The id of the plan's node, for labels and messages. */
  readonly id: string
  /** `caller`: commands run as the user who builds, without privileges. Default: as root. */
  readonly user?: 'caller'
}

/** A bash text of any size, and variables in addition to those of the session. */
export interface Command {
  /** The text given to `/bin/bash -c`. */
  readonly script: string
  readonly env: Readonly<Record<string, string>>
}

/** A session: the commands of a node run in it one after another and share its files, mounts and processes. */
export interface WorkSession {
  /** The path, as commands see it, of a file that only this session uses. The file does not exist at first. */
  readonly variablesFile: string
  /**
   * Runs a command and resolves with its exit code, zero or not. Rejects with a StruxError if the command could
   * not be run, and with `signal.reason` when cancelled.
   */
  run(command: Command, output: OutputSink, signal: AbortSignal): Promise<number>
  /** After a cancellation: ends the cancelled command's processes, so that another command can put in order. */
  interrupt(): Promise<void>
  /** Resolves when no process or mount of the session is left. */
  close(): Promise<void>
}

/**
 * Receives output as it arrives, in whole lines without line ends. May ask the script to wait
 * (report/drained.ts).
 */
export type OutputSink = (stream: 'stdout' | 'stderr', line: string) => Taken

/** Receives notices about lengthy work of the executor itself (making an image, starting an engine), for people. */
export type NoticeSink = (message: string) => void

export interface Executor {
  /**
   * Starts preparing for a command on this builder; returns at once and never fails (`open` reports failures).
   * `id`: the next node of the plan, if known, for labels.
   */
  prepare(builder: BuilderRef, id?: string): void
  /** The node turned out to need no session: what `prepare` made for it may serve another node. */
  release(id: string): void
  /** Opens a session for a node. Rejects with `signal.reason` when cancelled. The caller closes it. */
  open(request: SessionRequest, signal: AbortSignal): Promise<WorkSession>
  /** The identity of the builder, if it is known: see cache/known-builders.ts. */
  identity(builder: BuilderRef): string | undefined
  /** Releases all resources. Afterwards every file under dist/ belongs to the caller. */
  close(): Promise<void>
}

/** Runs one command in a session of its own; resolves with its exit code. */
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
