/** Finds valid settings that may not do what their author expects. */
import { HOOK_NAMES } from '../../lib/hooks/build.ts'
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { isDebianPackage } from '../model/debian-package.ts'
import type { Origin } from '../model/origin.ts'
import type { Plan } from '../model/plan.ts'
import { ORIGINAL_NAMES } from '../steps/original-names.ts'
import { STEPS } from '../steps/registry.ts'
import { hasStep } from '../steps/settings.ts'

/** Settings that are accepted and exported, but have no effect in a build of this version. */
export function notActedOn(project: ProjectData, bsp: BspData): Finding[] {
  const warn = (source: Origin['source'], key: string): Finding => ({
    severity: 'warning',
    code: 'not_acted_on',
    message: `'${key}' is accepted, but has no effect on a build`,
    origin: { source, keys: [key] },
    at: 'key',
  })
  return [
    ...(project.dev ? [warn('project', 'dev')] : []),
    ...(project.update ? [warn('project', 'update')] : []),
    ...(bsp.runtime ? [warn('bsp', 'runtime')] : []),
    ...(bsp.boot?.kernel?.custom_kernel && bsp.boot.kernel.package !== undefined
      ? [
          {
            ...warn('bsp', 'boot.kernel.package'),
            message: "'boot.kernel.package' has no effect: the board builds its own kernel (custom_kernel)",
            origin: { source: 'bsp' as const, keys: ['boot', 'kernel', 'package'] },
          },
        ]
      : []),
  ]
}

/** Device steps that are switched on without another step that they need. */
export function stepsWithout(project: ProjectData): Finding[] {
  const steps: Readonly<Record<string, unknown>> = project.build?.steps ?? {}
  return STEPS.flatMap(({ name, needs }): Finding[] => {
    if (!needs || steps[name] !== true || hasStep(project, needs.step)) return []
    return [
      {
        severity: 'error',
        code: 'step_without',
        message: `build.steps.${name} is true, but the device has no ${needs.step}: ${needs.why}`,
        hint: `Set build.steps.${needs.step} to true, or leave build.steps.${name} out.`,
        origin: { source: 'project', keys: ['build', 'steps', name] },
        at: 'value',
      },
    ]
  })
}

/** Names that apt cannot know: it would stop the build of the root filesystem. */
export function oddPackages(project: ProjectData, bsp: BspData): Finding[] {
  const odd = (source: Origin['source'], names: readonly string[] = []) =>
    names.flatMap((name, index): Finding[] =>
      name.endsWith('.deb') || isDebianPackage(name)
        ? []
        : [
            {
              severity: 'warning',
              code: 'odd_package_name',
              message: `'${name}' cannot be the name of a Debian package`,
              hint: 'Names have lower-case letters, digits, +, - and dots; files end in .deb.',
              origin: { source, keys: ['rootfs', 'packages', index] },
              at: 'value',
            },
          ],
    )
  return [...odd('project', project.rootfs?.packages), ...odd('bsp', bsp.rootfs?.packages)]
}

/** Names in force_rebuild that match nothing in this plan. */
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
        message: `'${name}' is not a step, hook or script of ${plan.bsp}`,
        ...(suggestion ? { hint: `Did you mean '${suggestion}'?` } : {}),
        origin: { source: 'project', keys: ['build', 'cache', 'force_rebuild', index] },
        at: 'value',
      },
    ]
  })
}
