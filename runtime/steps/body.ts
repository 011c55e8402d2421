/** What plugs into a declared step: the work itself. */

import type { StepNode } from '../plan/model.ts'

export interface StepBody {
  /** The text of the body, as far as it decides what comes out: part of the step's fingerprint. */
  readonly source: string
  run(context: StepRun): Promise<void>
}

/** What a body can do while it runs. All of it rejects when the build is cancelled. */
export interface StepRun {
  readonly node: StepNode
  /** Absolute path of the project on this machine. */
  readonly root: string
  /** Runs a bash script in the step's builder, with the step's environment and `env`; an exit code other than 0 ends the step. */
  bash(script: string, env?: Readonly<Record<string, string>>): Promise<void>
  /** The same on this machine itself, as the user who builds: for what needs their keys. Paths of `node.env` are those in containers. */
  bashOnHost(script: string, env: Readonly<Record<string, string>>): Promise<void>
  /** Runs the scripts that stand at a point inside the step. */
  point(at: string): Promise<void>
  progress(message: string, percent?: number): void
}

export type StepBodies = Readonly<Record<string, StepBody>>
