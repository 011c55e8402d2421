/** What one row of a hook table says. All rules about a hook stand in its row: planner and engine know no hook by name. */
import type { ToolGroup } from '../tools.ts'

export interface HookRow {
  readonly name: string
  /** Older names that mean the same hook. */
  readonly aliases?: readonly string[]
  /**
   * How the hook stands to `step`. `within`: its handlers run inside the step, at `at`. `replaces`: where it has handlers,
   * the step does not run. `point`: a place of the pipeline on its own, without a step.
   */
  readonly relation: 'before' | 'after' | 'within' | 'replaces' | 'point'
  readonly step?: string
  /** For `within`: the point of the step's body at which the handlers run. */
  readonly at?: string
  /** The condition, of the hook's vocabulary, without which no handler runs. */
  readonly when?: string
  /**
   * `container`: a fresh builder container for each handler, as root. `session`: the container in which the step runs, with
   * its mounts and variables. `host`: the author's machine, by the command in `called`.
   */
  readonly runs_in: 'container' | 'session' | 'host'
  /** How often handlers run: with each build, whenever the step runs, or by a command of its own. */
  readonly called?: 'build' | 'step' | 'flash'
  /** For a command of its own: the command makes no sense without a handler here. */
  readonly essential?: true
  /** Handlers, and the inputs that they declare, count as inputs of the step. */
  readonly feeds?: true
  /** Files that handlers change although they do not declare them; spelled as artifacts are. */
  readonly changes?: readonly string[]
  /** Variables of the session that a `session` handler may set for the step and for later handlers. */
  readonly sets?: readonly string[]
  /** What surrounds a handler's text; the vocabulary has it by this name. */
  readonly harness?: string
  /** The tools of a handler that lists none: these beside the usual ones, and for a foreign target these as well. */
  readonly tools?: readonly ToolGroup[]
  readonly foreign_tools?: readonly ToolGroup[]
  /** One sentence for editors, `strux hooks` and the reference. */
  readonly doc: string
}

/** A setting that a hook needs. */
export interface HookCondition {
  /** The path of a key of the BSP, and the value that it must have. */
  readonly key: readonly string[]
  readonly is: unknown
}
