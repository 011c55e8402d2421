/**
 * The work of a step, as data: commands in a session, with points between them at which hooks stand. A build runs them, an
 * export writes them down.
 */
import type { StepNode } from '../model/plan.ts'

export type StepCommand =
  /** Bash in the step's session, with the step's environment and `env`; an exit code other than 0 ends the step. */
  | { readonly kind: 'run'; readonly script: string; readonly env?: Readonly<Record<string, string>> }
  /** The same on this machine, as the user who builds: for work that needs their keys. Paths of `node.env` are those in containers. */
  | { readonly kind: 'host'; readonly script: string; readonly env: Readonly<Record<string, string>> }
  /** Copies a folder of this package's on-device sources to `dist/artifacts/NAME`. */
  | { readonly kind: 'sources'; readonly name: string }
  /** The scripts of the hooks that stand here run. */
  | { readonly kind: 'point'; readonly at: string }

export interface BodyFacts {
  readonly node: StepNode
  /** Absolute path of the project on this machine. */
  readonly root: string
}

export interface StepBody {
  /** The text of the body, as far as it decides what comes out: part of the step's fingerprint. */
  readonly source: string
  /** In order. Without side effects: settings of this machine are read, nothing is written. */
  commands(facts: BodyFacts): readonly StepCommand[]
}

/** By the names of steps. */
export type StepBodies = Readonly<Record<string, StepBody>>
