/** Which nodes make which paths. Nodes are identified by their index. */
import { seesVersion } from '../chains/chain.ts'
import { MakerIndex } from '../model/makers.ts'
import { concerns, globBase, overlaps } from '../model/paths.ts'
import type { Chain, PathRef, Plan, PlanNode } from '../model/plan.ts'

/** Queries about a plan's paths. */
export interface Lookups {
  /** Nodes before `reader` that declare a path which `ref` reads. */
  makersOf(ref: PathRef, reader: number): readonly number[]
  /** Nodes before `node` that declare one of its artifacts, a folder around it, or something inside it. */
  earlierMakersOfOwn(node: number): readonly number[]
  /** Whether any node declares a path which `ref` reads. */
  isMade(ref: PathRef): boolean
}

export interface Relations extends Lookups {
  readonly chains: readonly Chain[]
  /** The paths that node `index` makes or changes itself. */
  changedBy(index: number): readonly string[]
  /** The chains of which node `index` sees its own version through `ref`. */
  chainsSeen(index: number, ref: PathRef): readonly Chain[]
}

export function relationsOf({ nodes, chains }: Pick<Plan, 'nodes' | 'chains'>): Relations {
  let changed: readonly (readonly string[])[] | undefined
  return {
    ...lookupsOf(nodes),
    chains,
    changedBy: index => {
      changed ??= changedPaths(nodes)
      return changed[index]!
    },
    chainsSeen: (index, ref) =>
      chains.length === 0
        ? []
        : chains.filter(chain => seesVersion(chain, index) && concerns(ref, chain.path)),
  }
}

export function lookupsOf(nodes: readonly PlanNode[]): Lookups {
  // Built on first use: builds with nothing to do never need it.
  let known: { readonly made: readonly (readonly string[])[]; readonly makers: MakerIndex } | undefined
  const index = () => {
    const made = known?.made ?? nodes.map(madePaths)
    known ??= { made, makers: new MakerIndex(made) }
    return known
  }
  const readPath = (ref: PathRef) => (ref.glob ? globBase(ref.path) : ref.path)
  return {
    makersOf: (ref, reader) => {
      const { made, makers } = index()
      return makers
        .overlapping(readPath(ref))
        .filter(maker => maker < reader && (!ref.ignore || made[maker]!.some(path => concerns(ref, path))))
    },
    earlierMakersOfOwn: node => {
      const { made, makers } = index()
      return [...new Set(made[node]!.flatMap(path => makers.overlapping(path)).filter(maker => maker < node))]
    },
    isMade: ref => index().makers.overlapping(readPath(ref)).length > 0,
  }
}

const madePaths = (node: PlanNode): readonly string[] =>
  [...node.artifacts, ...node.rewrites].map(ref => ref.path)

/**
 * For each node, the paths that it makes or changes itself. A script inside a step changes the step's artifacts
 * before the step is done, so its changes count as the step's.
 */
export function changedPaths(nodes: readonly PlanNode[]): readonly (readonly string[])[] {
  return nodes.map(node => {
    const made = madePaths(node)
    if (node.inside === undefined) return made
    const enclosing = nodes.find(each => each.id === node.inside)?.artifacts ?? []
    return made.filter(path => !enclosing.some(each => overlaps(each.path, path)))
  })
}
