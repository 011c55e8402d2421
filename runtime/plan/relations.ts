/** Who makes what, and who reads it: derived from a plan once. Nodes are known by their index. */
import { type Chain, seesVersion } from '../chains/chain.ts'
import { findChains } from '../chains/find.ts'
import { MakerIndex } from './makers.ts'
import type { PathRef, PlanNode } from './model.ts'
import { concerns, globBase, overlaps } from './paths.ts'

export interface Relations {
  /** Nodes before `reader` that declare something which `ref` reads. */
  makersOf(ref: PathRef, reader: number): readonly number[]
  /** Nodes before `node` that declare an artifact which is, holds or lies in one of its own. */
  earlierMakersOfOwn(node: number): readonly number[]
  /** Whether any node at all declares what `ref` reads. */
  isMade(ref: PathRef): boolean
  readonly chains: readonly Chain[]
  /** The chains of which node `index` sees a version through `ref`. */
  chainsSeen(index: number, ref: PathRef): readonly Chain[]
}

export function relationsOf(nodes: readonly PlanNode[]): Relations {
  const made = nodes.map(node => [...node.artifacts, ...node.rewrites].map(ref => ref.path))
  const makers = new MakerIndex(made)
  const chains = findChains(nodes, withoutEnclosing(nodes, made))
  const readPath = (ref: PathRef) => (ref.glob ? globBase(ref.path) : ref.path)
  return {
    makersOf: (ref, reader) =>
      makers
        .overlapping(readPath(ref))
        .filter(maker => maker < reader && (!ref.ignore || made[maker]!.some(path => concerns(ref, path)))),
    earlierMakersOfOwn: node => [
      ...new Set(made[node]!.flatMap(path => makers.overlapping(path)).filter(maker => maker < node)),
    ],
    isMade: ref => makers.overlapping(readPath(ref)).length > 0,
    chains,
    chainsSeen: (index, ref) =>
      chains.length === 0
        ? []
        : chains.filter(chain => seesVersion(chain, index) && concerns(ref, chain.path)),
  }
}

/** A script inside a step works on the step's own artifacts before the step is done: these changes are the step's. */
function withoutEnclosing(
  nodes: readonly PlanNode[],
  made: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  return nodes.map((node, index) => {
    const { inside } = node
    if (inside === undefined) return made[index]!
    const enclosing = nodes.findIndex(each => each.id === inside)
    return made[index]!.filter(path => !made[enclosing]?.some(each => overlaps(each, path)))
  })
}
