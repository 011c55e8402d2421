/** The context that the parts of planning share: the input, facts derived from it, and the list of findings. */
import { PROJECT_DEFAULTS } from '../../lib/schema.ts'
import type { ToolGroup } from '../../lib/tools.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import type { BuilderRef, PlanNode } from '../model/plan.ts'
import { targetArch } from './arch.ts'
import { builderFor } from './builder.ts'
import {
  boardEnvironment,
  CONTAINER_ROOT,
  type EnvironmentFacts,
  flashEnvironment,
  folderEnvironment,
  scriptEnvironment,
  sharedStepEnvironment,
  stepEnvironment,
  withoutUnhashed,
} from './environment.ts'
import type { PlanInput } from './input.ts'
import type { Pipeline } from './pipeline.ts'
import type { StepFacts } from './step.ts'
import { suiteOf } from './suite.ts'

/** A step's environment is smaller than a script's; a shared step's has no variable of the BSP. */
export type StepKind = 'step' | 'shared step'

/** A script of the build at a hook, or one that a command runs on the host. */
export interface ScriptReader {
  readonly hook: string
  readonly onHost: boolean
  /** Whether it is a script of `strux flash`. */
  readonly flashes: boolean
  /** Whether it gets the folders of source packages. */
  readonly folders: boolean
  /** For a board's script: the board's folder. */
  readonly boardFolder?: string | undefined
}

export interface Planning extends PlanInput {
  readonly pipeline: Pipeline
  readonly facts: EnvironmentFacts
  readonly stepFacts: StepFacts
  readonly report: (finding: Finding) => void
  /** The builder image with these tools (default: the default groups) and additional Debian packages. */
  readonly builder: (tools: readonly ToolGroup[] | undefined, packages?: readonly string[]) => BuilderRef
  /**
   * The environment of a script or step, and the part of it that counts in fingerprints. Equal readers share
   * one object.
   */
  readonly environment: (reader: StepKind | ScriptReader) => Pick<PlanNode, 'env' | 'hashedEnv'>
}

export function planningOf(
  input: PlanInput,
  pipeline: Pipeline,
  report: (finding: Finding) => void,
): Planning {
  const target = targetArch(input.bsp.arch, input.host)
  const { builder, build } = input.project
  const made = new Map<string, BuilderRef>()
  const builderOf: Planning['builder'] = (tools, packages = []) => {
    const key = JSON.stringify([tools, packages])
    const known = made.get(key)
    if (known) return known
    const ref = builderFor({
      ...(builder?.image === undefined ? {} : { image: builder.image }),
      suite: suiteOf(input.project),
      tools,
      packages,
      target,
      host: input.host,
      hostPackages: [...(build?.host_packages ?? []), ...(input.hostPackages ?? [])],
    })
    made.set(key, ref)
    return ref
  }
  const facts: EnvironmentFacts = { ...input, target }
  const environments = new Map<string, Pick<PlanNode, 'env' | 'hashedEnv'>>()
  const environment: Planning['environment'] = reader => {
    const key = typeof reader === 'string' ? reader : JSON.stringify(reader)
    const known = environments.get(key)
    if (known) return known
    const at = (root: string) => environmentOf(reader, facts, root)
    const onHost = typeof reader !== 'string' && reader.onHost
    const made = {
      env: at(onHost ? input.hostRoot : input.root),
      hashedEnv: withoutUnhashed(at(CONTAINER_ROOT)),
    }
    environments.set(key, made)
    return made
  }
  return {
    ...input,
    pipeline: { ...pipeline, steps: [...(pipeline.stepsOf?.(input) ?? []), ...pipeline.steps] },
    facts,
    stepFacts: {
      ...input,
      target,
      application: input.project.application ?? PROJECT_DEFAULTS.application,
      handled: new Set(input.extensions?.handlers.map(handler => handler.hook)),
    },
    report,
    builder: builderOf,
    environment,
  }
}

function environmentOf(reader: StepKind | ScriptReader, facts: EnvironmentFacts, root: string) {
  if (reader === 'step') return stepEnvironment(facts, root)
  if (reader === 'shared step') return sharedStepEnvironment(root)
  const { hook, flashes, folders, boardFolder } = reader
  return {
    ...(flashes ? flashEnvironment(facts, hook, root) : scriptEnvironment(facts, hook, root)),
    ...(folders && folderEnvironment(facts, root)),
    ...(boardFolder !== undefined && boardEnvironment(boardFolder, root)),
  }
}
