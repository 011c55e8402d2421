/** Plans and decisions as tables for people. */
import type { Decision } from '../model/decision.ts'
import { leftOutHandlers } from '../model/extensions.ts'
import type { Plan, PlanNode } from '../model/plan.ts'
import { colorsFor, printLine } from './terminal.ts'

/** Each node with its inputs and outputs. */
export function printPlan(plan: Plan): void {
  const colors = colorsFor(process.stdout)
  printLine(colors.bold(`${plan.bsp} (${plan.arch})`))
  const width = widest(plan.nodes)
  for (const node of plan.nodes) {
    printLine(`  ${label(node, width)}  ${colors.dim(node.title === node.id ? '' : node.title)}`)
    for (const ref of node.dependencies) printLine(colors.dim(`      reads ${ref.path}`))
    for (const { hook, of, title } of (node.kind === 'step' && node.hooks) || [])
      printLine(colors.dim(`      calls ${hook}${node.id === `package:${of}` ? '' : ` of ${of}`}: ${title}`))
    for (const ref of node.artifacts) printLine(colors.dim(`      makes ${ref.path}`))
  }
  if (plan.flash.length > 0) {
    printLine(colors.bold('strux flash, on this machine'))
    for (const node of plan.flash) printLine(`  ${node.id}  ${colors.dim(node.title)}`)
  }
  const leftOut = leftOutHandlers(plan.extensions)
  if (leftOut.length > 0) {
    printLine(colors.bold('left out'))
    for (const { id, why, by } of leftOut) printLine(`  ${id}  ${colors.yellow(`${why} by ${by}`)}`)
  }
  if (plan.never.length > 0) {
    printLine(colors.bold('never runs'))
    for (const { id, reason } of plan.never) printLine(`  ${id}  ${colors.yellow(reason)}`)
  }
}

/** The decisions of a dry run. Up-to-date nodes are counted, and with `verbose` listed. */
export function printDecisions(plan: Plan, decisions: ReadonlyMap<number, Decision>, verbose: boolean): void {
  const colors = colorsFor(process.stdout)
  const paint = { run: colors.green, skip: colors.dim, undecided: colors.yellow }
  const width = widest(plan.nodes)
  const count = { run: 0, skip: 0, undecided: 0 }
  for (const [index, node] of plan.nodes.entries()) {
    const decision = decisions.get(index)
    if (!decision) continue
    count[decision.action]++
    if (decision.action === 'skip' && !verbose) continue
    const why = decision.reasons.map(each => each.message).join('; ')
    printLine(
      `${paint[decision.action](decision.action.padEnd(9))} ${label(node, width)}  ${colors.dim(why)}`,
    )
  }
  const maybe = count.undecided ? `, ${count.undecided} undecided` : ''
  printLine(colors.bold(`${count.run} to run${maybe}, ${count.skip} up to date`))
}

/** One node's decision, with one reason per line. */
export function printWhy(node: PlanNode, decision: Decision): void {
  const colors = colorsFor(process.stdout)
  const verb = { run: 'would run', skip: 'would be skipped', undecided: 'may run' }[decision.action]
  printLine(`${colors.bold(node.id)} ${verb}:`)
  for (const { message } of decision.reasons) printLine(`  - ${message}`)
}

function widest(nodes: readonly PlanNode[]): number {
  return Math.min(48, Math.max(0, ...nodes.map(node => node.id.length)))
}

function label(node: PlanNode, width: number): string {
  return node.id.padEnd(width)
}
