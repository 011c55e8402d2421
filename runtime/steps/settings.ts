/** What several steps read of a definition. */
import { PROJECT_DEFAULTS, type ProjectData } from '../../lib/schema.ts'

/** The Debian suite, of builder and device alike. */
export const suiteOf = (project: ProjectData): string =>
  project.builder?.suite ?? PROJECT_DEFAULTS.builder.suite

/** Whether the project has this step: devices without a screen switch it off. */
export const hasStep = (project: ProjectData, step: 'frontend' | 'cage' | 'wpe'): boolean =>
  project.build?.steps?.[step] !== false

export const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]
