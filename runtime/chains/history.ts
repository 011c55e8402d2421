/**
 * Chains during a build: resets paths to their first version and records every version. The records mark each
 * intermediate state before it begins. A build that is killed therefore leaves a chain that restarts, never one
 * that looks complete.
 */

import { digestOf, type FileStates } from '../cache/file-states.ts'
import type { ChainRecord } from '../cache/record.ts'
import type { RecordStore } from '../cache/records.ts'
import { StruxError } from '../diagnostics/error.ts'
import { belongsToBuildsOf, cacheFolder, liesIn, overlaps } from '../model/paths.ts'
import type { Chain, Plan } from '../model/plan.ts'
import { placeOf } from './chain.ts'
import type { KeptVersion, KeptVersions } from './kept-versions.ts'

export interface ChainStore {
  readonly plan: Plan
  readonly fileStates: FileStates
  readonly manifest: RecordStore
  readonly kept: KeptVersions
}

/** Call before a writer runs: the writer must find the first version, and makes a new one. */
export async function rewindForWriter(chain: Chain, store: ChainStore): Promise<void> {
  const { plan, manifest, fileStates, kept } = store
  forgetLinks(chain, store)
  manifest.setChain(chain.path, undefined)
  manifest.save()
  const first = await firstVersion(chain, store)
  const writers = chain.writers.map(index => plan.nodes[index]!.id)
  if (first) {
    await kept.giveBack(first)
    onlyMadeBy(first.writers ?? writers, chain.path, manifest)
  } else {
    const isOurs = !manifest.product(chain.path)?.foreign
    // The first version is lost, and the links have worked on what is there: it goes, and the writers make it again.
    if (isOurs && workersOn(chain.path, manifest).some(id => !writers.includes(id))) {
      kept.remove(chain.path, chain.path)
      onlyMadeBy([], chain.path, manifest)
    }
    kept.drop(chain.path)
  }
  fileStates.refresh()
}

/**
 * Resets the path to its first version and keeps a copy of it. `fresh`: a writer ran in this build, so the path
 * holds the first version. Throws a StruxError if the first version is an author's file and lost.
 */
export async function startChain(chain: Chain, fresh: boolean, store: ChainStore): Promise<void> {
  const { manifest, fileStates, kept } = store
  forgetLinks(chain, store)
  const isByHand = !fresh && (await isReplacedByHand(chain.path, chain.writers.length > 0, store))
  if (isByHand) onlyMadeBy([], chain.path, manifest)
  const isNew = fresh || isByHand
  const known = isNew ? undefined : await firstVersion(chain, store)
  if (known) {
    // Delete the record first: if the build is killed during the reset, the next one must not find the old
    // record.
    manifest.setChain(chain.path, undefined)
    manifest.save()
    await kept.putBack(known)
    if (known.writers) onlyMadeBy(known.writers, chain.path, manifest)
  } else {
    if (!isNew) refuseLost(chain, store)
    // The old record stays until the new version is kept: it shows whether someone replaced the output of the
    // links.
    manifest.save()
  }
  fileStates.refresh()
  const first = await versionOf(chain, fileStates)
  const keep = (writers: readonly string[]) =>
    kept.keep(chain.path, writers, async copy => {
      fileStates.refresh()
      return versionOf({ path: copy }, fileStates)
    })
  const now = known ?? (await keep(madeBy(chain, store)))
  if (known?.absent !== undefined && !kept.find(chain.path)) await keep(known.writers ?? [])
  manifest.setChain(chain.path, { ...originOf(now), first, versions: [], complete: false })
  manifest.save()
}

/**
 * The kept first version; undefined if there is none, or its copy differs from what was kept. A record that says that
 * nothing was there needs no copy where no node makes the path.
 */
export async function firstVersion(
  chain: Chain,
  { manifest, kept, fileStates }: Pick<ChainStore, 'manifest' | 'kept' | 'fileStates'>,
): Promise<KeptVersion | undefined> {
  const record = manifest.chain(chain.path)
  const known = kept.find(chain.path)
  if (known) {
    if (typeof known.digest !== 'string') return known
    const digest = await versionOf({ path: kept.contentOf(chain.path) }, fileStates)
    return digest === known.digest ? known : undefined
  }
  return record?.first === null && chain.writers.length === 0
    ? { path: chain.path, absent: record.absent ?? chain.path, writers: [] }
    : undefined
}

