/** The Debian suite of a project. */
import { PROJECT_DEFAULTS, type ProjectData } from '../../lib/schema.ts'

/** For builder images and devices alike, such as `trixie`. */
export const suiteOf = (project: ProjectData): string =>
  project.builder?.suite ?? PROJECT_DEFAULTS.builder.suite
