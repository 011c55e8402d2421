/** Walks the plan: decides, runs and records each node in order. */

import pLimit from 'p-limit'
import type { Executor } from '../execute/executor.ts'
import { type Decision, reason } from '../model/decision.ts'
import type { BuilderRef, Plan } from '../model/plan.ts'
import type { BuildOptions, BuildState } from './build-state.ts'
import { runFailureHandlers } from './failure-handlers.ts'
import { HookRecords } from './hook-records.ts'
import { type NodeRunner, type OpenSession, runNode } from './node-run.ts'

export interface BuildSurroundings {
  readonly signal: AbortSignal
  /** Called once, before the first node runs: engines and images are not needed earlier. */
  readonly openExecutor: (builders: readonly BuilderRef[]) => Promise<Executor>
  /** Runs `work` under the lock on shared outputs. */
  readonly whileShared: <T>(work: () => Promise<T>) => Promise<T>
}

/**
 * Processes the selected nodes, several at once if `jobs` allows it and none has to wait for another. Rejects
 * with the first failure, or the reason of the cancellation.
 */
export async function walk(
  options: BuildOptions,
  { signal, whileShared }: BuildSurroundings,
  { forecast, manifest, kept }: BuildState,
  executor: Executor,
): Promise<void> {
  const { root, plan, pipeline, relations, selection, policy, report, fileStates } = options
  const started = new Set<number>()
  const records = new HookRecords(root, plan, pipeline)
  const takeTurn = async (index: number, recordsMayDiffer = false, inside?: OpenSession): Promise<void> => {
    if (!selection.has(index) || forecast.fate(index)) return
    signal.throwIfAborted()
    started.add(index)
    const decision = await forecast.decideNow(index, recordsMayDiffer)
    if (decision.action === 'skip') {
      forecast.settle(index, 'skipped')
      executor.release(plan.nodes[index]!.id)
      reportSkip(options, index, decision)
      return
    }
    for (const link of missedBefore(index)) await runNode(link, decision, runner)
    const node = plan.nodes[index]!
    if (node.kind === 'script' && node.relation === 'end') records.beforeLast(node)
    const work = runNode(index, decision, runner, inside)
    prepareNext(index)
    await work
  }
  /**
   * The links that were skipped although their chain has to restart. A chain restarts at its first link, even
   * if only a later member turned out to need it, for example because an input was edited during the build.
   * Includes the links of other chains that these links belong to.
   */
  const missedBefore = (index: number): number[] => {
    const missed = new Set([index])
    for (const member of missed) {
      for (const { links, earlyReaders } of relations.chains) {
        if (!links.includes(member) && !earlyReaders.includes(member)) continue
        if (links.some(link => forecast.fate(link) === 'ran')) continue
        for (const link of links) if (link < index && selection.has(link)) missed.add(link)
      }
    }
    missed.delete(index)
    return [...missed].sort((a, b) => a - b)
  }
  /** Shared records belong to all BSPs: they are read and written only under the lock. */
  const takeShared = async (index: number): Promise<void> => {
    manifest.reloadShared()
    fileStates.refresh()
    await takeTurn(index, true)
    manifest.save()
  }
  const prepareNext = (after: number): void => {
    const next = plan.nodes.findIndex(
      (node, index) =>
        index > after &&
        selection.has(index) &&
        !started.has(index) &&
        node.kind === 'script' &&
        node.runs_in === 'container' &&
        !node.user &&
        forecast.decision(index).action !== 'skip',
    )
    if (next >= 0) executor.prepare(plan.nodes[next]!.builder, plan.nodes[next]!.id)
  }
  const point = async (step: string, at: string, inside: OpenSession): Promise<void> => {
    await records.reached(step, at, inside, { signal })
    for (const [index, node] of plan.nodes.entries()) {
      if (node.kind !== 'script' || node.inside !== step || node.at !== at) continue
      // A step may reach one point several times.
      if (forecast.fate(index) === 'ran') await runNode(index, forecast.decision(index), runner, inside)
      else await takeTurn(index, false, inside)
    }
  }
  const runner: NodeRunner = {
    ...{
      root,
      executor,
      report,
      signal,
      plan,
      relations,
      forecast,
      manifest,
      kept,
      fileStates,
      pipeline,
      point,
      records,
    },
    recording: policy.enabled,
    startedChains: new Set(),
  }
  /** Whether the handler's step has run without coming to the handler's point. */
  const passedBy = (index: number): boolean => {
    const { inside } = plan.nodes[index]!
    const step = inside === undefined ? -1 : plan.nodes.findIndex(node => node.id === inside)
    return step >= 0 && forecast.fate(step) === 'ran'
  }
  const skipUncalled = async (index: number): Promise<void> => {
    if (!selection.has(index)) return
    forecast.settle(index, 'skipped')
    reportSkip(options, index, {
      action: 'skip',
      reasons: [reason('hook_not_called', plan.nodes[index]!.inside)],
    })
  }
  const take = (index: number): Promise<void> => {
    const node = plan.nodes[index]!
    if (forecast.fate(index) === undefined && passedBy(index)) return skipUncalled(index)
    const shared = node.scope === 'shared' && selection.has(index)
    return shared ? whileShared(() => takeShared(index)) : takeTurn(index)
  }
  records.open()
  try {
    if (options.jobs > 1) await takeAtOnce(plan, plan.edges, options.jobs, take)
    else for (const index of plan.nodes.keys()) await take(index)
  } catch (error) {
    if (!signal.aborted) await runFailureHandlers(error, runner)
    throw error
  } finally {
    records.close()
  }
}

/**
 * Starts each node as soon as the nodes it waits for have finished or been skipped. After a failure no further
 * node starts; running nodes finish, so that their work is not lost. Rejects with the first failure.
 */
async function takeAtOnce(
  plan: Plan,
  before: readonly (readonly number[])[],
  jobs: number,
  take: (index: number) => Promise<void>,
): Promise<void> {
  const limit = pLimit(jobs)
  let failure: { readonly error: unknown } | undefined
  const turns: Promise<void>[] = []
  for (const index of plan.nodes.keys()) {
    const ready = Promise.all(before[index]!.map(earlier => turns[earlier]))
    turns.push(
      ready.then(() =>
        limit(async () => {
          if (failure) return
          await take(index).catch(error => {
            failure ??= { error }
          })
        }),
      ),
    )
  }
  await Promise.all(turns)
  if (failure) throw failure.error
}

export function reportSkip({ plan, report }: BuildOptions, index: number, decision: Decision): void {
  const node = plan.nodes[index]!
  report({
    type: 'node_finished',
    id: node.id,
    node,
    outcome: 'skipped',
    duration_ms: 0,
    reasons: decision.reasons,
  })
}
