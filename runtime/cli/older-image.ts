/** Finds out whether an image is older than its definition: the nodes that a build would run before the image. */
import { relative, sep } from 'node:path'
import { decide } from '../engine.ts'
import type { ReasonCode } from '../model/decision.ts'
import { overlaps } from '../model/paths.ts'
import type { Workspace } from '../run/workspace.ts'
import { colorsFor } from './terminal.ts'

/** A node that a build would run because an input has changed since its last run. */
export interface Changed {
  readonly id: string
  readonly reasons: readonly string[]
}

/**
 * Reasons that mean a change. A node that runs in every build, or only because another one runs, does not
 * count.
 */
const CHANGES: ReadonlySet<ReasonCode> = new Set([
  'script_changed',
  'harness_changed',
  'dependency_changed',
  'dependency_new',
  'config_changed',
  'environment_changed',
  'builder_changed',
])

/**
 * Needs no engine and changes nothing.
 *
 * @param disk absolute path of the image
 */
export async function changedSince(workspace: Workspace, disk: string): Promise<Changed[]> {
  const { root, plan } = workspace
  const path = relative(root, disk).split(sep).join('/')
  const decisions = await decide(workspace, { report: () => {} })
  const maker = plan.nodes.findLastIndex(node => node.artifacts.some(ref => overlaps(ref.path, path)))
  // If no node declares the image, it is assumed to exist before the scripts of the last hook.
  const last = maker < 0 ? (plan.hooks.at(-1)?.before ?? plan.nodes.length) - 1 : maker
  return plan.nodes.flatMap((node, index): Changed[] => {
    if (index > last) return []
    const reasons = decisions
      .get(index)!
      .reasons.filter(({ code }) => CHANGES.has(code) || (index === maker && code === 'no_record'))
    return reasons.length > 0 ? [{ id: node.id, reasons: reasons.map(each => each.message) }] : []
  })
}

/** Limit for the listed nodes, and for the reasons of each. */
const MOST = 5

export function warnOfOlderImage(changed: readonly Changed[], bsp: string): void {
  if (changed.length === 0) return
  const colors = colorsFor(process.stderr)
  const listed = <T>(all: readonly T[], show: (one: T) => string, between: string) => {
    const more = all.length > MOST ? [`and ${all.length - MOST} more`] : []
    return [...all.slice(0, MOST).map(show), ...more].join(between)
  }
  const lines = listed(changed, ({ id, reasons }) => `${id}: ${listed(reasons, each => each, '; ')}`, '\n  ')
  process.stderr.write(
    `${colors.yellow('warning')} the image is older than its definition. A build would run:\n  ${lines}\n` +
      `  ${colors.cyan('hint:')} strux build ${bsp} brings it up to date; --no-check starts it without this check\n`,
  )
}
