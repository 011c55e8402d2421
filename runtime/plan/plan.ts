/** Makes the plan: a pure function from validated data to the ordered list of a build's nodes. */

import type { HookRow } from '../../lib/hooks/row.ts'
import { findChains } from '../chains/find.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import type { Origin } from '../model/origin.ts'
import type { HookRange, NeverRuns, Plan, PlanNode, ScriptNode, StepNode } from '../model/plan.ts'
import { handlerNode, variablesOfHandlers } from './handler.ts'
import { idGiver, titleOf } from './identity.ts'
import type { PlanInput, ScriptEntry } from './input.ts'
import { reasonNever } from './never.ts'
import { predecessorsOf } from './order.ts'
import { hookNamed, type Pipeline, stopsOf, type Vocabulary } from './pipeline.ts'
import { type Planning, planningOf } from './planning.ts'
import { changedPaths, lookupsOf } from './relations.ts'
import { asWritten, scriptNode } from './script.ts'
import type { StepDeclaration } from './step.ts'

export interface Planned {
  readonly plan: Plan
  readonly findings: readonly Finding[]
}

/** The plan of a BSP on a pipeline, and all findings about the paths and names in its entries. */
export function makePlan(input: PlanInput, pipeline: Pipeline): Planned {
  const findings: Finding[] = []
  const planning = planningOf(input, pipeline, finding => findings.push(finding))
  const { scripts, never } = collectScripts(planning)
  const nodes: PlanNode[] = []
  const hooks: HookRange[] = []
  for (const stop of stopsOf(planning.pipeline)) {
    if (stop.kind === 'hook') {
      const { name } = stop.row
      hooks.push({ name, before: nodes.length })
      nodes.push(...scripts.filter(script => script.hook === name))
    } else if (stepRuns(stop.step, planning, scripts)) nodes.push(stepNode(stop.step, planning, scripts))
  }
  const plan = {
    bsp: input.bspName,
    arch: planning.facts.target,
    nodes,
    hooks,
    chains: findChains(nodes, changedPaths(nodes)),
    flash: scripts.filter(script => hookNamed(pipeline, script.hook)?.row.called === 'flash'),
    never,
    ...(input.extensions && { extensions: input.extensions }),
  }
  return { plan: withEdges(plan), findings }
}

/** Computes edges on first use: it compares many paths, and a build with nothing to do never asks for them. */
function withEdges(plan: Omit<Plan, 'edges'>): Plan {
  let edges: Plan['edges'] | undefined
  return Object.defineProperty({ ...plan }, 'edges', {
    enumerable: true,
    get: () => {
      edges ??= predecessorsOf(plan, lookupsOf(plan.nodes))
      return edges
    },
  }) as Plan
}

/** All entries of the definition that can run: by vocabulary, in the order of their rows. */
function collectScripts(planning: Planning): { scripts: ScriptNode[]; never: NeverRuns[] } {
  const { pipeline } = planning
  const giveId = idGiver(pipeline.steps.map(step => step.name))
  const scripts: ScriptNode[] = []
  const never: NeverRuns[] = []
  for (const vocabulary of pipeline.vocabularies) {
    const entries = [...vocabulary.entries(planning)]
    const kept: { readonly row: number; readonly entry: ScriptEntry; readonly node: ScriptNode }[] = []
    for (const entry of entries) {
      const id = giveId(entry.hook, asWritten(entry))
      if (entry.data.id !== undefined && entry.data.id !== id) reportTaken(entry, id, planning)
      const origin = { source: entry.source, keys: keysOf(entry) }
      const found = hookNamed(pipeline, entry.hook)
      const reason = reasonNever(found, entries, planning)
      if (reason !== undefined) {
        never.push({ id, hook: entry.hook, title: titleOf(asWritten(entry)), reason, origin })
        planning.report({
          severity: 'warning',
          code: 'never_runs',
          message: `this ${entry.hook} script never runs: ${reason}`,
          origin: { source: entry.source, keys: [...keysOf(entry), 'step'] },
          at: 'value',
        })
        continue
      }
      const node = found && scriptNode(id, entry, found, origin, planning)
      if (node) kept.push({ row: vocabulary.hooks.indexOf(found.row), entry, node })
    }
    const { order } = vocabulary
    kept.sort((a, b) => a.row - b.row || (order ? order(a.entry, b.entry) : 0))
    scripts.push(
      ...kept.map(({ node }) => node),
      ...extensionNodes(vocabulary, giveId, never, scripts, planning),
    )
  }
  return { scripts, never }
}

