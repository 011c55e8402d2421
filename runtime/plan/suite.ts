/** The Debian suite of a project. */
import { PROJECT_DEFAULTS, type ProjectData } from '../../lib/schema.ts'

/** Of builder images and devices alike, such as `trixie`. */
export const suiteOf = (project: ProjectData): string =>
  project.builder?.suite ?? PROJECT_DEFAULTS.builder.suite
