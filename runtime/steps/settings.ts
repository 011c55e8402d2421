/** What several steps read of a definition. */
import type { ProjectData } from '../../lib/schema.ts'

export { suiteOf } from '../plan/suite.ts'

/** The steps that a project can switch off. */
const OPTIONAL = ['frontend', 'application', 'cage', 'wpe', 'client'] as const
type OptionalStep = (typeof OPTIONAL)[number]

/** Whether the project has this step. Without an application the others have to be asked for. */
export const hasStep = (project: ProjectData, step: OptionalStep): boolean => {
  const steps = project.build?.steps
  return steps?.[step] ?? steps?.application !== false
}

/** The decision on each, for the steps that put the device together. */
export const optionalSteps = (project: ProjectData): Readonly<Record<OptionalStep, boolean>> =>
  Object.fromEntries(OPTIONAL.map(step => [step, hasStep(project, step)])) as Record<OptionalStep, boolean>

export const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]
