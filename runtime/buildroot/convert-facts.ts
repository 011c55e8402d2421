/** What the parts of a conversion share: facts about the tree, and the sink for diagnostics. */
import type { INFRASTRUCTURES } from '../../lib/schema/package.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { EvaluatedHook } from './evaluated.ts'
import type { MakefilePlace, MakefilePlaces } from './makefile-places.ts'

export interface ConvertFacts {
  /** The project, absolute, and its path in evaluated text. */
  readonly projectRoot: string
  readonly root: string
  /** The tree's folder, relative to the project. */
  readonly tree: string
  readonly places: MakefilePlaces
  /** Names of the tree's packages. */
  readonly names: ReadonlySet<string>
  /** Additions to the table of Debian's packages. */
  readonly debian: Readonly<Record<string, readonly string[]>>
  /** Packages that the configuration selects for each variant. */
  readonly selected: Readonly<Record<'target' | 'host', readonly string[]>>
  /** Debian's package of kernel headers, if the BSP has no kernel of its own. */
  readonly kernelHeaders?: string
  /** Variables that makefiles of the tree read and nothing defines. */
  readonly missing: ReadonlySet<string>
  /** Hooks for the whole image that belong to no package by their names. */
  readonly finalize: readonly EvaluatedHook[]
}

/** How a package is built. */
export type Infrastructure = (typeof INFRASTRUCTURES)[number]

/** Adds a diagnostic. */
export type Report = (
  severity: Diagnostic['severity'],
  code: string,
  message: string,
  hint: string,
  at: MakefilePlace,
) => void
