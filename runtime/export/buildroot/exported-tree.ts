/** An external tree of Buildroot while it is exported. */
import type { Bsp, Project } from '../../load/loaded.ts'
import type { PackageVariant } from '../../model/packages.ts'
import type { Plan } from '../../model/plan.ts'
import type { FileSet } from '../files.ts'
import type { Losses } from './losses.ts'

export interface BuildrootExport {
  readonly root: string
  readonly project: Project
  readonly bsp: Bsp
  readonly plan: Plan
  /** Absolute path of the target folder. */
  readonly out: string
  readonly lossy: boolean
}

/** What all parts of an export write to. */
export interface Tree extends BuildrootExport {
  readonly files: FileSet
  readonly losses: Losses
  /** The name in external.desc, and the variable with the tree's path. */
  readonly name: string
  readonly path: string
  /** The folder of the board's files. */
  readonly board: string
  /** The variants of each package by its name, in the order in which they are built. */
  readonly packages: ReadonlyMap<string, readonly PackageVariant[]>
}
