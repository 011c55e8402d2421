/**
 * Which nodes of a plan have to wait for which: what a build with several jobs obeys. Only what is declared can be known to
 * be independent. A script that does not say both what it reads and what it makes waits for all before it, and all behind
 * it wait for it; so do the scripts of hooks that are points of the pipeline, and everything that changes files in place.
 */
import type { BuildHookRow } from '../../lib/hooks/build.ts'
import { isMember } from '../chains/chain.ts'
import { hookRow } from './hooks.ts'
import type { PlanNode } from './model.ts'
import { concerns, isProduct } from './paths.ts'
import type { Relations } from './relations.ts'

/** By node, the earlier nodes that must have had their turn. A barrier stands for everything before it. */
export function predecessorsOf(
  nodes: readonly PlanNode[],
  relations: Relations,
): readonly (readonly number[])[] {
  const barriers = nodes.map((_, index) => isBarrier(nodes, index, relations))
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

function isBarrier(nodes: readonly PlanNode[], index: number, relations: Relations): boolean {
  const node = nodes[index]!
  const chained = relations.chains.some(chain => isMember(chain, index))
  if (chained || readsUnknown(node, index, relations)) return true
  if (node.kind === 'step') {
    // Its inner scripts run while it does.
    return nodes.some(
      each => relationOf(each)?.relation === 'within' && stepOf(each) === node.step && !declaresAll(each),
    )
  }
  const relation = relationOf(node)?.relation
  return relation === undefined || relation === 'point' || relation === 'replaces' || !declaresAll(node)
}

/** A product of the build that nobody declares: whatever runs before may be what writes it. */
function readsUnknown(node: PlanNode, index: number, relations: Relations): boolean {
  return (
    node.kind === 'script' &&
    node.dependencies.some(ref => isProduct(ref.path) && relations.makersOf(ref, index).length === 0)
  )
}

const declaresAll = (node: PlanNode): boolean => node.artifacts.length > 0 && node.dependencies.length > 0

function mustWait(node: PlanNode, earlier: PlanNode): boolean {
  return inOneGroup(node, earlier) || feeds(earlier, node) || touches(earlier, node) || touches(node, earlier)
}

/** Scripts of one hook keep their order; a step stands between the scripts before and after it. */
function inOneGroup(a: PlanNode, b: PlanNode): boolean {
  const step = stepOf(a)
  return step !== undefined && step === stepOf(b)
}

function feeds(earlier: PlanNode, node: PlanNode): boolean {
  return node.kind === 'step' && node.feeders.includes(earlier.id)
}

/** Whether `maker` makes something that `other` reads or makes. */
function touches(maker: PlanNode, other: PlanNode): boolean {
  const concerned = [...other.dependencies, ...other.artifacts, ...other.rewrites]
  return [...maker.artifacts, ...maker.rewrites].some(made => concerned.some(ref => concerns(ref, made.path)))
}

function relationOf(node: PlanNode): BuildHookRow | undefined {
  return node.kind === 'script' && node.hook !== 'rootfs_post' ? hookRow(node.hook) : undefined
}

function stepOf(node: PlanNode): string | undefined {
  return node.kind === 'step' ? node.step : relationOf(node)?.step
}