/** An author's file that links have changed cannot be made again. */
function refuseLost(chain: Chain, { plan, manifest }: ChainStore): void {
  if (chain.writers.length > 0 || typeof manifest.chain(chain.path)?.first !== 'string') return
  const links = chain.links.map(index => plan.nodes[index]!.id).join(' and ')
  throw new StruxError(
    `${chain.path} was changed in place by ${links}, and strux's copy of it from before is lost or damaged`,
    {
      hint: `Put the file back as it was before, then run strux build --clean. Without that, ${links} would change it twice.`,
    },
  )
}

/** The ids of the nodes that made what is at the path: those that are known to, and its writers. */
function madeBy(chain: Chain, { plan, manifest }: ChainStore): string[] {
  const writers = chain.writers.map(index => plan.nodes[index]!.id)
  return [...new Set([...writers, ...workersOn(chain.path, manifest)])]
}

/** After a reset: what is at the path is the work of these nodes alone. */
function onlyMadeBy(ids: readonly string[], path: string, manifest: RecordStore): void {
  for (const each of manifest.productPaths()) {
    if (!liesIn(each, path)) continue
    const { makers, left: _, ...rest } = manifest.product(each)!
    const still = makers.filter(id => ids.includes(id))
    manifest.setProduct(each, still.length > 0 ? { ...rest, makers: still } : undefined)
  }
}

/** The ids of the nodes that worked on the path, on a folder around it or on something in it. */
export function workersOn(path: string, manifest: RecordStore): string[] {
  const worked = manifest.productPaths().filter(each => overlaps(each, path))
  return [...new Set(worked.flatMap(each => manifest.product(each)!.makers))]
}

/** Call before a node runs: from now on these paths count as its work. The caller saves the records. */
export function noteMaker(
  id: string,
  paths: readonly string[],
  { manifest, fileStates, plan }: Pick<ChainStore, 'manifest' | 'fileStates' | 'plan'>,
): void {
  const mayBeForeign = (path: string) =>
    !path.startsWith(`${cacheFolder(plan.bsp)}/`) && fileStates.exists(path)
  for (const path of paths) {
    const before = manifest.product(path)
    const makers = [...(before?.makers ?? []).filter(each => each !== id), id]
    const foreign = before ? before.foreign : mayBeForeign(path) && !isProductOf(path, manifest)
    manifest.setProduct(path, { makers, ...(foreign && { foreign: true }) })
  }
}

/** Whether what is at a path that has no record yet is the work of nodes alone, in it or around it. */
function isProductOf(path: string, manifest: RecordStore): boolean {
  const around = manifest.productPaths().filter(each => overlaps(each, path))
  return around.length > 0 && around.every(each => !manifest.product(each)!.foreign)
}

/** Call after a node has run: `digests` of what it left, by path. */
export function noteProducts(digests: ReadonlyMap<string, string>, manifest: RecordStore): void {
  for (const [path, left] of digests) {
    const product = manifest.product(path)
    if (product) manifest.setProduct(path, { ...product, left })
  }
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
 * Call before the cache and its kept copies are deleted: resets paths outside the cache to their first versions, except
 * paths that someone has replaced since.
 */
export async function putFirstVersionsBack(
  bsp: string,
  { manifest, kept, fileStates }: Omit<ChainStore, 'plan'>,
): Promise<void> {
  for (const each of kept.all()) {
    if (each.path.startsWith(`${cacheFolder(bsp)}/`)) continue
    const left = manifest.chain(each.path)?.left
    const isReplaced = left !== undefined && left !== (await versionOf(each, fileStates))
    if (!isReplaced && (each.absent === undefined || left !== undefined || belongsToBuildsOf(bsp, each.path)))
      await kept.giveBack(each)
  }
}

function forgetLinks(chain: Chain, { plan, manifest }: ChainStore): void {
  for (const link of chain.links) manifest.setNode(plan.nodes[link]!.kind, plan.nodes[link]!.id, undefined)
}

function originOf({ absent, writers }: KeptVersion): Pick<ChainRecord, 'absent' | 'writers'> {
  return { ...(absent !== undefined && { absent }), ...(writers && { writers }) }
}

/**
 * Whether the path holds content that no link left: that content is then the first version. False if a node of the plan
 * makes the path and its version is kept, or if the path is a folder in the cache where nothing was at first: the content
 * is then damage, and the first version is restored.
 */
export async function isReplacedByHand(
  path: string,
  hasWriters: boolean,
  { fileStates, manifest, plan }: ChainStore,
): Promise<boolean> {
  const record = manifest.chain(path)
  if (hasWriters && record?.first !== null) return false
  const isInCache = path.startsWith(`${cacheFolder(plan.bsp)}/`)
  if (record?.first === null && isInCache && !fileStates.isFile(path)) return false
  const left = record?.left
  if (left === undefined) return false
  const now = await versionOf({ path }, fileStates)
  return now !== null && left !== now
}
