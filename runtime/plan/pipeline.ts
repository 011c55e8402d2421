/**
 * A pipeline: the steps and the hook vocabularies of a plan. Both are arguments of the planner, which knows no
 * step and no hook by name.
 */
import type { HookCondition, HookRow } from '../../lib/hooks/row.ts'
import type { ExtensionHandler } from '../model/extensions.ts'
import type { ScriptCall } from '../model/plan.ts'
import type { StepBodies } from './body.ts'
import type { PlanInput, ScriptEntry } from './input.ts'
import type { StepDeclaration } from './step.ts'

/** A table of hooks, the definition's handlers for them, and the bash that wraps the handlers. */
export interface Vocabulary {
  /** In calling order. */
  readonly hooks: readonly HookRow[]
  /** By the names in the column `when`. */
  readonly conditions?: Readonly<Record<string, HookCondition>>
  /** The handlers in the author's data, with their position. */
  readonly entries: (input: PlanInput) => readonly ScriptEntry[]
  /** The handlers of extensions, in the order of execution. Each has its id from its extension. */
  readonly handlers?: (input: PlanInput) => readonly ExtensionHandler[]
  /** The order of the handlers of one hook. Default: as listed. */
  readonly order?: (a: ScriptEntry, b: ScriptEntry) => number
  /** By the names in the column `harness`. */
  readonly harnesses?: Readonly<Record<string, Harness>>
}

/**
 * The bash that runs a handler, given as `{ file }`, a path as the handler sees it, or as `{ text }`; for an
 * extension's handler also its data, for a script with arguments its call.
 */
export type Harness = (
  script: { readonly file: string } | { readonly text: string },
  handler?: ExtensionHandler,
  call?: ScriptCall,
) => string

export interface Pipeline {
  /** In pipeline order. */
  readonly steps: readonly StepDeclaration[]
  /** The steps that the definition itself brings. They come before the others that follow the same hook. */
  readonly stepsOf?: (input: PlanInput) => readonly StepDeclaration[]
  /** The work of the steps. A build stops if it has to run a step without a body. */
  readonly bodies: StepBodies
  /** The first vocabulary gives the order; the hooks of the others attach to its steps. */
  readonly vocabularies: readonly Vocabulary[]
}

export type Stop =
  | { readonly kind: 'hook'; readonly row: HookRow; readonly vocabulary: Vocabulary }
  | { readonly kind: 'step'; readonly step: StepDeclaration }

/** All hooks and steps of a build, in build order; hooks of other commands are left out. */
export function stopsOf({ steps, vocabularies }: Pipeline): readonly Stop[] {
  const [first, ...others] = vocabularies
  const hooks = (vocabulary: Vocabulary | undefined): (Stop & { kind: 'hook' })[] =>
    vocabulary?.hooks
      .filter(row => row.called !== 'flash' && row.runs_in !== 'plan')
      .map(row => ({ kind: 'hook', row, vocabulary })) ?? []
  const beside = others.flatMap(hooks)
  const stops = hooks(first).flatMap((stop): Stop[] => [
    stop,
    ...steps
      .filter(step => step.follows === stop.row.name)
      .flatMap((step): Stop[] => {
        const at = (before: boolean) =>
          beside.filter(({ row }) => row.step === step.name && (row.relation === 'before') === before)
        return [...at(true), { kind: 'step', step }, ...at(false)]
      }),
  ])
  return [...stops, ...beside.filter(({ row }) => row.relation === 'end')]
}

/** Finds a hook by its name or an alias. */
export function hookNamed(pipeline: Pipeline, name: string): (Stop & { kind: 'hook' }) | undefined {
  for (const vocabulary of pipeline.vocabularies) {
    const row = vocabulary.hooks.find(each => each.name === name || each.aliases?.includes(name))
    if (row) return { kind: 'hook', row, vocabulary }
  }
  return undefined
}
