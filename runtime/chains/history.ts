/**
 * Chains while a build runs: places go back to their first version, and every version is remembered. Each state in
 * between is marked in the records first, so that a build that dies leaves a chain that starts again, never one that is
 * taken for whole.
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

/** A writer is about to run: it finds the first version, and makes a new one. */
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
 * Brings the place to its first version, and keeps a copy of that. `fresh`: a writer ran in this build, so the place shows
 * the first version.
 */
export async function startChain(chain: Chain, fresh: boolean, store: ChainStore): Promise<void> {
  const { manifest, fileStates, kept } = store
  forgetLinks(chain, store)
  const before = manifest.chain(chain.path)
  const known = fresh || (await replacedByHand(chain, store)) ? undefined : knownFirst(chain, store)
  if (known) {
    // First the record: a build that dies while the place is put back must not find the old one.
    manifest.setChain(chain.path, undefined)
    manifest.save()
    await kept.putBack(known)
    if (known.absent !== undefined) await kept.keep(chain.path)
  } else {
    // The old record stays until the new version is kept: it tells that somebody replaced what the links left.
    manifest.save()
  }
  const now = known ?? (await kept.keep(chain.path))
  fileStates.refresh()
  const first = known && before ? before.first : await versionOf(chain, fileStates)
  manifest.setChain(chain.path, { ...absence(now), first, versions: [], complete: false })
  manifest.save()
}

/** The first version as it is kept, or as the record tells where there was nothing to keep. */
function knownFirst(chain: Chain, { manifest, kept }: ChainStore): KeptVersion | undefined {
  const known = kept.find(chain.path)
  if (known) return known
  const record = manifest.chain(chain.path)
  return record?.first === null ? { path: chain.path, absent: record.absent ?? chain.path } : undefined
}

/** A link is about to run: from now on nobody knows what is there. The caller saves the records. */
export function enterLink(chain: Chain, { manifest }: ChainStore): void {
  const before = manifest.chain(chain.path)
  if (!before) return
  const { left: _, ...rest } = before
  manifest.setChain(chain.path, rest)
}

/** A link has run: remembers what it left. The caller saves the records, with the link's own. */
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

/** A link has failed: what it left is not a version, but it is known. The caller saves the records. */
export async function leaveLink(chain: Chain, { fileStates, manifest }: ChainStore): Promise<void> {
  const before = manifest.chain(chain.path)
  if (before) manifest.setChain(chain.path, { ...before, left: await versionOf(chain, fileStates) })
}

/** The digest of what stands at the place; null where there is nothing. */
export async function versionOf(chain: Pick<Chain, 'path'>, fileStates: FileStates): Promise<string | null> {
  const state = await fileStates.state(placeOf(chain))
  return state === undefined ? null : digestOf(state)
}

/**
 * A place whose last link went from the definition still shows the link's work: its makers make it anew. Forgets their
 * records and returns what is kept of these places; nothing changes on disk before `dropOrphans`.
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
      // A script inside a step runs with it alone.
      if (node.inside !== undefined) manifest.setNode('step', node.inside, undefined)
    }
  }
  return [...paths].map(path => known.get(path) ?? { path })
}

/** Gives these places back their first versions, apart from such that somebody replaced by hand. */
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

/** Before the cache is deleted with all that it keeps: places outside it get their first versions back. */
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
 * Something that no link left stands at the place: that is the first version now. Not where a node of the plan makes the
 * place and its work is kept: then what is there is damage, and the kept version is put back.
 */
async function replacedByHand(chain: Chain, { fileStates, manifest }: ChainStore): Promise<boolean> {
  const record = manifest.chain(chain.path)
  if (chain.writers.length > 0 && record?.first !== null) return false
  const left = record?.left
  if (left === undefined) return false
  const now = await versionOf(chain, fileStates)
  return now !== null && left !== now
}
