/** What a build tells while it runs. Reporters listen; nothing else prints. The JSON form is in docs/json.md. */

import type { Reason } from '../model/decision.ts'
import type { PlanNode } from '../model/plan.ts'
import type { Taken } from './drained.ts'

export type Outcome = 'ran' | 'skipped' | 'failed' | 'cancelled'

export type BuildEvent =
  | { readonly type: 'build_started'; readonly bsp: string; readonly nodes: number; readonly to_run: number }
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
      /** Where everything that it printed is, relative to the project; only where it ran. */
      readonly log?: string
    }
  /** For people: what the tool itself does or found, such as making the builder image or waiting for a lock. */
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
      /** Declared artifacts of the selected nodes in dist/output that are there, relative to the project. */
      readonly outputs: readonly string[]
      /** Why it failed, in words. */
      readonly error?: { readonly message: string; readonly hint?: string }
    }

/** May ask whoever produces output to wait: see drained.ts. */
export type Report = (event: BuildEvent) => Taken
