/** Finds a project and its BSPs and loads them: the validated data that a plan is made of. */
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { Diagnostic, Finding } from './diagnostic.ts'

export interface Project {
  /** Absolute path of the folder with strux.config.ts. */
  readonly root: string
  readonly config: ProjectData
  /** Every BSP of the project, by name, in the order of their names. */
  readonly bsps: readonly BspLocation[]
}

export interface BspLocation {
  /** The folder's name (of `bsp/NAME/bsp.ts`), else the file's. What commands take and what `{bsp}` stands for in paths. */
  readonly name: string
  /** Relative to the project, with `/`: the module, and the folder that `./` means. */
  readonly file: string
  readonly folder: string
}

export interface Bsp extends BspLocation {
  readonly data: BspData
}
export type { Diagnostic, Finding }
