/** The input of the planner: validated data, and the facts that it does not look up itself. */
import type { BspData, ProjectData, ProjectScriptData, ScriptData } from '../../lib/schema.ts'
import type { Extensions } from '../model/extensions.ts'
import type { PackageVariant } from '../model/packages.ts'
import type { TargetArch } from '../model/plan.ts'

export interface PlanInput {
  readonly project: ProjectData
  readonly bsp: BspData
  /** Parallel to the BSP's scripts: the data of each script that a board provides. */
  readonly boardScripts?: readonly (BoardScript | undefined)[]
  readonly extensions?: Extensions
  /** The source packages of the build, each after those that it depends on. */
  readonly packages?: readonly PackageVariant[]
  /** Debian packages that extensions add to every builder image of the BSP. */
  readonly hostPackages?: readonly string[]
  /** The number of make's parallel jobs, if an extension chooses it. */
  readonly makeJobs?: number
  /** The number of make's jobs without such a choice, for handlers of extensions. */
  readonly processors?: number
  /** The lowest layer of the BSP. */
  readonly family?: string
  readonly bspName: string
  /** Relative to the project, with `/`. */
  readonly bspFolder: string
  readonly host: TargetArch
  /** This tool's version, for STRUX_VERSION. */
  readonly version: string
  /** The project's path as build scripts see it: `/project`, or the real path in builds without containers. */
  readonly root: string
  /** The project's real path, for commands on the host. */
  readonly hostRoot: string
}

/** A script that a board provides: the board, and the paths as the board wrote them. */
export interface BoardScript {
  readonly layer: string
  /** The board's folder, relative to the project. */
  readonly folder: string
  readonly location?: string
  readonly depends_on?: readonly string[]
}

/** An entry of the author's data that becomes a script of the plan. */
export interface ScriptEntry {
  readonly data: ScriptData | ProjectScriptData | Omit<ScriptData, 'step'>
  readonly hook: string
  readonly index: number
  readonly source: 'bsp' | 'project'
  /** The keys that lead to the entry. Default: `scripts` and the index. */
  readonly keys?: readonly (string | number)[]
  /** How the script is called, if not as bash text without arguments. */
  readonly call?: EntryCall
  /** For a board's script: its paths as the board wrote them, for messages. */
  readonly board?: BoardScript
}

/** The call of a script. Its paths are `./x` in the BSP's folder, or relative to the project. */
export interface EntryCall {
  /** After those that the harness gives. */
  readonly args: readonly string[]
  /** Default: the project. */
  readonly cwd?: string
  /** Variables for the harness, which the script itself does not get. */
  readonly setup?: Readonly<Record<string, string>>
  /** Debian packages in its builder image, beside its tools. */
  readonly packages?: readonly string[]
  /** Whether it runs on the machine that builds. Default: as the hook says. */
  readonly onHost?: boolean
}
