/**
 * Decides whether one node runs, from its record and the state of its files. Source of the rules:
 * lifecycle-scripts document, "Script caching". A node without artifacts always runs. Otherwise it is skipped
 * only if every artifact exists, a record exists, and script and dependencies are as recorded. Environment,
 * builder and a step's configuration count as well.
 */

import type { Fingerprint } from '../cache/fingerprint.ts'
import {
  feederOf,
  harnessHash,
  type InputSources,
  inputState,
  scriptHash,
  type VersionSeen,
  type VersionsSeen,
} from '../cache/inputs.ts'
import type { NodeRecord } from '../cache/record.ts'
import { type Decision, type Reason, reason } from '../model/decision.ts'
import type { PathRef, PlanNode, StepNode } from '../model/plan.ts'
import {
  compareBuilder,
  compareConfig,
  compareEnvironment,
  compareFeederSet,
  compareHarness,
  compareInput,
  compareScript,
} from './compare.ts'

export interface CachePolicy {
  readonly clean: boolean
  readonly enabled: boolean
  /** Steps, hooks and ids that always run. */
  readonly force: ReadonlySet<string>
}

export interface DecisionContext extends InputSources {
  readonly policy: CachePolicy
  readonly record: NodeRecord | undefined
  readonly builderId: string | undefined
  /** An earlier node that may still change the paths of `ref`. */
  readonly pendingMaker: (ref: PathRef) => string | undefined
  /** The chain versions that this node sees; undefined if it sees none. */
  readonly versionsSeen: VersionsSeen | undefined
}

export async function decideNode(node: PlanNode, context: DecisionContext): Promise<Decision> {
  const always = unconditional(node, context.policy)
  if (always) return { action: 'run', reasons: [always] }
  const { fileStates, record } = context
  const upstream = new Map<string, Reason>()
  const found: Reason[] = node.artifacts
    .filter(ref => !fileStates.exists(ref.path) || fileStates.leadsOutside(ref.path))
    .map(ref => reason('artifact_missing', ref.declared))
  if (!record) {
    found.push(reason('no_record'))
    return { action: 'run', reasons: found }
  }
  const then = record.fingerprint
  found.push(...compareScript(then.script, await scriptHash(node, context), subjectOf(node)))
  found.push(...compareHarness(then.harness, harnessHash(node)))
  found.push(...(await compareInputs(node, node, then, context, upstream)))
  if (node.kind === 'step') {
    found.push(...compareConfig(then.config, node.config))
    found.push(...(await compareFeeders(node, then, context, upstream)))
  }
  found.push(...compareEnvironment(then.environment, node.hashedEnv))
  found.push(
    ...compareBuilder(then.builder, {
      key: node.builder.key,
      ...(context.builderId === undefined ? {} : { id: context.builderId }),
    }),
  )
  if (found.length > 0) return { action: 'run', reasons: found }
  if (upstream.size > 0) return { action: 'undecided', reasons: [...upstream.values()] }
  return { action: 'skip', reasons: [reason('unchanged')] }
}

/** A reason that can be given without looking at files. */
function unconditional(node: PlanNode, policy: CachePolicy): Reason | undefined {
  if (policy.clean) return reason('clean')
  if (!policy.enabled) return reason('cache_disabled')
  if (node.names.some(name => policy.force.has(name))) return reason('forced')
  return node.everyTime ? reason('no_artifacts') : undefined
}

const NO_VERSIONS: readonly VersionSeen[] = []

/** Compares the dependencies of `reader`, for `node`: the same node, or the step that `reader` feeds. */
async function compareInputs(
  reader: PlanNode,
  node: PlanNode,
  recorded: Pick<Fingerprint, 'dependencies'>,
  context: DecisionContext,
  upstream: Map<string, Reason>,
): Promise<Reason[]> {
  const found: Reason[] = []
  for (const ref of reader.dependencies) {
    const maker = context.pendingMaker(ref)
    if (maker !== undefined) {
      upstream.set(maker, reason('upstream_will_run', maker))
      continue
    }
    const versions = reader === node && context.versionsSeen ? await context.versionsSeen(ref) : NO_VERSIONS
    // Most inputs are unchanged files: this check passes thousands of them without a promise each.
    const then = recorded.dependencies[ref.declared]
    const remembered =
      versions.length > 0 || ref.glob ? undefined : context.fileStates.rememberedHash(ref.path)
    if (remembered !== undefined && remembered === then) continue
    const state = await inputState(ref, reader, context.fileStates, versions)
    found.push(...compareInput(ref, recorded.dependencies, state))
  }
  return found
}

/** The scripts whose content and inputs count as the step's own. */
async function compareFeeders(
  step: StepNode,
  recorded: Fingerprint,
  context: DecisionContext,
  upstream: Map<string, Reason>,
): Promise<Reason[]> {
  const found = compareFeederSet(recorded.feeders, step.feeders)
  for (const id of step.feeders) {
    const script = feederOf(id, step, context)
    const then = recorded.feeders?.[id]
    if (!script || !then) continue
    found.push(...compareScript(then.script, await scriptHash(script, context), script.location ?? id))
    found.push(
      ...(await compareInputs(script, script, then, { ...context, versionsSeen: undefined }, upstream)),
    )
    found.push(...compareEnvironment(then.environment, script.hashedEnv))
  }
  return found
}

function subjectOf(node: PlanNode): string {
  return node.kind === 'script' ? (node.location ?? node.id) : node.id
}
