/**
 * A step's work as data: commands in a session, with points between them where hooks run. A build runs the
 * commands; an export writes them down.
 */
import type { StepNode } from '../model/plan.ts'

type Env = Readonly<Record<string, string>>

export type StepCommand =
  /**
   * Bash in the step's session, with the step's environment and `env`; a non-zero exit code ends the step.
   * `always`: runs after all others, also if the step fails or the build is cancelled.
   */
  | { readonly kind: 'run'; readonly script: string; readonly env?: Env; readonly always?: true }
  /**
   * The same on the host, as the user who builds: for work that needs the user's keys. `node.env` holds
   * container paths.
   */
  | { readonly kind: 'host'; readonly script: string; readonly env: Env }
  /** Copies a folder of this package's on-device sources to `dist/artifacts/NAME`. */
  | { readonly kind: 'sources'; readonly name: string }
  /** Runs the handlers of the hooks at this point, with `env` in addition, if the bash in `when` succeeds. */
  | { readonly kind: 'point'; readonly at: string; readonly env?: Env; readonly when?: string }

export interface BodyFacts {
  readonly node: StepNode
  /** Absolute path of the project on this machine. */
  readonly root: string
}

export interface StepBody {
  /** The text of the body, as far as it affects the output: part of the step's fingerprint. */
  readonly source: string
  /**
   * Bash that precedes every `run` command, such as functions. With a library, commands between which nothing
   * else happens run in one shell. They pass variables on to later commands with `strux_publish`.
   */
  readonly library?: string
  /** The commands in order. Free of side effects: may read settings of this machine, writes nothing. */
  commands(facts: BodyFacts): readonly StepCommand[]
  /** What a shell runs before its first prompt, so that it has the surroundings of the commands. */
  shell?(facts: BodyFacts): { readonly script: string; readonly env: Env }
}

/** By step name. */
export type StepBodies = Readonly<Record<string, StepBody>>
