/**
 * Leftovers: what earlier builds left at a path that a clean build of the present definition would not have there. The
 * records name the nodes that worked on each path. A path is a leftover if one of them no longer makes it (it was
 * removed, renamed, or makes something else), or makes it at another point of its chain (it was moved, or a reader was).
 *
 * A leftover returns to the state before those nodes worked on it: to the kept first version if that is still the right
 * one, else to nothing. Every node that makes the path then runs. A path that nobody reads or makes any more stays.
 *
 * A path is deleted only if nothing was there before a node made it. Outside the cache folder of the BSP it must also be
 * as the last node left it: other content is the author's.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordStore } from '../cache/records.ts'
import { MakerIndex, parents } from '../model/makers.ts'
import { belongsToBuildsOf, cacheFolder, concerns, liesIn } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import { type ChainStore, versionOf, workersOn } from './history.ts'

export interface Leftover {
  readonly path: string
  readonly reset: 'first' | 'nothing' | 'none'
  /** Ids of the nodes whose work goes. */
  readonly of: readonly string[]
}

export interface LeftoverSearch extends ChainStore {
  readonly selection: ReadonlySet<number>
  /** The paths that a node of the plan makes or changes. */
  readonly changedBy: (index: number) => readonly string[]
}

/**
 * Finds the leftovers, and forgets the records of the nodes that have to run because of them. Changes nothing on disk.
 * With a selection, a leftover waits for the build that runs all nodes which make it.
 */
export async function findLeftovers(search: LeftoverSearch): Promise<Leftover[]> {
  const { plan, manifest, selection } = search
  const made = plan.nodes.map((_, index) => search.changedBy(index))
  const makers = new MakerIndex(made)
  const found: Leftover[] = []
  for (const leftover of [...ofChains(search, makers), ...ofProducts(search, made, makers)]) {
    if (found.some(({ path }) => liesIn(leftover.path, path))) continue
    const remaking = makers.overlapping(leftover.path)
    if (!remaking.every(index => selection.has(index))) continue
    const deletes = leftover.reset === 'nothing' || search.kept.find(leftover.path)?.absent !== undefined
    const isOurs = !deletes || (await mayDelete(leftover.path, remaking.length > 0, search))
    found.push(isOurs ? leftover : { ...leftover, reset: 'none' })
    for (const index of remaking) forget(index, plan, manifest)
  }
  return found
}

/** Chains that are gone, or whose first version was made by other nodes. */
function ofChains({ plan, manifest, kept, selection }: LeftoverSearch, makers: MakerIndex): Leftover[] {
  const idOf = (index: number) => plan.nodes[index]!.id
  const found: Leftover[] = []
  const known = new Map(kept.all().map(each => [each.path, each]))
  const chains = new Map(plan.chains.map(chain => [chain.path, chain]))
  for (const path of new Set([...manifest.chainPaths(), ...known.keys()])) {
    if (chains.has(path)) continue
    const left = makers.overlapping(path).map(idOf)
    if (left.length === 0 && !belongsToBuildsOf(plan.bsp, path) && !known.has(path)) {
      manifest.setChain(path, undefined)
      continue
    }
    const first = known.get(path)
    const worked = first ? (first.writers ?? []) : workersOn(path, manifest)
    const gone = worked.filter(id => !left.includes(id))
    found.push({ path, reset: gone.length > 0 ? 'nothing' : first ? 'first' : 'none', of: gone })
  }
  for (const chain of plan.chains) {
    const writers = chain.writers.map(idOf)
    const first = known.get(chain.path)
    const record = manifest.chain(chain.path)
    const hasVersions = first !== undefined || record !== undefined
    const worked = hasVersions
      ? (first?.writers ?? record?.writers ?? writers)
      : workersOn(chain.path, manifest)
    const gone = worked.filter(id => !writers.includes(id))
    if (gone.length > 0) found.push({ path: chain.path, reset: 'nothing', of: gone })
    else if (hasVersions) {
      for (const index of chain.writers)
        if (!worked.includes(idOf(index)) && selection.has(index)) forget(index, plan, manifest)
    }
  }
  return found
}

