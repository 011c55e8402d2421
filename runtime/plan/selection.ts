/** The nodes that a command selects: `--only`, `--from`, `--until`. */
import { StruxError } from '../diagnostics/error.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { Plan, PlanNode } from '../model/plan.ts'

export interface SelectionOptions {
  readonly only?: readonly string[]
  readonly from?: string
  readonly until?: string
}

/**
 * The indices of the selected nodes, in order. A selected step brings the scripts inside it, and such a script
 * brings its step. A selected chain link brings the links before it, because it would otherwise work on the
 * wrong version.
 */
export function select(plan: Plan, options: SelectionOptions): ReadonlySet<number> {
  const all = plan.nodes.map((_, index) => index)
  const { from, until } = options
  const first = from === undefined ? 0 : (emptyHook(plan, from) ?? Math.min(...find(plan, from)))
  const end =
    until === undefined ? all.length : (emptyHook(plan, until) ?? Math.max(...find(plan, until)) + 1)
  if (from !== undefined && until !== undefined && first >= end) {
    throw new StruxError(`--from ${from} comes after --until ${until}`, {
      hint: 'strux plan shows the order.',
      exitCode: 2,
    })
  }
  const only = options.only?.length ? new Set(options.only.flatMap(id => find(plan, id))) : undefined
  const chosen = new Set(all.filter(index => index >= first && index < end && (only?.has(index) ?? true)))
  const partnersOf = partners(plan)
  // The iteration also visits entries that are added meanwhile.
  for (const index of chosen) {
    for (const partner of partnersOf(index)) chosen.add(partner)
    for (const { links } of plan.chains) {
      if (links.includes(index)) for (const link of links) if (link < index) chosen.add(link)
    }
  }
  return new Set([...chosen].sort((a, b) => a - b))
}

/**
 * Finds one node by its id, or by its hook if that has exactly one script. Throws with a suggestion if there is
 * none.
 */
export function findNode(plan: Plan, id: string): PlanNode {
  const all = [...plan.nodes, ...plan.flash]
  const node = all.find(each => each.id === id)
  if (node) return node
  const atHook = all.filter(each => sameHook(each, id))
  if (atHook.length === 1) return atHook[0]!
  if (atHook.length > 1) {
    throw new StruxError(`${id} has ${atHook.length} scripts`, {
      hint: `Name one of them: ${atHook.map(each => each.id).join(', ')}.`,
      exitCode: 2,
    })
  }
  const never = plan.never.find(each => each.id === id)
  if (never) throw new StruxError(`${id} never runs: ${never.reason}`, { exitCode: 2 })
  throw unknown(plan, id)
}

/** A hook without scripts still has a position: the index of the first node after it. Steps win over hooks of their name. */
function emptyHook(plan: Plan, id: string): number | undefined {
  if (plan.nodes.some(node => node.id === id || sameHook(node, id))) return undefined
  return plan.hooks.find(hook => hook.name === id)?.before
}

function find(plan: Plan, id: string): number[] {
  const exact = plan.nodes.findIndex(node => node.id === id)
  if (exact >= 0) return [exact]
  const byHook = plan.nodes.flatMap((node, index) =>
    node.kind === 'script' && node.hook === id ? [index] : [],
  )
  if (byHook.length > 0) return byHook
  const never = plan.never.find(each => each.id === id)
  if (never) throw new StruxError(`${id} never runs: ${never.reason}`, { exitCode: 2 })
  if (plan.flash.some(node => node.id === id)) {
    throw new StruxError(`${id} does not run in a build`, { hint: 'strux flash runs it.', exitCode: 2 })
  }
  throw unknown(plan, id)
}

function unknown(plan: Plan, id: string): StruxError {
  const names = [...plan.nodes, ...plan.flash].flatMap(node =>
    node.kind === 'script' ? [node.id, node.hook] : [node.id],
  )
  const suggestion = suggest(id, names)
  return new StruxError(`no script or step '${id}' in the plan of ${plan.bsp}`, {
    hint: suggestion
      ? `Did you mean ${suggestion}?`
      : 'strux plan lists them. The name of a hook selects all its scripts.',
    exitCode: 2,
  })
}

/** Nodes that must run together: a step and the scripts inside it. */
function partners(plan: Plan): (index: number) => readonly number[] {
  const groups = new Map<string, number[]>()
  for (const [index, { inside }] of plan.nodes.entries()) {
    if (inside === undefined) continue
    const step = plan.nodes.findIndex(each => each.kind === 'step' && each.id === inside)
    const group = groups.get(inside) ?? (step < 0 ? [] : [step])
    groups.set(inside, [...group, index])
  }
  return index => groups.get(plan.nodes[index]!.inside ?? plan.nodes[index]!.id) ?? []
}

function sameHook(node: PlanNode, hook: string): boolean {
  return node.kind === 'script' && node.names.includes(hook) && node.id !== hook
}
