/**
 * Finds scripts that can never run, and the reason. Source: lifecycle-scripts document, "The hooks" and its
 * three details.
 */
import type { HookCondition } from '../../lib/hooks/row.ts'
import type { ScriptEntry } from './input.ts'
import type { Stop } from './pipeline.ts'
import type { Planning } from './planning.ts'

/** The reason why no handler of the hook runs with this definition; undefined if handlers run. */
export function reasonNever(
  hook: (Stop & { kind: 'hook' }) | undefined,
  entries: readonly ScriptEntry[],
  { bsp, pipeline, stepFacts }: Planning,
): string | undefined {
  if (!hook) return undefined
  const { row, vocabulary } = hook
  const condition = row.when === undefined ? undefined : vocabulary.conditions?.[row.when]
  if (condition && valueAt(bsp, condition.key) !== condition.is) {
    return `${row.name} runs only with ${conditionText(condition)}`
  }
  if (row.relation !== 'within') return undefined
  const step = pipeline.steps.find(each => each.name === row.step)
  if (!step?.exists(stepFacts)) return `this build has no step ${step?.title ?? row.step}`
  const instead = vocabulary.hooks.find(each => each.relation === 'replaces' && each.step === row.step)
  if (!instead || !entries.some(entry => entry.hook === instead.name)) return undefined
  return `a ${instead.name} script replaces the step ${step.title}`
}

/** The condition as an author writes it: `boot.kernel.custom_kernel: true`. */
export function conditionText({ key, is }: HookCondition): string {
  return `${key.join('.')}: ${is}`
}

function valueAt(data: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    data,
  )
}
