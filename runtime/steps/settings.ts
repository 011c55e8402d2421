/** Settings that several steps read. */
import type { ProjectData } from '../../lib/schema.ts'
import type { OptionalStep } from '../plan/step.ts'

export { suiteOf } from '../plan/suite.ts'

const OPTIONAL = [
  'frontend',
  'application',
  'cage',
  'wpe',
  'client',
] as const satisfies readonly OptionalStep[]

/** Whether the project has this step. In a project without an application, the other steps are off by default. */
export const hasStep = (project: ProjectData, step: OptionalStep): boolean => {
  const steps = project.build?.steps
  return steps?.[step] ?? steps?.application !== false
}

/** For each optional step, whether the project has it; read by the steps that assemble the device. */
export const optionalSteps = (project: ProjectData): Readonly<Record<OptionalStep, boolean>> =>
  Object.fromEntries(OPTIONAL.map(step => [step, hasStep(project, step)])) as Record<OptionalStep, boolean>

export const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]
