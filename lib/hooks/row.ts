/** One row of a hook table. It holds all rules about its hook: planner and engine know no hook by name. */
import type { ToolGroup } from '../tools.ts'

export interface HookRow {
  readonly name: string
  /** Older names of the hook. */
  readonly aliases?: readonly string[]
  /**
   * The hook's relation to `step`. `within`: its handlers run inside the step, at `at`. `replaces`: if it has
   * handlers, the step does not run. `point`: a point of the pipeline by itself, without a step. `end`: after the
   * last step.
   */
  readonly relation: 'before' | 'after' | 'within' | 'replaces' | 'point' | 'end'
  readonly step?: string
  /** For `within`: the point of the step's body where the handlers run. */
  readonly at?: string
  /** The condition, named in the hook's vocabulary, without which no handler runs. */
  readonly when?: string
  /**
   * `container`: a fresh builder container for each handler, as root. `session`: the step's container, with its
   * mounts and variables. `host`: the author's machine, by the command in `called`. `plan`: this process, while
   * the definition is loaded; such handlers are not nodes of the plan.
   */
  readonly runs_in: 'container' | 'session' | 'host' | 'plan'
  /** How often handlers run: in each build, whenever the step runs, or by a separate command. */
  readonly called?: 'build' | 'step' | 'flash'
  /** `caller`: handlers run as the user who builds, in a container without privileges. Default: as root. */
  readonly user?: 'caller'
  /** Whether handlers get the folders of source packages as variables: HOST_DIR, STAGING_DIR, and so on. */
  readonly folders?: true
  /** For a separate command: whether it fails without a handler here. */
  readonly essential?: true
  /** Whether handlers and their declared inputs count as inputs of the step. */
  readonly feeds?: true
  /** Files that handlers change without declaring them, in the notation of artifacts. */
  readonly changes?: readonly string[]
  /** Variables of the session that a `session` handler may set for the step and later handlers. */
  readonly sets?: readonly string[]
  /** The bash that wraps a handler's text, by its name in the vocabulary. */
  readonly harness?: string
  /**
   * The tools of a handler that lists none: these in addition to the defaults, and for a foreign target these
   * too.
   */
  readonly tools?: readonly ToolGroup[]
  readonly foreign_tools?: readonly ToolGroup[]
  /** Its handlers read the records of all hook calls of the build. */
  readonly records?: true
  /** One sentence for editors, `strux hooks` and the reference. */
  readonly doc: string
}

/** A setting that a hook needs. */
export interface HookCondition {
  /** The path of a BSP's key, and the value that it must have. */
  readonly key: readonly string[]
  readonly is: unknown
}
