/**
 * Chains during a build: resets paths to their first version and records every version. The records mark each
 * intermediate state before it begins. A build that is killed therefore leaves a chain that restarts, never one
 * that looks complete.
 */

import { digestOf, type FileStates } from '../cache/file-states.ts'
import type { RecordStore } from '../cache/records.ts'
import { cacheFolder, overlaps } from '../model/paths.ts'
import type { Chain, Plan } from '../model/plan.ts'
import { placeOf } from './chain.ts'
import { type KeptVersion, KeptVersions } from './kept-versions.ts'

export interface ChainStore {
  readonly plan: Plan
  readonly fileStates: FileStates
  readonly manifest: RecordStore
  readonly kept: KeptVersions
}

/** Call before a writer runs: the writer must find the first version, and makes a new one. */
export async function rewindForWriter(chain: Chain, store: ChainStore): Promise<void> {
  const { manifest, fileStates, kept } = store
  forgetLinks(chain, store)
  manifest.setChain(chain.path, undefined)
  manifest.save()
  const first = kept.find(chain.path)
  if (first) await kept.giveBack(first)
  else kept.drop(chain.path)
  fileStates.refresh()
}

/**
 * Resets the path to its first version and keeps a copy of it. `fresh`: a writer ran in this build, so the path
 * holds the first version.
 */
export async function startChain(chain: Chain, fresh: boolean, store: ChainStore): Promise<void> {
  const { manifest, fileStates, kept } = store
  forgetLinks(chain, store)
  const before = manifest.chain(chain.path)
  const known = fresh || (await replacedByHand(chain, store)) ? undefined : knownFirst(chain, store)
  if (known) {
    // Delete the record first: if the build is killed during the reset, the next one must not find the old
    // record.
    manifest.setChain(chain.path, undefined)
    manifest.save()
    await kept.putBack(known)
    if (known.absent !== undefined) await kept.keep(chain.path)
  } else {
    // The old record stays until the new version is kept: it shows whether someone replaced the output of the
    // links.
    manifest.save()
  }
  const now = known ?? (await kept.keep(chain.path))
  fileStates.refresh()
  const first = known && before ? before.first : await versionOf(chain, fileStates)
  manifest.setChain(chain.path, { ...absence(now), first, versions: [], complete: false })
  manifest.save()
}

/** The first version from its copy, or from the record if there was nothing to keep. */
function knownFirst(chain: Chain, { manifest, kept }: ChainStore): KeptVersion | undefined {
  const known = kept.find(chain.path)
  if (known) return known
  const record = manifest.chain(chain.path)
  return record?.first === null ? { path: chain.path, absent: record.absent ?? chain.path } : undefined
}

/** Call before a link runs: the path's state is unknown from here on. The caller saves the records. */
export function enterLink(chain: Chain, { manifest }: ChainStore): void {
  const before = manifest.chain(chain.path)
  if (!before) return
  const { left: _, ...rest } = before
  manifest.setChain(chain.path, rest)
}

/** Call after a link has run: records its version. The caller saves the records together with the link's own. */
export async function extendChain(chain: Chain, link: number, store: ChainStore): Promise<void> {
  const { plan, manifest, fileStates } = store
  const before = manifest.chain(chain.path)
  if (!before) return
  const digest = await versionOf(chain, fileStates)
  manifest.setChain(chain.path, {
    ...before,
    versions: [...before.versions, { id: plan.nodes[link]!.id, digest }],
    complete: link === chain.links.at(-1),
    left: digest,
  })
}

/**
 * Call after a link has failed: records the state that it left, which is not a version. The caller saves the
 * records.
 */
export async function leaveLink(chain: Chain, { fileStates, manifest }: ChainStore): Promise<void> {
  const before = manifest.chain(chain.path)
  if (before) manifest.setChain(chain.path, { ...before, left: await versionOf(chain, fileStates) })
}

/** The digest of the chain's path; null if nothing is there. */
export async function versionOf(chain: Pick<Chain, 'path'>, fileStates: FileStates): Promise<string | null> {
  const state = await fileStates.state(placeOf(chain))
  return state === undefined ? null : digestOf(state)
}

/**
 * Finds chains whose last link was removed from the definition: the path still holds the link's work, so its
 * makers must run again. Forgets the makers' records and returns the kept versions. Changes nothing on disk
 * before `dropOrphans`.
 */
export function forgetOrphans(
  { plan, manifest, kept }: Omit<ChainStore, 'fileStates'>,
  chains: readonly Chain[],
): KeptVersion[] {
  const known = new Map(kept.all().map(each => [each.path, each]))
  const paths = new Set([...manifest.chainPaths(), ...known.keys()])
  for (const { path } of chains) paths.delete(path)
  for (const path of paths) {
    for (const node of plan.nodes) {
      if (![...node.artifacts, ...node.rewrites].some(ref => overlaps(ref.path, path))) continue
      manifest.setNode(node.kind, node.id, undefined)
      // A script inside a step runs only together with it.
      if (node.inside !== undefined) manifest.setNode('step', node.inside, undefined)
    }
  }
  return [...paths].map(path => known.get(path) ?? { path })
}

/** Resets these paths to their first versions, except paths that someone replaced by hand. */
export async function dropOrphans(orphans: readonly KeptVersion[], store: ChainStore): Promise<void> {
  const { manifest, kept, fileStates } = store
  for (const orphan of orphans) {
    const left = manifest.chain(orphan.path)?.left
    const replaced = left !== undefined && left !== (await versionOf(orphan, fileStates))
    manifest.setChain(orphan.path, undefined)
    manifest.save()
    if (kept.find(orphan.path) && !replaced) await kept.giveBack(orphan)
    else kept.drop(orphan.path)
  }
  if (orphans.length > 0) fileStates.refresh()
}

/**
 * Call before the cache and its kept copies are deleted: resets paths outside the cache to their first
 * versions.
 */
export async function putFirstVersionsBack(root: string, bsp: string): Promise<void> {
  const kept = new KeptVersions(root, bsp)
  for (const each of kept.all()) if (!each.path.startsWith(`${cacheFolder(bsp)}/`)) await kept.giveBack(each)
}

function forgetLinks(chain: Chain, { plan, manifest }: ChainStore): void {
  for (const link of chain.links) manifest.setNode(plan.nodes[link]!.kind, plan.nodes[link]!.id, undefined)
}

function absence({ absent }: KeptVersion): { readonly absent?: string } {
  return absent === undefined ? {} : { absent }
}

/**
 * Whether the path holds content that no link left: that content is then the first version. False if a node of
 * the plan makes the path and its version is kept: the content is then damage, and the kept version is
 * restored.
 */
async function replacedByHand(chain: Chain, { fileStates, manifest }: ChainStore): Promise<boolean> {
  const record = manifest.chain(chain.path)
  if (chain.writers.length > 0 && record?.first !== null) return false
  const left = record?.left
  if (left === undefined) return false
  const now = await versionOf(chain, fileStates)
  return now !== null && left !== now
}