const keysOf = ({ keys, index }: ScriptEntry): Origin['keys'] => keys ?? ['scripts', index]

/** The handlers of extensions that are nodes of the plan. */
function extensionNodes(
  { handlers }: Vocabulary,
  giveId: (hook: string, entry: { readonly id: string }) => string,
  never: NeverRuns[],
  scripts: readonly ScriptNode[],
  planning: Planning,
): ScriptNode[] {
  return (handlers?.(planning) ?? []).flatMap(handler => {
    const found = hookNamed(planning.pipeline, handler.hook)
    if (!found || found.row.runs_in === 'plan') return []
    const id = giveId(handler.hook, handler)
    const { hook, name, origin } = handler
    const reason = reasonNever(found, [], planning) ?? reasonReplaced(found.row, scripts)
    if (reason !== undefined) {
      never.push({ id, hook, title: name, reason, origin })
      const message = `${id} of the extension ${handler.extension.name} never runs: ${reason}`
      planning.report({ severity: 'warning', code: 'never_runs', message, origin, at: 'value' })
      return []
    }
    const node = handlerNode(id, handler, found, planning)
    return node ? [node] : []
  })
}

function reportTaken(entry: ScriptEntry, id: string, { report }: Planning): void {
  report({
    severity: 'warning',
    code: 'id_taken',
    message: `'${entry.data.id}' is the id of something else, so this script is called '${id}'`,
    hint: 'Give each script an id of its own, other than the names of steps.',
    origin: { source: entry.source, keys: [...keysOf(entry), 'id'] },
    at: 'value',
  })
}

/** Why a hook inside a step is not called: a script does the step's work. */
function reasonReplaced(row: HookRow, scripts: readonly ScriptNode[]): string | undefined {
  const script = row.relation === 'within' ? replacing(row.step, scripts) : undefined
  return script && `a ${script.hook} script replaces the step ${row.step}`
}

const replacing = (step: string | undefined, scripts: readonly ScriptNode[]) =>
  scripts.find(script => script.relation === 'replaces' && script.step === step)

/** Whether the definition asks for the step and no script replaces it. */
function stepRuns(step: StepDeclaration, planning: Planning, scripts: readonly ScriptNode[]): boolean {
  return step.exists(planning.stepFacts) && !replacing(step.name, scripts)
}

/** A step with handlers of extensions starts with the variables that configuration hooks have set. */
function stepEnvironmentOf(step: StepDeclaration, planning: Planning, scripts: readonly ScriptNode[]) {
  const environment = planning.environment(step.shared ? 'shared step' : 'step')
  const { pipeline, extensions } = planning
  const start = extensions?.stepVariables ?? {}
  const names = Object.keys(start)
  const takesPart = ({ handler, inside }: ScriptNode) => handler !== undefined && inside === step.name
  /** Other steps, such as the kernel's, are not to run again because such a value has changed. */
  const takesThem = ({ handlers, hooks }: Vocabulary) =>
    handlers && hooks.some(row => row.step === step.name && row.sets?.some(name => names.includes(name)))
  if (!scripts.some(takesPart) && !pipeline.vocabularies.some(takesThem)) return environment
  return {
    env: { ...environment.env, ...start },
    hashedEnv: { ...environment.hashedEnv, ...start },
  }
}

function stepNode(step: StepDeclaration, planning: Planning, scripts: readonly ScriptNode[]): StepNode {
  const { stepFacts } = planning
  const { locate } = step
  const hooks = step.hooks?.(stepFacts) ?? []
  const variables = variablesOfHandlers(step.name, scripts, planning.bspName)
  return {
    kind: 'step',
    id: step.name,
    names: [step.name],
    step: step.name,
    body: step.body ?? step.name,
    title: step.title,
    runs_in: 'container',
    artifacts: [...step.outputs(planning.stepFacts), ...variables.outputs],
    dependencies: [...step.inputs(planning.stepFacts), ...variables.inputs],
    ...stepEnvironmentOf(step, planning, scripts),
    builder: planning.builder(step.tools(planning.stepFacts), step.packages?.(planning.stepFacts)),
    rewrites: [],
    ...(step.loopDevices?.(planning.stepFacts) && { loopDevices: true }),
    config: step.config(planning.stepFacts),
    ...(hooks.length > 0 && { hooks }),
    ...(locate && { locate: script => locate(script, stepFacts) }),
    feeders: scripts.filter(script => script.feeds && script.step === step.name).map(script => script.id),
    scope: step.shared ? 'shared' : 'bsp',
    everyTime: false,
  }
}
