/** The results of loading: a project, its BSPs, and definitions as far as they could be loaded. */
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { Diagnostic, Finding } from '../diagnostics/diagnostic.ts'
import type { Configured } from '../extensions/configure.ts'
import type { Layers } from '../layers/compose.ts'
import type { Extensions } from '../model/extensions.ts'
import type { PackageVariant } from '../model/packages.ts'
import type { DefinitionSource } from './source.ts'

export interface Project {
  /** Absolute real path of the folder with strux.config.ts or strux.yaml. */
  readonly root: string
  readonly config: ProjectData
  /** Every BSP of the project, sorted by name. */
  readonly bsps: readonly BspLocation[]
}

export interface BspLocation {
  /** The folder's name (of `bsp/NAME/bsp.ts`), else the file's. Used in commands and for `{bsp}` in paths. */
  readonly name: string
  /** Relative to the project, with `/`: the module, and the folder that `./` means. */
  readonly file: string
  readonly folder: string
}

export interface Bsp extends BspLocation {
  /** With layers merged; paths are relative to the BSP's folder. */
  readonly data: BspData
  /** The source packages that it builds, each after those that it depends on. */
  readonly packages?: readonly PackageVariant[]
  /** Set if the definition has layers, or extensions that may change it. */
  readonly layers?: Layers
  readonly extensions?: Extensions
  /** Set if the definition has extensions: what their configuration hooks changed beside the BSP. */
  readonly configured?: Configured
}

/** A definition as far as it could be loaded. Later stages add their own findings with `diagnose`. */
export interface Loaded<T> {
  /** Set if no finding is an error. */
  readonly value?: T
  /** The definition's source; missing if it could not be compiled. */
  readonly source?: DefinitionSource
  /** The module's export or the file's content, valid or not. */
  readonly exported?: unknown
  /** Findings about values, not yet located. */
  readonly findings: readonly Finding[]
  /** Diagnostics with a known position, from compilation and evaluation. */
  readonly diagnostics: readonly Diagnostic[]
}

/** The BSPs are known even if the configuration has errors, so that all can be checked at once. */
export interface LoadedProject extends Loaded<Project> {
  readonly root: string
  readonly bsps: readonly BspLocation[]
}

/** A BSP's definition as data for a plan. */
export type ReadBsp = Pick<Loaded<Bsp>, 'value' | 'findings' | 'diagnostics'>
