/**
 * A pipeline: the steps and the vocabularies of hooks that a plan is made of. Both are arguments of the planner, which knows
 * no step and no hook by name.
 */
import type { HookCondition, HookRow } from '../../lib/hooks/row.ts'
import type { StepBodies } from './body.ts'
import type { PlanInput } from './planning.ts'
import type { ScriptEntry } from './script.ts'
import type { StepDeclaration } from './step.ts'

/** A table of hooks, the handlers that a definition has for them, and what surrounds these when they run. */
export interface Vocabulary {
  /** In calling order. */
  readonly hooks: readonly HookRow[]
  /** By the names in the column `when`. */
  readonly conditions?: Readonly<Record<string, HookCondition>>
  /** Where the entries stand in the author's data, and those that are there. */
  readonly entries: (input: PlanInput) => readonly ScriptEntry[]
  /** The order of the handlers of one hook; as they are listed unless given. */
  readonly order?: (a: ScriptEntry, b: ScriptEntry) => number
  /** By the names in the column `harness`. */
  readonly harnesses?: Readonly<Record<string, Harness>>
}

/** The bash that runs a handler: how it is to be run is `{ file }`, a path as the handler sees it, or `{ text }`. */
export type Harness = (script: { readonly file: string } | { readonly text: string }) => string

export interface Pipeline {
  /** In order of the pipeline. */
  readonly steps: readonly StepDeclaration[]
  /** The work of the steps; one without a body stops a build that has to run it. */
  readonly bodies: StepBodies
  /** The first one gives the order; the hooks of the others stand at its steps. */
  readonly vocabularies: readonly Vocabulary[]
}

export type Stop =
  | { readonly kind: 'hook'; readonly row: HookRow; readonly vocabulary: Vocabulary }
  | { readonly kind: 'step'; readonly step: StepDeclaration }

/** All hooks and steps of a build in the order in which it reaches them; hooks of other commands are left out. */
export function stopsOf({ steps, vocabularies }: Pipeline): readonly Stop[] {
  const [first, ...others] = vocabularies
  const hooks = (vocabulary: Vocabulary | undefined): (Stop & { kind: 'hook' })[] =>
    vocabulary?.hooks.filter(row => row.runs_in !== 'host').map(row => ({ kind: 'hook', row, vocabulary })) ??
    []
  const beside = others.flatMap(hooks)
  return hooks(first).flatMap(stop => [
    stop,
    ...steps
      .filter(step => step.follows === stop.row.name)
      .flatMap((step): Stop[] => {
        const at = (before: boolean) =>
          beside.filter(({ row }) => row.step === step.name && (row.relation === 'before') === before)
        return [...at(true), { kind: 'step', step }, ...at(false)]
      }),
  ])
}

/** A hook by its name or an older one. */
export function hookNamed(pipeline: Pipeline, name: string): (Stop & { kind: 'hook' }) | undefined {
  for (const vocabulary of pipeline.vocabularies) {
    const row = vocabulary.hooks.find(each => each.name === name || each.aliases?.includes(name))
    if (row) return { kind: 'hook', row, vocabulary }
  }
  return undefined
}
