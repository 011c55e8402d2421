/** Finds the chains of a plan: the rule is at the head of chain.ts. */
import { MakerIndex, parents } from '../model/makers.ts'
import { concerns, globBase, isProduct, liesIn, mayBeReset, overlaps } from '../model/paths.ts'
import type { Chain, PathRef, PlanNode } from '../model/plan.ts'

interface MadePaths {
  readonly nodes: readonly PlanNode[]
  readonly made: readonly (readonly string[])[]
  readonly makers: MakerIndex
}

/** `made`: for each node, the paths that it makes or changes. */
export function findChains(nodes: readonly PlanNode[], made: MadePaths['made']): Chain[] {
  const paths = { nodes, made, makers: new MakerIndex(made) }
  const changed = changedPaths(paths)
  if (changed.size === 0) return []
  const places = [...changed.keys()].filter(path => !parents(path).some(above => changed.has(above)))
  return places.flatMap(path => chainAt(path, paths, changed) ?? [])
}

/** For each changed path, the nodes that change it. */
function changedPaths({ nodes, made, makers }: MadePaths): Map<string, Set<number>> {
  // A node may read thousands of the author's own files, which are never part of a chain.
  const readInDist = nodes.map(node => node.dependencies.filter(ref => ref.path.startsWith('dist')))
  const readers = new Readers(readInDist)
  const changed = new Map<string, Set<number>>()
  for (const [index, node] of nodes.entries()) {
    for (const path of new Set(made[index])) {
      if (!mayBeReset(path)) continue
      const reads = [...readInDist[index]!, ...node.rewrites]
      const isChange =
        reads.some(ref => liesIn(baseOf(ref), path)) ||
        makers.anyBefore(path, index) ||
        // Outputs that BSPs share are not reset for a reader of one of them.
        (node.scope === 'bsp' && readers.before(index, path))
      if (!isChange) continue
      const by = changed.get(path) ?? new Set()
      changed.set(path, by.add(index))
    }
  }
  return changed
}

function chainAt(
  path: string,
  { nodes, made, makers }: MadePaths,
  changed: ReadonlyMap<string, ReadonlySet<number>>,
): Chain | undefined {
  const members = new Set(makers.overlapping(path))
  const changers = new Set<number>()
  for (const [each, by] of changed) if (overlaps(each, path)) for (const index of by) changers.add(index)
  const writers: number[] = []
  const links: number[] = []
  const earlyReaders: number[] = []
  let begun = false
  for (const [index, node] of nodes.entries()) {
    if (members.has(index)) {
      begun ||= changers.has(index)
      ;(begun ? links : writers).push(index)
    } else if (readsPlace(node, path, made[index]!)) {
      earlyReaders.push(index)
      begun = true
    }
  }
  const last = links.at(-1)
  if (last === undefined) return undefined
  return { path, writers, links, earlyReaders: earlyReaders.filter(reader => reader < last) }
}

function readsPlace(node: PlanNode, path: string, made: readonly string[]): boolean {
  return node.dependencies.some(ref => concerns(ref, path) && !made.includes(ref.path))
}

const baseOf = (ref: PathRef): string => (ref.glob ? globBase(ref.path) : ref.path)

/** The nodes that read paths, folders or globs below dist/. */
class Readers {
  readonly #byBase = new Map<string, { readonly reader: number; readonly ref: PathRef }[]>()
  /** The first node that reads something in a folder, by the folder. */
  readonly #firstIn = new Map<string, number>()

  /** `readInDist`: for each node, its inputs below dist/. */
  constructor(readInDist: readonly (readonly PathRef[])[]) {
    for (const [reader, refs] of readInDist.entries()) {
      for (const ref of refs) {
        const base = baseOf(ref)
        if (!isProduct(`${base}/`)) continue
        const known = this.#byBase.get(base)
        if (known) known.push({ reader, ref })
        else this.#byBase.set(base, [{ reader, ref }])
        for (const folder of parents(base)) if (!this.#firstIn.has(folder)) this.#firstIn.set(folder, reader)
      }
    }
  }

  /** Whether a node before `index` reads `path`, something in it, or a folder or glob that it lies in. */
  before(index: number, path: string): boolean {
    if (this.#byBase.size === 0) return false
    if ((this.#firstIn.get(path) ?? index) < index) return true
    return [path, ...parents(path)].some(base =>
      this.#byBase.get(base)?.some(({ reader, ref }) => reader < index && concerns(ref, path)),
    )
  }
}
