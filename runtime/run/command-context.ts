/** The surroundings of a node's commands: the plan, the executor, and the open session of a step. */
import type { Executor, WorkSession } from '../execute/executor.ts'
import type { Plan } from '../model/plan.ts'
import type { Pipeline } from '../plan/pipeline.ts'
import type { Report } from '../report/events.ts'
import type { HookRecords } from './hook-records.ts'

export interface CommandContext {
  readonly root: string
  readonly plan: Plan
  readonly pipeline: Pipeline
  readonly executor: Executor
  readonly report: Report
  readonly signal: AbortSignal
  /** Of this build's hook calls. */
  readonly records?: HookRecords
}

/** The open session of a running step, for the scripts that run inside it. */
export interface StepSession {
  readonly session: WorkSession
  /** The step's environment. */
  readonly env: Readonly<Record<string, string>>
}
