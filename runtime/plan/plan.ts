/** Makes the plan: pure, from validated data to the ordered list of what a build would do. */
import { BUILD_HOOKS, type BuildHookRow, type Hook } from '../../lib/hooks/build.ts'
import type { Finding } from '../load/diagnostic.ts'
import type { StepDeclaration } from '../steps/declaration.ts'
import { STEPS } from '../steps/registry.ts'
import { hookRow } from './hooks.ts'
import { idGiver, titleOf } from './identity.ts'
import type { NeverRuns, Plan, PlanHook, PlanNode, ScriptNode, StepNode } from './model.ts'
import { reasonNever } from './never.ts'
import { type PlanInput, type Planning, planningOf } from './planning.ts'
import { asWritten, type ScriptEntry, scriptNode } from './script.ts'

export interface Planned {
  readonly plan: Plan
  readonly findings: readonly Finding[]
}

export function makePlan(input: PlanInput): Planned {
  const findings: Finding[] = []
  const planning = planningOf(input, finding => findings.push(finding))
  const { scripts, never } = collectScripts(planning)
  const at = (hook: PlanHook) => scripts.filter(script => script.hook === hook)
  const nodes: PlanNode[] = []
  for (const hook of BUILD_HOOKS as readonly BuildHookRow[]) {
    if (hook.runs_in === 'host') continue
    nodes.push(...at(hook.name as Hook))
    for (const step of STEPS) {
      if (step.follows !== hook.name || !stepRuns(step, planning, scripts)) continue
      nodes.push(stepNode(step, planning, scripts))
      // Scripts of the project stand right behind the step that they change.
      if (step.name === 'rootfs_post') nodes.push(...at('rootfs_post'))
    }
  }
  const flash = [...at('flash_script_tool'), ...at('flash_script')]
  return { plan: { bsp: input.bspName, arch: planning.facts.target, nodes, flash, never }, findings }
}

/** Scripts of BSP and project in listed order, apart from those that cannot run. */
function collectScripts(planning: Planning): { scripts: ScriptNode[]; never: NeverRuns[] } {
  const giveId = idGiver(STEPS.map(step => step.name))
  const scripts: ScriptNode[] = []
  const never: NeverRuns[] = []
  const entries: ScriptEntry[] = [
    ...(planning.bsp.scripts ?? []).map((data, index) => {
      const board = planning.boardScripts?.[index]
      return { data, hook: data.step, index, source: 'bsp' as const, ...(board && { board }) }
    }),
    ...(planning.project.scripts ?? []).map((data, index) => ({
      data,
      hook: 'rootfs_post' as const,
      index,
      source: 'project' as const,
    })),
  ]
  for (const entry of entries) {
    const id = giveId(entry.hook, asWritten(entry))
    if (entry.data.id !== undefined && entry.data.id !== id) {
      planning.report({
        severity: 'warning',
        code: 'id_taken',
        message: `'${entry.data.id}' is the id of something else, so this script is called '${id}'`,
        hint: 'Give each script an id of its own, other than the names of steps.',
        origin: { source: entry.source, keys: ['scripts', entry.index, 'id'] },
        at: 'value',
      })
    }
    const origin = { source: entry.source, keys: ['scripts', entry.index] }
    const reason = reasonNever(entry.hook, planning.bsp)
    if (reason) {
      never.push({ id, hook: entry.hook, title: titleOf(asWritten(entry)), reason, origin })
      planning.report({
        severity: 'warning',
        code: 'never_runs',
        message: `this ${entry.hook} script never runs: ${reason}`,
        origin: { source: entry.source, keys: ['scripts', entry.index, 'step'] },
        at: 'value',
      })
    } else {
      const node = scriptNode(id, entry, origin, planning)
      if (node) scripts.push(node)
    }
  }
  return { scripts, never }
}

/** A step that the definition asks for, unless scripts replace it. */
function stepRuns(step: StepDeclaration, planning: Planning, scripts: readonly ScriptNode[]): boolean {
  const replaced = scripts.some(script => related(script.hook, step)?.relation === 'replaces')
  return step.exists(planning.stepFacts) && !replaced
}

function stepNode(step: StepDeclaration, planning: Planning, scripts: readonly ScriptNode[]): StepNode {
  const feeders = ['kernel', 'bootloader'].includes(step.name)
    ? scripts.filter(script => ['before', 'within'].includes(related(script.hook, step)?.relation ?? ''))
    : []
  return {
    kind: 'step',
    id: step.name,
    step: step.name,
    title: step.title,
    runs_in: 'container',
    artifacts: step.outputs(planning.stepFacts),
    dependencies: step.inputs(planning.stepFacts),
    ...planning.environment(step.shared ? 'shared step' : 'step'),
    builder: planning.builder(step.tools(planning.stepFacts)),
    rewrites: [],
    config: step.config(planning.stepFacts),
    feeders: feeders.map(script => script.id),
    shared: step.shared,
  }
}

function related(hook: PlanHook, step: StepDeclaration): BuildHookRow | undefined {
  const row = hookRow(hook)
  return row?.step === step.name ? row : undefined
}
