/** The events of a build. Reporters listen to them; no other code prints. The JSON form is in docs/json.md. */

import type { Reason } from '../model/decision.ts'
import type { LeftOutHandler } from '../model/extensions.ts'
import type { PlanNode } from '../model/plan.ts'
import type { Taken } from './drained.ts'

export type Outcome = 'ran' | 'skipped' | 'failed' | 'cancelled'

export type BuildEvent =
  | {
      readonly type: 'build_started'
      readonly bsp: string
      readonly nodes: number
      readonly to_run: number
      /** Handlers of extensions that do not run. */
      readonly left_out?: readonly LeftOutHandler[]
    }
  | {
      readonly type: 'node_started'
      readonly id: string
      readonly node: PlanNode
      readonly reasons: readonly Reason[]
    }
  | {
      readonly type: 'node_output'
      readonly id: string
      readonly stream: 'stdout' | 'stderr'
      readonly line: string
    }
  | { readonly type: 'progress'; readonly id: string; readonly message: string; readonly percent?: number }
  | {
      readonly type: 'node_finished'
      readonly id: string
      readonly node: PlanNode
      readonly outcome: Outcome
      readonly duration_ms: number
      readonly exit_code?: number
      readonly reasons: readonly Reason[]
      /** The file with all its output, relative to the project; only set if the node ran. */
      readonly log?: string
    }
  /** A notice for people about the tool itself, such as making the builder image or waiting for a lock. */
  | {
      readonly type: 'notice'
      readonly level: 'info' | 'warning'
      readonly message: string
      readonly id?: string
    }
  | {
      readonly type: 'build_finished'
      readonly ok: boolean
      readonly duration_ms: number
      /** Declared artifacts of the selected nodes that exist in dist/output, relative to the project. */
      readonly outputs: readonly string[]
      /** Why the build failed. */
      readonly error?: { readonly message: string; readonly hint?: string }
    }

/** May return a promise that asks the producer of output to pause: see drained.ts. */
export type Report = (event: BuildEvent) => Taken
