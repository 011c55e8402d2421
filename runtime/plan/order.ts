/**
 * Which nodes must wait for which others when a build runs several jobs. Only declared inputs and outputs can
 * prove that two nodes are independent. So a script that does not declare both waits for all nodes before it,
 * and all nodes after it wait for it. The same holds for scripts of hooks that are points of the pipeline, and
 * for every node that changes files in place.
 */
import { isMember } from '../chains/chain.ts'
import { concerns, isProduct } from '../model/paths.ts'
import type { Plan, PlanNode } from '../model/plan.ts'
import type { Lookups } from './relations.ts'

/**
 * For each node, the earlier nodes that must finish, or be skipped, first. A barrier stands for everything
 * before it.
 */
export function predecessorsOf(
  { nodes, chains }: Pick<Plan, 'nodes' | 'chains'>,
  lookups: Lookups,
): readonly (readonly number[])[] {
  const barriers = nodes.map((_, index) => isBarrier({ nodes, chains }, index, lookups))
  const before: number[][] = []
  let segment = 0
  for (const [index, node] of nodes.entries()) {
    const found: number[] = []
    if (segment > 0) found.push(segment - 1)
    for (let earlier = segment; earlier < index; earlier++) {
      if (barriers[index] || mustWait(node, nodes[earlier]!)) found.push(earlier)
    }
    before.push(found)
    if (barriers[index]) segment = index + 1
  }
  return before
}

function isBarrier(
  { nodes, chains }: Pick<Plan, 'nodes' | 'chains'>,
  index: number,
  lookups: Lookups,
): boolean {
  const node = nodes[index]!
  if (chains.some(chain => isMember(chain, index)) || readsUnknown(node, index, lookups)) return true
  // Scripts inside a step run while the step runs.
  if (node.kind === 'step') return nodes.some(each => each.inside === node.id && !declaresAll(each))
  return (
    node.relation === 'point' || node.relation === 'end' || node.relation === 'replaces' || !declaresAll(node)
  )
}

/** Whether the node reads a build product that no node declares: any earlier node may write it. */
function readsUnknown(node: PlanNode, index: number, lookups: Lookups): boolean {
  return (
    node.kind === 'script' &&
    node.dependencies.some(ref => isProduct(ref.path) && lookups.makersOf(ref, index).length === 0)
  )
}

const declaresAll = (node: PlanNode): boolean => node.artifacts.length > 0 && node.dependencies.length > 0

function mustWait(node: PlanNode, earlier: PlanNode): boolean {
  return inOneGroup(node, earlier) || feeds(earlier, node) || touches(earlier, node) || touches(node, earlier)
}

/** Scripts of one hook keep their order; a step stays between the scripts before and after it. */
function inOneGroup(a: PlanNode, b: PlanNode): boolean {
  return a.step !== undefined && a.step === b.step
}

function feeds(earlier: PlanNode, node: PlanNode): boolean {
  return node.kind === 'step' && node.feeders.includes(earlier.id)
}

/** Whether `maker` makes something that `other` reads or makes. */
function touches(maker: PlanNode, other: PlanNode): boolean {
  const concerned = [...other.dependencies, ...other.artifacts, ...other.rewrites]
  return [...maker.artifacts, ...maker.rewrites].some(made => concerned.some(ref => concerns(ref, made.path)))
}
