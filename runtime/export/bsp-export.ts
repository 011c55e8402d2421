/** The BSPs of an export, and the input that the parts of one BSP's export share. */
import type { FileStates } from '../cache/file-states.ts'
import type { Bsp, Project } from '../load/loaded.ts'
import type { DefinitionSource } from '../load/source.ts'
import type { Plan } from '../model/plan.ts'
import type { FileSet } from './files.ts'

/** A BSP that loads and can be planned. */
export interface ExportedBsp {
  /** The project with the changes of this BSP's extensions. */
  readonly project: Project
  readonly bsp: Bsp
  readonly plan: Plan
  readonly fileStates: FileStates
  readonly source: DefinitionSource | undefined
}

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
