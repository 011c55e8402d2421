/** What loading gives: a project, its BSPs, and definitions as far as they could be loaded. */
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { Diagnostic, Finding } from '../diagnostics/diagnostic.ts'
import type { Layers } from '../layers/compose.ts'
import type { DefinitionSource } from './source.ts'

export interface Project {
  /** Absolute real path of the folder with strux.config.ts or strux.yaml. */
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
  /** Layers merged; paths are as seen from the BSP's folder. */
  readonly data: BspData
  /** There where the definition has layers. */
  readonly layers?: Layers
}

/** A definition as far as it could be loaded. Later stages add findings of their own with `diagnose`. */
export interface Loaded<T> {
  /** There where nothing is an error. */
  readonly value?: T
  /** Where it was written; not there where it could not be compiled. */
  readonly source?: DefinitionSource
  /** What the module exports, or the file says, valid or not. */
  readonly exported?: unknown
  /** Complaints about values, not yet located. */
  readonly findings: readonly Finding[]
  /** Complaints whose place is known already: of compiling and evaluating. */
  readonly diagnostics: readonly Diagnostic[]
}

/** The BSPs are known even where the configuration is wrong, so that all can be checked at once. */
export interface LoadedProject extends Loaded<Project> {
  readonly root: string
  readonly bsps: readonly BspLocation[]
}
