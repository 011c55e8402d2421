/** What several steps read of a definition. */
import type { ProjectData } from '../../lib/schema.ts'

export { suiteOf } from '../plan/suite.ts'

/** Whether the project has this step: devices without a screen switch it off. */
export const hasStep = (project: ProjectData, step: 'frontend' | 'cage' | 'wpe'): boolean =>
  project.build?.steps?.[step] !== false

export const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]
