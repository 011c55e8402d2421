/**
 * The story of a build, and the first file to read: load → plan → run → report.
 *
 * load    reads the modules or YAML of a project and validates them          load/, yaml/, layers/
 * plan    turns a BSP into the ordered list of everything a build would do   plan/, from the pipeline in steps/
 * run     decides each node from its record, runs it, records it             cache/, chains/, run/, execute/
 * report  listens to the events of the run                                   report/
 *
 * Every command begins with `openWorkspace`; a build goes on with `runBuild`, a dry run with `decide`. Packages that bring a
 * pipeline of their own import this module as `strux-bsp/engine`.
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
export type { Harness, Pipeline, Vocabulary } from './plan/pipeline.ts'
export type { ScriptEntry } from './plan/script.ts'
export type { StepDeclaration, StepFacts } from './plan/step.ts'
export type { BuildEvent, Report } from './report/events.ts'
export type { Workspace } from './run/workspace.ts'
export { BUILD_PIPELINE }

/** load and plan: a BSP of the project at `root`, and everything that is wrong with both; no workspace where that is too much. */
export async function openWorkspace(
  root: string,
  bspName: string,
  pipeline: Pipeline = BUILD_PIPELINE,
): Promise<{ readonly diagnostics: readonly Diagnostic[]; readonly workspace?: Workspace }> {
  const project = await loadProject(root)
  return examine(project, await loadBsp(project, bspName), pipeline)
}

export interface BuildRequest {
  /** All nodes unless given. */
  readonly selection?: SelectionOptions
  /** Deletes the BSP's cache first. */
  readonly clean?: boolean
  /** How many nodes may run at once; 1 unless given. */
  readonly jobs?: number
  /** Wait for another build of the BSP; true unless given. */
  readonly wait?: boolean
  /** The command, as another one that waits for it is told. */
  readonly command?: string
  readonly report: Report
  readonly signal: AbortSignal
}

/** What a build would do with each selected node, by index, and why. Changes nothing and needs no engine. */
export function decide(
  workspace: Workspace,
  request: Omit<BuildRequest, 'signal'>,
): Promise<ReadonlyMap<number, Decision>> {
  return readBuildState(optionsOf(workspace, request)).forecast.decideAll()
}

/** run and report: rejects with the first failure, after the report of the end. */
export async function runBuild(workspace: Workspace, request: BuildRequest): Promise<void> {
  const { root, plan, fileStates } = workspace
  const { report, signal } = request
  const options = optionsOf(workspace, request)
  const started = Date.now()
  const locks = new BuildLocks(root, plan.bsp, { command: `strux build ${plan.bsp}`, wait: true, ...request })
  const lock = await locks.lockBsp()
  let failure: unknown
  try {
    // What was seen of the files before the lock was ours may be old by now.
    if (locks.sawOthers) fileStates.refresh()
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
      force: new Set(cache?.force_rebuild?.map(ownName)),
    },
    jobs: request.jobs ?? 1,
    builders: knownBuilders(),
    info: { projectVersion: project.config.project_version, struxVersion: selfVersion() },
  }
}
