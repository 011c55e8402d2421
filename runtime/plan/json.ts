/** A plan for other programs, with or without decisions (docs/json.md). */
import type { Decision } from '../model/decision.ts'
import { leftOutHandlers } from '../model/extensions.ts'
import type { PathRef, Plan, PlanNode } from '../model/plan.ts'

export function planJson(plan: Plan, decisions?: ReadonlyMap<number, Decision>): object {
  const nodes = plan.nodes.flatMap((node, index) => {
    const after = plan.edges[index]!.map(earlier => plan.nodes[earlier]!.id)
    if (!decisions) return [{ ...nodeJson(node), after }]
    const decision = decisions.get(index)
    return decision ? [{ ...nodeJson(node), after, decision }] : []
  })
  const leftOut = leftOutHandlers(plan.extensions)
  const idOf = (index: number) => plan.nodes[index]!.id
  return {
    bsp: plan.bsp,
    arch: plan.arch,
    nodes,
    chains: plan.chains.map(({ path, writers, links, earlyReaders }) => ({
      path,
      writers: writers.map(idOf),
      links: links.map(idOf),
      early_readers: earlyReaders.map(idOf),
    })),
    flash: plan.flash.map(nodeJson),
    never: plan.never.map(({ id, hook, title, reason }) => ({ id, hook, title, reason })),
    ...(leftOut.length > 0 && { left_out: leftOut }),
  }
}

export function nodeJson(node: PlanNode): object {
  const where =
    node.kind === 'script'
      ? {
          hook: node.hook,
          title: node.title,
          ...(node.location === undefined ? {} : { location: node.location }),
          ...(node.layer === undefined ? {} : { layer: node.layer }),
        }
      : { step: node.step, title: node.title, ...(node.hooks && { hooks: node.hooks }) }
  return {
    id: node.id,
    kind: node.kind,
    ...where,
    runs_in: node.runs_in,
    artifacts: node.artifacts.map(pathJson),
    dependencies: node.dependencies.map(pathJson),
    env: node.env,
  }
}

function pathJson({ declared, path }: PathRef): object {
  return { declared, path }
}
