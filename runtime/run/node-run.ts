/**
 * One node from decision to record, for scripts and steps alike: delete the record, run, check the declared
 * artifacts, compare the inputs with those from before, write the record. A failed or killed run leaves no
 * record.
 */

import { digestOf, type FileStates } from '../cache/file-states.ts'
import { changedMeanwhile, fingerprintOf, keyOf } from '../cache/fingerprint.ts'
import { inputsOf, type VersionsSeen } from '../cache/inputs.ts'
import type { RecordStore } from '../cache/records.ts'
import { isLink, seesVersion } from '../chains/chain.ts'
import {
  enterLink,
  extendChain,
  leaveLink,
  noteMaker,
  noteProducts,
  rewindForWriter,
  startChain,
} from '../chains/history.ts'
import type { KeptVersions } from '../chains/kept-versions.ts'
import type { Forecast } from '../decide/forecast.ts'
import type { Decision } from '../model/decision.ts'
import type { Chain, PathRef, PlanNode } from '../model/plan.ts'
import type { Relations } from '../plan/relations.ts'
import type { CommandContext, StepSession } from './command-context.ts'
import { runScript, WorkFailed } from './commands.ts'
import { runStep } from './step-commands.ts'

/** Opens the session of the running step. */
export type OpenSession = () => Promise<StepSession>

export interface NodeRunner extends CommandContext {
  readonly relations: Relations
  readonly forecast: Forecast
  readonly manifest: RecordStore
  readonly kept: KeptVersions
  readonly fileStates: FileStates
  /** False if no record may be written (build.cache.enabled: false). */
  readonly recording: boolean
  /** Chains whose path has been reset to its first version in this build. */
  readonly startedChains: Set<Chain>
  /** Runs the scripts at a point inside a step. */
  readonly point: (step: string, at: string, inside: OpenSession) => Promise<void>
}

/**
 * Resolves after the node has run and is recorded; rejects with WorkFailed, a StruxError or the reason of the
 * cancellation.
 */
export async function runNode(
  index: number,
  decision: Decision,
  runner: NodeRunner,
  inside?: OpenSession,
): Promise<void> {
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
    await runAndRecord(index, node, runner, inside)
  } catch (error) {
    if (signal.aborted) finish('cancelled')
    else finish('failed', error instanceof WorkFailed ? error.exitCode : undefined)
    throw error
  }
  finish('ran', 0)
}

async function runAndRecord(
  index: number,
  node: PlanNode,
  runner: NodeRunner,
  inside: OpenSession | undefined,
): Promise<void> {
  const { relations, forecast, manifest, fileStates } = runner
  // Delete the record first: the next steps overwrite the node's outputs.
  manifest.setNode(node.kind, node.id, undefined)
  for (const chain of relations.chains) {
    if (chain.writers.includes(index)) await rewindForWriter(chain, runner)
    if (!seesVersion(chain, index) || runner.startedChains.has(chain)) continue
    const fresh = chain.writers.some(writer => forecast.fate(writer) === 'ran')
    await startChain(chain, fresh, runner)
    runner.startedChains.add(chain)
  }
  // A node that runs every time needs no record of its inputs, so they are not read.
  const recorded = runner.recording && !node.everyTime
  const versions = remembering(forecast.versionsNow(index))
  const before = recorded ? await inputsOf(node, forecast.sources, versions) : undefined
  const changed = relations.chains.filter(chain => isLink(chain, index))
  for (const chain of changed) enterLink(chain, runner)
  // Another BSP may go on to use outputs that BSPs share.
  const products = node.scope === 'bsp' ? relations.changedBy(index) : []
  noteMaker(node.id, products, runner)
  manifest.save()

  try {
    if (node.kind === 'script')
      await runScript(node, runner, node.runs_in === 'session' ? await inside?.() : undefined)
    else
      await runStep(
        node,
        runner.pipeline.bodies[node.body]!,
        (at, inside) => runner.point(node.id, at, inside),
        runner,
      )
  } catch (error) {
    fileStates.refresh()
    for (const chain of changed) await leaveLink(chain, runner)
    throw error
  }
  forecast.settle(index, 'ran')
  const missing = node.artifacts.filter(
    ref => !fileStates.exists(ref.path) || fileStates.leadsOutside(ref.path),
  )
  for (const ref of missing) {
    const message = fileStates.leadsOutside(ref.path)
      ? `${node.id} made ${ref.declared} (${ref.path}) a symlink out of the project, where no other script can read it; it will run again`
      : `${node.id} succeeded but did not make ${ref.declared} (${ref.path}), so it will run again`
    runner.report({ type: 'notice', level: 'warning', id: node.id, message })
  }
  for (const chain of changed) await extendChain(chain, index, runner)
  noteProducts(await digestsOf(products, fileStates), manifest)
  if (!before || missing.length > 0) return
  // A link changes its own input on purpose: it read the version from before its run.
  const own = changed.length > 0 ? versions : forecast.versionsNow(index)
  const after = await inputsOf(node, forecast.sources, own)
  const fingerprint = fingerprintOf(node, before, after, runner.executor.identity(node.builder))
  for (const name of changedMeanwhile(node, before, fingerprint)) {
    const message = `${name} changed while ${node.id} ran, so it will run again`
    runner.report({ type: 'notice', level: 'warning', id: node.id, message })
  }
  const outputs = await outputsOf(node, fileStates)
  manifest.setNode(node.kind, node.id, { fingerprint, key: keyOf(fingerprint), outputs })
}

/** The digest of each output, by artifact as declared. */
async function outputsOf(node: PlanNode, fileStates: FileStates): Promise<Record<string, string>> {
  const outputs = new Map<string, string>()
  for (const ref of node.artifacts) outputs.set(ref.declared, digestOf(await fileStates.state(ref)))
  return Object.fromEntries(outputs)
}

async function digestsOf(paths: readonly string[], fileStates: FileStates): Promise<Map<string, string>> {
  const digests = new Map<string, string>()
  for (const path of paths) {
    const state = await fileStates.state({ declared: path, path, glob: false })
    if (state !== undefined) digests.set(path, digestOf(state))
  }
  return digests
}

/** Returns the first result for each input, also after the files have changed. */
function remembering(versions: VersionsSeen): VersionsSeen {
  const known = new Map<PathRef, ReturnType<VersionsSeen>>()
  return ref => {
    const seen = known.get(ref) ?? versions(ref)
    known.set(ref, seen)
    return seen
  }
}
