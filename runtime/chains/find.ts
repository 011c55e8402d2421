/** Finds the chains of a plan: the rule is at the head of chain.ts. */
import { MakerIndex, parents } from '../model/makers.ts'
import { concerns, globBase, isProduct, liesIn, overlaps } from '../model/paths.ts'
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
  const readers = new FolderReaders(readInDist, makers)
  const changed = new Map<string, Set<number>>()
  for (const [index, node] of nodes.entries()) {
    for (const path of new Set(made[index])) {
      if (!mayBeReset(path)) continue
      const reads = [...readInDist[index]!, ...node.rewrites]
      const isChange =
        reads.some(ref => liesIn(baseOf(ref), path)) ||
        makers.anyBefore(path, index) ||
        readers.ofProductAround(path, index)
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
  let earlyReaders: number[] = []
  let begun = false
  for (const [index, node] of nodes.entries()) {
    if (members.has(index)) {
      begun ||= changers.has(index)
      // Before the first writer, no node has read a version from this build.
      if (!begun && writers.length === 0) earlyReaders = []
      ;(begun ? links : writers).push(index)
    } else if (readsPlace(node, path, made[index]!)) {
      earlyReaders.push(index)
      begun ||= writers.length > 0
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

/** Nodes that read a folder or glob in which an earlier node made something. */
class FolderReaders {
  readonly #byFolder = new Map<string, { readonly reader: number; readonly ref: PathRef }[]>()

  /** `readInDist`: for each node, its inputs below dist/. */
  constructor(readInDist: readonly (readonly PathRef[])[], makers: MakerIndex) {
    for (const [reader, refs] of readInDist.entries()) {
      for (const ref of refs) {
        const folder = baseOf(ref)
        if (!isProduct(`${folder}/`)) continue
        if (!makers.anyBefore(folder, reader)) continue
        const known = this.#byFolder.get(folder)
        if (known) known.push({ reader, ref })
        else this.#byFolder.set(folder, [{ reader, ref }])
      }
    }
  }

  /** Whether a node before `index` reads a folder that `path` lies in. */
  ofProductAround(path: string, index: number): boolean {
    if (this.#byFolder.size === 0) return false
    return parents(path).some(folder =>
      this.#byFolder.get(folder)?.some(({ reader, ref }) => reader < index && concerns(ref, path)),
    )
  }
}

/**
 * Whether a path may be reset to its first version: true for build products, never for an author's own files or
 * a folder that holds the records.
 */
function mayBeReset(path: string): boolean {
  return isProduct(path) && !/^dist\/cache(\/[^/]+)?$/.test(path)
}
