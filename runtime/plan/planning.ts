/** Steps see less than scripts, and those that serve every BSP nothing of the BSP. */
export type StepKind = 'step' | 'shared step'

/** What the parts of planning share: the input, the facts derived from it, and where complaints go. */
import { type BspData, PROJECT_DEFAULTS, type ProjectData } from '../../lib/schema.ts'
import type { ToolGroup } from '../../lib/tools.ts'
import type { Finding } from '../load/diagnostic.ts'
import type { StepFacts } from '../steps/declaration.ts'
import { suiteOf } from '../steps/settings.ts'
import { targetArch } from './arch.ts'
import { builderFor } from './builder.ts'
import {
  boardEnvironment,
  CONTAINER_ROOT,
  type EnvironmentFacts,
  flashEnvironment,
  scriptEnvironment,
  sharedStepEnvironment,
  stepEnvironment,
  withoutUnhashed,
} from './environment.ts'
import type { BuilderRef, PlanHook, PlanNode, TargetArch } from './model.ts'

export interface PlanInput {
  readonly project: ProjectData
  readonly bsp: BspData
  /** Of the BSP's scripts, by index, those that a board brings. */
  readonly boardScripts?: readonly (BoardScript | undefined)[]
  readonly bspName: string
  /** Relative to the project, with `/`. */
  readonly bspFolder: string
  readonly host: TargetArch
  /** This tool's version, for STRUX_VERSION. */
  readonly version: string
  /** The project as build scripts see it: `/project`, or its real path where builds run without containers. */
  readonly root: string
  /** The project's real path, for what runs on the host. */
  readonly hostRoot: string
}

/** What the plan has to know of a script that a board brings: whose it is, and what the board wrote for its paths. */
export interface BoardScript {
  readonly layer: string
  /** The board's folder, relative to the project. */
  readonly folder: string
  readonly location?: string
  readonly depends_on?: readonly string[]
}

export interface Planning extends PlanInput {
  readonly facts: EnvironmentFacts
  readonly stepFacts: StepFacts
  readonly report: (finding: Finding) => void
  /** The builder image for a node that wants these tools; without them, the usual ones. */
  readonly builder: (tools: readonly ToolGroup[] | undefined) => BuilderRef
  /** What a script of this hook or such a step sees, and what of it counts for fingerprints. One object for all alike. */
  readonly environment: (
    reader: PlanHook | StepKind,
    boardFolder?: string,
  ) => Pick<PlanNode, 'env' | 'hashedEnv'>
}

export function planningOf(input: PlanInput, report: (finding: Finding) => void): Planning {
  const target = targetArch(input.bsp.arch, input.host)
  const { builder, build } = input.project
  const made = new Map<string, BuilderRef>()
  const builderOf = (tools: readonly ToolGroup[] | undefined): BuilderRef => {
    const key = tools?.join() ?? 'usual'
    const known = made.get(key)
    if (known) return known
    const ref = builderFor({
      ...(builder?.image === undefined ? {} : { image: builder.image }),
      suite: suiteOf(input.project),
      tools,
      target,
      host: input.host,
      hostPackages: build?.host_packages ?? [],
    })
    made.set(key, ref)
    return ref
  }
  const facts: EnvironmentFacts = { ...input, target }
  const environments = new Map<string, Pick<PlanNode, 'env' | 'hashedEnv'>>()
  const environment: Planning['environment'] = (reader, boardFolder) => {
    const key = boardFolder === undefined ? reader : `${reader} ${boardFolder}`
    let known = environments.get(key)
    if (!known) {
      const onHost = reader === 'flash_script' || reader === 'flash_script_tool'
      const at = (root: string) => {
        if (reader === 'step') return stepEnvironment(facts, root)
        if (reader === 'shared step') return sharedStepEnvironment(root)
        const own = onHost ? flashEnvironment(facts, reader, root) : scriptEnvironment(facts, reader, root)
        return boardFolder === undefined ? own : { ...own, ...boardEnvironment(boardFolder, root) }
      }
      const env = at(onHost ? input.hostRoot : input.root)
      known = { env, hashedEnv: withoutUnhashed(at(CONTAINER_ROOT)) }
      environments.set(key, known)
    }
    return known
  }
  return {
    ...input,
    facts,
    stepFacts: { ...input, target, application: input.project.application ?? PROJECT_DEFAULTS.application },
    report,
    builder: builderOf,
    environment,
  }
}
