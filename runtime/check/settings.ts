/** Settings that are valid and yet do not do what their author may expect. */
import { HOOK_NAMES } from '../../lib/hooks/build.ts'
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { Origin, Plan } from '../model/plan.ts'
import { ORIGINAL_NAMES } from '../steps/original-names.ts'
import { STEPS } from '../steps/registry.ts'
import { hasStep } from '../steps/settings.ts'

/** Accepted and exported, but without effect in a build of this version. */
export function notActedOn(project: ProjectData, bsp: BspData): Finding[] {
  const warn = (source: Origin['source'], key: string): Finding => ({
    severity: 'warning',
    code: 'not_acted_on',
    message: `'${key}' is accepted, but a build does not act on it`,
    origin: { source, keys: [key] },
    at: 'key',
  })
  return [
    ...(project.dev ? [warn('project', 'dev')] : []),
    ...(project.update ? [warn('project', 'update')] : []),
    ...(bsp.runtime ? [warn('bsp', 'runtime')] : []),
  ]
}

/** Steps of the device that cannot be there without another one. */
export function stepsWithout(project: ProjectData): Finding[] {
  const steps = project.build?.steps ?? {}
  const needs = [
    ['client', 'application', 'the client starts the application'],
    ['frontend', 'application', 'the application serves the frontend'],
    ['cage', 'client', 'the client starts the compositor'],
    ['wpe', 'cage', 'the browser needs the compositor'],
  ] as const
  return needs.flatMap(([step, needed, why]): Finding[] =>
    steps[step] !== true || hasStep(project, needed)
      ? []
      : [
          {
            severity: 'error',
            code: 'step_without',
            message: `build.steps.${step} is true, but the device has no ${needed}: ${why}`,
            hint: `Set build.steps.${needed} to true, or leave build.steps.${step} out.`,
            origin: { source: 'project', keys: ['build', 'steps', step] },
            at: 'value',
          },
        ],
  )
}

/** Names in force_rebuild that mean nothing in this plan. */
export function unknownForced(project: ProjectData, plan: Plan): Finding[] {
  const known = new Set<string>([
    ...STEPS.map(step => step.name),
    ...ORIGINAL_NAMES,
    ...HOOK_NAMES,
    ...[...plan.nodes, ...plan.flash, ...plan.never].map(node => node.id),
  ])
  return (project.build?.cache?.force_rebuild ?? []).flatMap((name, index): Finding[] => {
    if (known.has(name)) return []
    const suggestion = suggest(name, known)
    return [
      {
        severity: 'warning',
        code: 'unknown_name',
        message: `'${name}' is no step, hook or script of ${plan.bsp}`,
        ...(suggestion ? { hint: `Did you mean '${suggestion}'?` } : {}),
        origin: { source: 'project', keys: ['build', 'cache', 'force_rebuild', index] },
        at: 'value',
      },
    ]
  })
}