/** Paths that a node made which no longer makes them. */
function ofProducts(
  { plan, manifest, kept }: LeftoverSearch,
  made: readonly (readonly string[])[],
  makers: MakerIndex,
): Leftover[] {
  const exact = new Map<string, Set<string>>()
  for (const [index, paths] of made.entries())
    for (const path of paths) exact.set(path, (exact.get(path) ?? new Set()).add(plan.nodes[index]!.id))
  const found: Leftover[] = []
  for (const path of manifest.productPaths()) {
    const worked = manifest.product(path)!.makers
    if (worked.every(id => exact.get(path)?.has(id))) continue
    const left = makers.overlapping(path).map(index => plan.nodes[index]!.id)
    const gone = worked.filter(id => !left.includes(id))
    const chain = plan.chains.find(each => liesIn(path, each.path))
    if (chain) {
      // What links made goes when the chain restarts, unlike what is part of its first version.
      const { writers } = kept.find(chain.path) ?? manifest.chain(chain.path) ?? {}
      const inFirst = gone.filter(id => writers?.includes(id))
      if (inFirst.length > 0) found.push({ path: chain.path, reset: 'nothing', of: inFirst })
      continue
    }
    const counts =
      left.length > 0 || plan.nodes.some(node => node.dependencies.some(ref => concerns(ref, path)))
    if (gone.length > 0 && counts) found.push({ path, reset: 'nothing', of: gone })
  }
  return found
}

async function mayDelete(path: string, isMade: boolean, search: LeftoverSearch): Promise<boolean> {
  const { plan, manifest, fileStates } = search
  if (!isMade && !belongsToBuildsOf(plan.bsp, path)) return false
  if (manifest.product(path)?.foreign) return false
  if (path.startsWith(`${cacheFolder(plan.bsp)}/`)) return true
  const left = manifest.product(path)?.left ?? manifest.chain(path)?.left
  const now = await versionOf({ path }, fileStates)
  if (left !== undefined) return left === now
  return belongsToBuildsOf(plan.bsp, path)
}

function forget(index: number, plan: Plan, manifest: RecordStore): void {
  const { kind, id, inside } = plan.nodes[index]!
  manifest.setNode(kind, id, undefined)
  // A script inside a step runs only together with it.
  if (inside !== undefined) manifest.setNode('step', inside, undefined)
}

/** Carries the resets out. The records that `findLeftovers` has forgotten are on disk before anything is deleted. */
export async function resetLeftovers(leftovers: readonly Leftover[], store: ChainStore): Promise<void> {
  const { manifest, kept, fileStates, plan } = store
  if (leftovers.length === 0) return
  for (const { path, reset, of } of leftovers) {
    const left = manifest.chain(path)?.left
    const isReplaced = left !== undefined && left !== (await versionOf({ path }, fileStates))
    manifest.setChain(path, undefined)
    manifest.save()
    const first = kept.find(path)
    if (reset === 'first' && first && !isReplaced) {
      await kept.giveBack(first)
      manifest.setProduct(path, undefined)
    } else if (reset === 'nothing') {
      kept.remove(path, outermostEmptied(path, plan))
      for (const each of manifest.productPaths()) if (liesIn(each, path)) manifest.setProduct(each, undefined)
    } else withoutMakers(path, of, manifest)
    kept.drop(path)
  }
  fileStates.refresh()
}

/** The content stays, but it no longer counts as the work of these nodes. */
function withoutMakers(path: string, gone: readonly string[], manifest: RecordStore): void {
  const product = manifest.product(path)
  const makers = product?.makers.filter(id => !gone.includes(id)) ?? []
  if (!product || makers.length === product.makers.length) return
  manifest.setProduct(path, makers.length > 0 ? { makers, foreign: true } : undefined)
}

/** The last folder around a deleted path that goes too if it is empty: a node's own folder stays. */
function outermostEmptied(path: string, { bsp, nodes }: Plan): string {
  let outermost = path
  for (const above of parents(path)) {
    if (!belongsToBuildsOf(bsp, above)) break
    if (nodes.some(node => node.artifacts.some(artifact => artifact.path === above))) break
    outermost = above
  }
  return outermost
}

/** What each leftover will be: the path of the kept copy, or null for nothing. Dry runs look there instead. */
export function viewWithout(
  leftovers: readonly Leftover[],
  { kept, plan, fileStates }: Pick<ChainStore, 'kept' | 'plan' | 'fileStates'>,
): Map<string, string | null> {
  const view = new Map<string, string | null>()
  for (const { path, reset } of leftovers) {
    const first = reset === 'first' ? kept.find(path) : undefined
    if (first && first.absent === undefined) view.set(path, kept.contentOf(path))
    if (reset === 'none' || (first && first.absent === undefined)) continue
    view.set(path, null)
    const outermost = first?.absent ?? outermostEmptied(path, plan)
    for (const above of parents(path)) {
      if (!liesIn(above, outermost)) break
      const folder = join(fileStates.root, above)
      const names = existsSync(folder) ? readdirSync(folder) : []
      if (!names.every(name => view.get(`${above}/${name}`) === null)) break
      view.set(above, null)
    }
  }
  return view
}
