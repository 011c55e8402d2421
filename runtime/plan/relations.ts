/**
 * Who makes what, and who reads it: derived from a plan once. Nodes are known by their index.
 * A path that more than one node makes, or that a node both reads and makes, is a chain of versions (docs/caching.md).
 */
import type { PathRef, PlanNode } from './model.ts'
import { concerns, globBase, isProduct } from './paths.ts'

export interface Chain {
  readonly path: string
  /** The node that makes the first version; none where a file comes from elsewhere. */
  readonly writer: number | undefined
  /** The nodes that make the path again, from what is there or from scratch, in order. At least one. */
  readonly links: readonly number[]
  /** Nodes that only read it, but stand before the last link and so see an earlier version than the last. */
  readonly earlyReaders: readonly number[]
}

export interface Relations {
  /** Nodes before `reader` that declare something which `ref` reads. */
  makersOf(ref: PathRef, reader: number): readonly number[]
  /** Nodes before `node` that declare an artifact which is, holds or lies in one of its own. */
  earlierMakersOfOwn(node: number): readonly number[]
  /** Whether any node at all declares what `ref` reads. */
  isMade(ref: PathRef): boolean
  readonly chains: readonly Chain[]
  /** The chain that node `index` belongs to by `path`, if any. */
  chainOf(index: number, path: string): Chain | undefined
}

export function relationsOf(nodes: readonly PlanNode[]): Relations {
  const made = nodes.map(node => [...node.artifacts, ...node.rewrites].map(ref => ref.path))
  // Most builds have nothing to do and never ask who makes what.
  let built: MakerIndex | undefined
  const index = () => (built ??= new MakerIndex(made))
  const chains = findChains(nodes, made)
  const membership = new Map<string, Chain>()
  for (const chain of chains) {
    for (const member of [...chain.links, ...chain.earlyReaders])
      membership.set(`${member} ${chain.path}`, chain)
  }
  const readPath = (ref: PathRef) => (ref.glob ? globBase(ref.path) : ref.path)
  return {
    makersOf: (ref, reader) =>
      index()
        .overlapping(readPath(ref))
        .filter(maker => maker < reader && (!ref.ignore || made[maker]!.some(path => concerns(ref, path)))),
    earlierMakersOfOwn: node => [
      ...new Set(made[node]!.flatMap(path => index().overlapping(path)).filter(maker => maker < node)),
    ],
    isMade: ref => index().overlapping(readPath(ref)).length > 0,
    chains,
    chainOf: (node, path) => membership.get(`${node} ${path}`),
  }
}

/** Finds the makers of a path, of what it lies in and of what lies in it, without comparing every pair. */
class MakerIndex {
  readonly #exact = new Map<string, number[]>()
  readonly #below = new Map<string, number[]>()

  constructor(made: readonly (readonly string[])[]) {
    made.forEach((paths, maker) => {
      for (const path of paths) {
        push(this.#exact, path, maker)
        for (const parent of parents(path)) push(this.#below, parent, maker)
      }
    })
  }

  overlapping(path: string): number[] {
    const found = [...(this.#exact.get(path) ?? []), ...(this.#below.get(path) ?? [])]
    for (const parent of parents(path)) found.push(...(this.#exact.get(parent) ?? []))
    return found
  }
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** `a/b/c` → `a/b`, `a`, `.` */
function parents(path: string): string[] {
  const found: string[] = []
  for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1))
    found.push(path.slice(0, cut))
  if (path !== '.') found.push('.')
  return found
}

/**
 * A chain is put back to its first version: that may happen to what builds make, below dist/, and neither to an author's
 * own files nor to a folder that holds the records.
 */
function mayBeReset(path: string): boolean {
  return isProduct(path) && !/^dist\/cache(\/[^/]+)?$/.test(path)
}

/** For a script that works inside a step: what that step makes, which the script changes before it is done. */
function insideOf(nodes: readonly PlanNode[], index: number): string[] | undefined {
  const node = nodes[index]!
  if (node.kind !== 'script' || node.hook !== 'after_kernel_extract') return undefined
  return nodes.find(each => each.id === 'kernel')?.artifacts.map(ref => ref.path)
}

function findChains(nodes: readonly PlanNode[], made: readonly (readonly string[])[]): Chain[] {
  const makers = new Map<string, number[]>()
  made.forEach((paths, maker) => {
    const outer = insideOf(nodes, maker)
    for (const path of new Set(paths)) if (!outer?.includes(path)) push(makers, path, maker)
  })
  const reads = (index: number, path: string) =>
    [...nodes[index]!.dependencies, ...nodes[index]!.rewrites].some(ref => ref.path === path)
  const chains: Chain[] = []
  for (const [path, all] of makers) {
    if (!mayBeReset(path)) continue
    const first = all[0]!
    const writer = reads(first, path) ? undefined : first
    const links = writer === undefined ? all : all.slice(1)
    if (links.length === 0) continue
    const earlyReaders = nodes.flatMap((_, reader) =>
      reader < links.at(-1)! && !all.includes(reader) && reads(reader, path) ? [reader] : [],
    )
    chains.push({ path, writer, links, earlyReaders: earlyReaders.filter(reader => reader > (writer ?? -1)) })
  }
  return chains
}
