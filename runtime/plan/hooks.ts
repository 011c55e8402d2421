/** Rows of the hook table by name; the scripts of the project have a hook of their own, which is not in it. */
import { BUILD_HOOKS, type BuildHookRow } from '../../lib/hooks/build.ts'
import type { PlanHook } from './model.ts'

const ROWS: ReadonlyMap<string, BuildHookRow> = new Map(BUILD_HOOKS.map(row => [row.name, row]))

export function hookRow(hook: PlanHook): BuildHookRow | undefined {
  return ROWS.get(hook)
}
