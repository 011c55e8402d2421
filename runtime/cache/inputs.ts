/** The inputs of a node as they are now: decisions compare them, fingerprints consist of them. */

import { globBase, liesIn, overlaps } from '../model/paths.ts'
import type { PathRef, PlanNode, ScriptNode, StepNode } from '../model/plan.ts'
import type { FileStates, InputState } from './file-states.ts'
import { type FeederFingerprint, type Inputs, settledStates } from './fingerprint.ts'
import { hashText } from './hash-memo.ts'

/** Inputs that come from step bodies and from other nodes of the plan. */
export interface InputSources {
  readonly fileStates: FileStates
  /** SHA-256 of a step's body; undefined for steps without a body. */
  readonly bodyHash: (body: string) => string | undefined
  readonly scriptById: (id: string) => ScriptNode | undefined
}

/** The version of a chain that a node sees through one of its inputs. */
export interface VersionSeen {
  /** The chain's path, relative to the project. */
  readonly path: string
  /** Null if nothing is there. */
  readonly digest: string | null
  /** Set if nothing is there: the outermost missing folder of the path. */
  readonly absent?: string
}

/** The versions that a node sees through an input; empty for most inputs. */
export type VersionsSeen = (ref: PathRef) => Promise<readonly VersionSeen[]>

const NO_VERSIONS: VersionsSeen = async () => []

export async function inputsOf(
  node: PlanNode,
  sources: InputSources,
  versions: VersionsSeen = NO_VERSIONS,
): Promise<Inputs> {
  const dependencies = new Map<string, InputState>()
  for (const ref of node.dependencies) {
    dependencies.set(ref.declared, await inputState(ref, node, sources.fileStates, await versions(ref)))
  }
  return {
    script: await scriptHash(node, sources),
    harness: harnessHash(node),
    dependencies,
    feeders: node.kind === 'step' ? await feedersOf(node, sources) : undefined,
  }
}

/**
 * The state of an input for one node. The node's own artifacts inside a folder that it reads do not count: they
 * are products, not inputs. A chain counts with the digest of one version: as the whole state if the input is
 * the chain's path or lies in it, else as an entry.
 */
export async function inputState(
  ref: PathRef,
  node: PlanNode,
  fileStates: FileStates,
  versions: readonly VersionSeen[] = [],
): Promise<InputState> {
  const base = ref.glob ? globBase(ref.path) : ref.path
  const own = node.artifacts.map(artifact => artifact.path).filter(path => path !== ref.path)
  if (versions.length === 0) return fileStates.state(ref, own)
  const around = versions.find(({ path }) => liesIn(base, path))
  if (around) return around.digest ?? undefined
  if (versions.some(({ digest, absent }) => digest === null && absent !== undefined && liesIn(base, absent)))
    return undefined
  const apart = versions.map(({ path, digest, absent }) => (digest === null ? (absent ?? path) : path))
  const rest = await fileStates.state(ref, [...own, ...apart])
  if (typeof rest === 'string') return rest
  const seen = versions.flatMap(({ path, digest }) => (digest === null ? [] : [[path, `version ${digest}`]]))
  return rest === undefined && seen.length === 0 ? undefined : { ...rest, ...Object.fromEntries(seen) }
}

export async function scriptHash(
  node: PlanNode,
  { fileStates, bodyHash }: InputSources,
): Promise<string | undefined> {
  if (node.kind === 'step') return bodyHash(node.body)
  return node.source.kind === 'file' ? fileStates.fileHash(node.source.path) : hashText(node.source.text)
}

/** SHA-256 of the bash around a script's own text; undefined for most scripts. */
export function harnessHash(node: PlanNode): string | undefined {
  return node.kind === 'script' && node.harness ? hashText(node.harness.text) : undefined
}

/** A script as an input of the step that it feeds, without the step's own artifacts. */
export function feederOf(id: string, step: PlanNode, sources: InputSources): ScriptNode | undefined {
  const script = sources.scriptById(id)
  if (!script) return undefined
  const foreign = (ref: PathRef) => !step.artifacts.some(artifact => overlaps(artifact.path, ref.path))
  return { ...script, dependencies: script.dependencies.filter(foreign) }
}

async function feedersOf(step: StepNode, sources: InputSources): Promise<Record<string, FeederFingerprint>> {
  const feeders = new Map<string, FeederFingerprint>()
  for (const id of step.feeders) {
    const script = feederOf(id, step, sources)
    if (!script) continue
    const inputs = await inputsOf(script, sources)
    feeders.set(id, {
      ...(inputs.script === undefined ? {} : { script: inputs.script }),
      dependencies: settledStates(script.dependencies, inputs.dependencies, inputs.dependencies),
      environment: script.hashedEnv,
    })
  }
  return Object.fromEntries(feeders)
}
