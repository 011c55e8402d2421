/**
 * The flow of a build, and the first file to read: load → plan → run → report.
 *
 *   load    reads and validates the modules or YAML files of a project         load/, yaml/, layers/
 *   plan    turns a BSP into the ordered list of a build's nodes               plan/, from the pipeline in steps/
 *   run     decides from its record whether a node runs, runs it, records it   cache/, chains/, run/, execute/
 *   report  listens to the events of the run                                   report/
 *
 * Every command begins with `openWorkspace`. A build continues with `runBuild`, a dry run with `decide`.
 * Packages with a pipeline of their own import this module as `strux-bsp/engine`.
 */

import type { Diagnostic } from './diagnostics/diagnostic.ts'
import { loadBsp, loadProject } from './load/project.ts'
import type { Decision } from './model/decision.ts'
import type { Pipeline } from './plan/pipeline.ts'
import { type SelectionOptions, select } from './plan/selection.ts'
import type { Report } from './report/events.ts'
import { build } from './run/build.ts'
import { type BuildOptions, readBuildState } from './run/build-state.ts'
import { knownBuilders, openExecutor, repairOwners } from './run/executors.ts'
import { BuildLocks } from './run/locks.ts'
import { finishedEvent } from './run/outcome.ts'
import { examine, type Workspace } from './run/workspace.ts'
import { selfVersion } from './state/own-package.ts'
import { ownName } from './steps/original-names.ts'
import { BUILD_PIPELINE } from './steps/pipeline.ts'

export type { HookCondition, HookRow } from '../lib/hooks/row.ts'
export type { Diagnostic } from './diagnostics/diagnostic.ts'
export type { PathRef, Plan, PlanNode } from './model/plan.ts'
export type { BodyFacts, StepBody, StepCommand } from './plan/body.ts'
export type { ScriptEntry } from './plan/input.ts'
export type { Harness, Pipeline, Vocabulary } from './plan/pipeline.ts'
export type { StepDeclaration, StepFacts } from './plan/step.ts'
export type { BuildEvent, Report } from './report/events.ts'
export type { Workspace } from './run/workspace.ts'
export { BUILD_PIPELINE }

/**
 * Load and plan: returns the BSP of the project at `root` and every diagnostic of both; no workspace if the
 * errors prevent a plan.
 */
export async function openWorkspace(
  root: string,
  bspName: string,
  pipeline: Pipeline = BUILD_PIPELINE,
): Promise<{ readonly diagnostics: readonly Diagnostic[]; readonly workspace?: Workspace }> {
  const project = await loadProject(root)
  return examine(project, await loadBsp(project, bspName), pipeline)
}

export interface BuildRequest {
  /** Default: all nodes. */
  readonly selection?: SelectionOptions
  /** Ids of nodes that run in any case, in addition to the project's `force_rebuild`. */
  readonly force?: readonly string[]
  /** Deletes the BSP's cache first. */
  readonly clean?: boolean
  /** How many nodes may run at once. Default: 1. */
  readonly jobs?: number
  /** Wait for another build of the same BSP. Default: true. */
  readonly wait?: boolean
  /** Called before the first decision, while no other build of the BSP runs. */
  readonly prepare?: () => void
  /** The command's name, shown to another process that waits for this one. */
  readonly command?: string
  readonly report: Report
  readonly signal: AbortSignal
}

/** The decision and its reasons for each selected node, by index. Changes nothing and needs no container engine. */
export async function decide(
  workspace: Workspace,
  request: Omit<BuildRequest, 'signal'>,
): Promise<ReadonlyMap<number, Decision>> {
  const { forecast } = await readBuildState(optionsOf(workspace, request))
  return forecast.decideAll()
}

/** Run and report: after the final report, rejects with the first failure. */
export async function runBuild(workspace: Workspace, request: BuildRequest): Promise<void> {
  const { root, plan, fileStates } = workspace
  const { report, signal } = request
  const options = optionsOf(workspace, request)
  const started = Date.now()
  const locks = new BuildLocks(root, plan.bsp, { command: `strux build ${plan.bsp}`, wait: true, ...request })
  const lock = await locks.lockBsp()
  let failure: unknown
  try {
    // Another process may have changed files before this one got the lock.
    if (locks.sawOthers) fileStates.refresh()
    request.prepare?.()
    const surroundings = { notice: locks.notice, signal, whileShared: locks.whileShared }
    if (await repairOwners(workspace, locks.notice, signal)) fileStates.refresh()
    const openExecutorFor = (builders: Parameters<typeof openExecutor>[1]) =>
      openExecutor(workspace, builders, surroundings)
    await build(options, { ...surroundings, openExecutor: openExecutorFor })
  } catch (error) {
    failure = error
    throw error
  } finally {
    lock.release()
    report(finishedEvent(options, Date.now() - started, failure))
  }
}

function optionsOf(workspace: Workspace, request: Omit<BuildRequest, 'signal'>): BuildOptions {
  const { root, project, pipeline, plan, relations, fileStates, memo } = workspace
  const cache = project.config.build?.cache
  return {
    ...{ root, pipeline, plan, relations, fileStates, memo, report: request.report },
    selection: select(plan, request.selection ?? {}),
    policy: {
      clean: request.clean ?? false,
      enabled: cache?.enabled ?? true,
      force: new Set([...(cache?.force_rebuild?.map(ownName) ?? []), ...(request.force ?? [])]),
    },
    jobs: request.jobs ?? 1,
    builders: knownBuilders(),
    info: { projectVersion: project.config.project_version, struxVersion: selfVersion() },
  }
}
