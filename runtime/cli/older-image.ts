/** Whether an image is older than its definition: what a build would run before the image is what it should be. */
import { relative, sep } from 'node:path'
import { decide } from '../engine.ts'
import type { ReasonCode } from '../model/decision.ts'
import { overlaps } from '../model/paths.ts'
import type { Workspace } from '../run/workspace.ts'
import { colorsFor } from './terminal.ts'

/** What a build would run because something is other than when it ran last. */
export interface Changed {
  readonly id: string
  readonly reasons: readonly string[]
}

/** The reasons that mean a change. What runs on every build, or follows from something else that runs, is none. */
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
 * Asks no engine and changes nothing.
 *
 * @param disk absolute path of the image
 */
export async function changedSince(workspace: Workspace, disk: string): Promise<Changed[]> {
  const { root, plan } = workspace
  const path = relative(root, disk).split(sep).join('/')
  const decisions = await decide(workspace, { report: () => {} })
  const maker = plan.nodes.findLastIndex(node => node.artifacts.some(ref => overlaps(ref.path, path)))
  // An image that no node declares is made before the scripts of the last hook.
  const last = maker < 0 ? (plan.hooks.at(-1)?.before ?? plan.nodes.length) - 1 : maker
  return plan.nodes.flatMap((node, index): Changed[] => {
    if (index > last) return []
    const reasons = decisions
      .get(index)!
      .reasons.filter(({ code }) => CHANGES.has(code) || (index === maker && code === 'no_record'))
    return reasons.length > 0 ? [{ id: node.id, reasons: reasons.map(each => each.message) }] : []
  })
}

/** So many are listed, and as many reasons of each. */
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
      `  ${colors.cyan('hint:')} strux build ${bsp} brings it up to date; --no-check starts it without looking\n`,
  )
}
