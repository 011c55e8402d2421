/**
 * Everything that decides a node's output, as one serialisable value: text, inputs, configuration, environment,
 * builder. Two fingerprints are compared part by part (compare.ts), so that each difference has a name.
 */
import type { PathRef, PlanNode } from '../model/plan.ts'
import type { InputState } from './file-states.ts'
import { hashText } from './hash-memo.ts'

/** By the path as declared; null for an optional input that is absent. */
export type InputStates = Readonly<Record<string, Exclude<InputState, undefined> | null>>

export interface Fingerprint {
  /** SHA-256 of the script's text, or of the step's body. Absent if it changed during the run. */
  readonly script?: string
  /** SHA-256 of the bash around the script's own text, if any. */
  readonly harness?: string
  /** Without inputs that changed during the run. */
  readonly dependencies: InputStates
  readonly environment: Readonly<Record<string, string>>
  readonly builder: { readonly key: string; readonly id?: string }
  /** Values of the definition that a step read, by key. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Scripts that count as a step's inputs, by id. */
  readonly feeders?: Readonly<Record<string, FeederFingerprint>>
}

/** Hashes of everything that a node reads. `script` is undefined if the script's file does not exist. */
export interface Inputs {
  readonly script: string | undefined
  readonly harness: string | undefined
  readonly dependencies: ReadonlyMap<string, InputState>
  readonly feeders: Readonly<Record<string, FeederFingerprint>> | undefined
}

export interface FeederFingerprint {
  readonly script?: string
  readonly dependencies: InputStates
  readonly environment: Readonly<Record<string, string>>
}

/**
 * The fingerprint of a run, from the inputs before and after it. An input that changed in between is left out,
 * so that the next build runs the node again.
 */
export function fingerprintOf(
  node: PlanNode,
  before: Inputs,
  after: Inputs,
  builderId: string | undefined,
): Fingerprint {
  const still = before.script !== undefined && before.script === after.script
  const fed = JSON.stringify(before.feeders) === JSON.stringify(after.feeders)
  return {
    ...(still ? { script: before.script } : {}),
    ...(before.harness === undefined ? {} : { harness: before.harness }),
    dependencies: settledStates(node.dependencies, before.dependencies, after.dependencies),
    environment: node.hashedEnv,
    builder: { key: node.builder.key, ...(builderId === undefined ? {} : { id: builderId }) },
    ...(node.kind === 'step' ? { config: node.config } : {}),
    ...(before.feeders && fed ? { feeders: before.feeders } : {}),
  }
}

/** SHA-256 of a fingerprint in its canonical form: JSON with sorted keys. */
export function keyOf(fingerprint: Fingerprint): string {
  return hashText(
    JSON.stringify(fingerprint, (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    ),
  )
}

/** The names of inputs that changed during the run, for a warning. */
export function changedMeanwhile(node: PlanNode, before: Inputs, fingerprint: Fingerprint): string[] {
  const changed = node.dependencies
    .map(ref => ref.declared)
    .filter(
      declared =>
        before.dependencies.get(declared) !== undefined && fingerprint.dependencies[declared] === undefined,
    )
  if (before.script !== undefined && fingerprint.script === undefined && node.kind === 'script') {
    changed.unshift(node.location ?? node.id)
  }
  return changed
}

/** The states that are equal before and after. */
export function settledStates(
  refs: readonly PathRef[],
  before: ReadonlyMap<string, InputState>,
  after: ReadonlyMap<string, InputState>,
): InputStates {
  const states = new Map<string, Exclude<InputState, undefined> | null>()
  for (const { declared, optional } of refs) {
    const state = before.get(declared)
    if (JSON.stringify(state) !== JSON.stringify(after.get(declared))) continue
    if (state !== undefined) states.set(declared, state)
    else if (optional) states.set(declared, null)
  }
  return Object.fromEntries(states)
}
