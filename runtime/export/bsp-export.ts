/** The input of an export of one BSP, which its parts share. */
import type { FileStates } from '../cache/file-states.ts'
import type { Bsp, Project } from '../load/loaded.ts'
import type { Plan } from '../model/plan.ts'
import type { FileSet } from './files.ts'

export interface BspExport {
  readonly root: string
  readonly project: Project
  readonly bsp: Bsp
  readonly plan: Plan
  readonly fileStates: FileStates
  readonly files: FileSet
  /** The project's files that contain its definitions. */
  readonly definitions: ReadonlySet<string>
  readonly lossy: boolean
  /** The value of `strux_version`. */
  readonly version: string
}
