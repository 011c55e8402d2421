/**
 * One node from its decision to its record, scripts and steps alike: remove the record, run, look at what was declared,
 * compare the inputs with those from before, record. Whatever fails or is killed in between leaves no record.
 */
import { enterLink, extendChain, forgetChain, leaveLink, startChain } from '../cache/first-version.ts'
import type { Forecast } from '../cache/forecast.ts'
import { changedMeanwhile, inputsOf, recordOf } from '../cache/inputs.ts'
import type { Decision } from '../cache/reason.ts'
import type { RecordStore } from '../cache/records.ts'
import type { World } from '../cache/world.ts'
import type { Plan, PlanHook, PlanNode } from '../plan/model.ts'
import type { Chain, Relations } from '../plan/relations.ts'
import type { StepBodies } from '../steps/body.ts'
import { runScript, runStep, WorkFailed, type WorkPlace } from './work.ts'

export interface NodeRunner extends WorkPlace {
  readonly plan: Plan
  readonly relations: Relations
  readonly forecast: Forecast
  readonly manifest: RecordStore
  readonly world: World
  readonly bodies: StepBodies
  /** False where nothing may be recorded (build.cache.enabled: false). */
  readonly recording: boolean
  /** Chains whose path has been brought to its first version in this build. */
  readonly startedChains: Set<Chain>
  /** Runs the scripts of a hook inside a step. */
  readonly hook: (name: PlanHook) => Promise<void>
}

/** Resolves when the node ran and is recorded; rejects with WorkFailed, a StruxError or the reason of the cancellation. */
export async function runNode(index: number, decision: Decision, runner: NodeRunner): Promise<void> {
  const { plan, report, signal } = runner
  const node = plan.nodes[index]!
  const started = Date.now()
  report({ type: 'node_started', id: node.id, node, reasons: decision.reasons })
  const finish = (outcome: 'ran' | 'failed' | 'cancelled', exitCode?: number) =>
    report({
      type: 'node_finished',
      id: node.id,
      node,
      outcome,
      duration_ms: Date.now() - started,
      ...(exitCode === undefined ? {} : { exit_code: exitCode }),
      reasons: decision.reasons,
    })
  try {
    await runAndRecord(index, node, runner)
  } catch (error) {
    if (signal.aborted) finish('cancelled')
    else finish('failed', error instanceof WorkFailed ? error.exitCode : undefined)
    throw error
  }
  finish('ran', 0)
}

async function runAndRecord(index: number, node: PlanNode, runner: NodeRunner): Promise<void> {
  const { relations, forecast, manifest, world, bodies } = runner
  // First of all: what follows throws away what the record speaks of.
  manifest.setNode(node.kind, node.id, undefined)
  for (const chain of relations.chains) {
    if (chain.writer === index) forgetChain(chain, runner)
    const member = chain.links.includes(index) || chain.earlyReaders.includes(index)
    if (!member || runner.startedChains.has(chain)) continue
    const fresh = chain.writer !== undefined && forecast.fate(chain.writer) === 'ran'
    await startChain(chain, fresh, runner)
    runner.startedChains.add(chain)
  }
  const member = (path: string) => relations.chainOf(index, path) !== undefined
  const changes = (path: string) => relations.chainOf(index, path)?.links.includes(index) ?? false
  // A script without artifacts runs every time: its inputs decide nothing, so they are not read.
  const recorded = runner.recording && !(node.kind === 'script' && node.artifacts.length === 0)
  const before = recorded ? await inputsOf(node, forecast.sources, member) : undefined
  const changed = relations.chains.filter(chain => chain.links.includes(index))
  for (const chain of changed) enterLink(chain, runner)
  manifest.save()

  try {
    if (node.kind === 'script') await runScript(node, runner)
    else await runStep(node, bodies[node.step]!, runner.hook, runner)
  } catch (error) {
    world.refresh()
    for (const chain of changed) await leaveLink(chain, runner)
    throw error
  }
  forecast.settle(index, 'ran')
  const missing = node.artifacts.filter(ref => !world.exists(ref.path))
  for (const ref of missing) {
    const message = `${node.id} succeeded but did not make ${ref.declared} (${ref.path}), so it will run again`
    runner.report({ type: 'notice', level: 'warning', id: node.id, message })
  }
  for (const chain of changed) await extendChain(chain, index, runner)
  if (!before || missing.length > 0) return
  const after = await inputsOf(node, forecast.sources, member)
  const builderId = runner.executor.imageId(node.builder)
  const record = recordOf(node, before, after, { builderId, inPlace: changes })
  for (const name of changedMeanwhile(node, before, record)) {
    const message = `${name} changed while ${node.id} ran, so it will run again`
    runner.report({ type: 'notice', level: 'warning', id: node.id, message })
  }
  manifest.setNode(node.kind, node.id, record)
}
