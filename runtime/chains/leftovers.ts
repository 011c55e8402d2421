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
import { type ChainStore, isReplacedByHand, versionOf, workersOn } from './history.ts'

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

/** A search with the indices of the nodes that make a path, a folder around it or something in it. */
interface Search extends LeftoverSearch {
  readonly makersOf: (path: string) => readonly number[]
}

/**
 * Finds the leftovers, and forgets the records of the nodes that have to run because of them. Changes nothing on disk.
 * With a selection, a leftover waits for the build that runs all nodes which make it.
 */
export async function findLeftovers(given: LeftoverSearch): Promise<Leftover[]> {
  const { plan, manifest, selection, changedBy } = given
  // Built on first use: most builds find nothing to ask it.
  let makers: MakerIndex | undefined
  const makersOf = (path: string) => {
    makers ??= new MakerIndex(plan.nodes.map((_, index) => changedBy(index)))
    return makers.overlapping(path)
  }
  const search = { ...given, makersOf }
  const found: Leftover[] = []
  for (const leftover of [...goneChains(search), ...changedChains(search), ...goneProducts(search)]) {
    if (found.some(({ path, reset }) => reset !== 'none' && liesIn(leftover.path, path))) continue
    const remaking = makersOf(leftover.path)
    if (!remaking.every(index => selection.has(index))) continue
    const deletes = leftover.reset === 'nothing' || search.kept.find(leftover.path)?.absent !== undefined
    const isOurs = !deletes || (await mayDelete(leftover.path, remaking.length > 0, search))
    found.push(isOurs ? leftover : { ...leftover, reset: 'none' })
    for (const index of remaking) forget(index, plan, manifest)
  }
  return found
}

const idsOf = ({ plan }: Search, indices: readonly number[]): string[] =>
  indices.map(index => plan.nodes[index]!.id)

/** Chains that the definition no longer has. */
function goneChains(search: Search): Leftover[] {
  const { plan, manifest, kept } = search
  const known = new Map(kept.all().map(each => [each.path, each]))
  const present = new Set(plan.chains.map(({ path }) => path))
  return [...new Set([...manifest.chainPaths(), ...known.keys()])].flatMap((path): Leftover[] => {
    if (present.has(path)) return []
    const first = known.get(path)
    const makers = idsOf(search, search.makersOf(path))
    if (!first && makers.length === 0 && !belongsToBuildsOf(plan.bsp, path)) {
      manifest.setChain(path, undefined)
      return []
    }
    const worked = first ? (first.writers ?? []) : workersOn(path, manifest)
    const gone = worked.filter(id => !makers.includes(id))
    if (gone.length > 0) return [{ path, reset: 'nothing', of: gone }]
    return [{ path, reset: first ? 'first' : 'none', of: gone }]
  })
}

/**
 * Chains whose first version has work of nodes that are not its writers now. Forgets the records of writers whose work it
 * lacks: they run.
 */
function changedChains(search: Search): Leftover[] {
  const { plan, manifest, kept, selection } = search
  return plan.chains.flatMap((chain): Leftover[] => {
    const writers = idsOf(search, chain.writers)
    const version = kept.find(chain.path) ?? manifest.chain(chain.path)
    // Copies and records of strux 0.1.0 name no writers.
    const worked = version ? (version.writers ?? writers) : workersOn(chain.path, manifest)
    const gone = worked.filter(id => !writers.includes(id))
    if (gone.length > 0) return [{ path: chain.path, reset: 'nothing', of: gone }]
    if (!version) return []
    for (const [at, index] of chain.writers.entries())
      if (!worked.includes(writers[at]!) && selection.has(index)) forget(index, plan, manifest)
    return []
  })
}

/** Paths that a node made which no longer makes them. */
function goneProducts(search: Search): Leftover[] {
  const { plan, manifest, kept, changedBy } = search
  const exact = new Map<string, string[]>()
  for (const [index, { id }] of plan.nodes.entries())
    for (const path of changedBy(index)) exact.set(path, [...(exact.get(path) ?? []), id])
  return manifest.productPaths().flatMap((path): Leftover[] => {
    const worked = manifest.product(path)!.makers
    if (worked.every(id => exact.get(path)?.includes(id))) return []
    const makers = idsOf(search, search.makersOf(path))
    // One that makes only a part of it now made the rest too.
    const around = [path, ...parents(path)]
    const gone = worked.filter(id => !around.some(each => exact.get(each)?.includes(id)))
    const chain = plan.chains.find(each => liesIn(path, each.path))
    if (chain) {
      // What links made goes when the chain restarts, unlike what is part of its first version.
      const { writers } = kept.find(chain.path) ?? manifest.chain(chain.path) ?? {}
      const inFirst = gone.filter(id => writers?.includes(id))
      return inFirst.length > 0 ? [{ path: chain.path, reset: 'nothing', of: inFirst }] : []
    }
    const counts =
      makers.length > 0 || plan.nodes.some(node => node.dependencies.some(ref => concerns(ref, path)))
    return gone.length > 0 && counts ? [{ path, reset: 'nothing', of: gone }] : []
  })
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
    const first = kept.find(path)
    const isReplaced = await isReplacedByHand(path, (first?.writers ?? []).length > 0, store)
    manifest.setChain(path, undefined)
    manifest.save()
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
