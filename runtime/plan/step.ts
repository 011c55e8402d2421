/**
 * The planner's data about a step: name, position, condition, inputs and outputs. Source of inputs and outputs:
 * facts about the original's steps. Inputs that the original forgets are declared as well.
 */
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { ToolGroup } from '../../lib/tools.ts'
import type { SourcePlace } from '../model/extensions.ts'
import type { PackageVariant } from '../model/packages.ts'
import type { CalledScript, PathRef, StepHook, TargetArch } from '../model/plan.ts'

export interface StepFacts {
  readonly project: ProjectData
  readonly bsp: BspData
  readonly bspName: string
  readonly target: TargetArch
  readonly host: TargetArch
  readonly packages?: readonly PackageVariant[]
  /** The folders of the BSP and the application, relative to the project. */
  readonly bspFolder: string
  readonly application: string
  /** The hooks that have handlers in this build, by name. */
  readonly handled: ReadonlySet<string>
}

/** The steps that a project can switch off. */
export type OptionalStep = keyof NonNullable<NonNullable<ProjectData['build']>['steps']>

export interface StepDeclaration {
  readonly name: string
  /** For messages. */
  readonly title: string
  /** The name of its body, if several steps share one. Default: its own name. */
  readonly body?: string
  /** The step comes after the scripts of this hook. */
  readonly follows: string
  /** Whether the definition asks for the step. */
  readonly exists: (facts: StepFacts) => boolean
  /** Another step of the device that the step's result needs there, and why. */
  readonly needs?: { readonly step: OptionalStep; readonly why: string }
  /** The package groups of its builder image. */
  readonly tools: (facts: StepFacts) => readonly ToolGroup[]
  /** Debian packages of its builder image, in addition to those of the groups. */
  readonly packages?: (facts: StepFacts) => readonly string[]
  /** Whether its commands use loop devices. Default: no. */
  readonly loopDevices?: (facts: StepFacts) => boolean
  /** True if all BSPs of the project use the outputs. */
  readonly shared: boolean
  readonly inputs: (facts: StepFacts) => readonly PathRef[]
  readonly outputs: (facts: StepFacts) => readonly PathRef[]
  /** The scripts of the definition that its own commands run, in order. Default: none. */
  readonly hooks?: (facts: StepFacts) => readonly StepHook[]
  /** Finds a script that its own commands run. */
  readonly locate?: (script: CalledScript, facts: StepFacts) => Promise<SourcePlace | undefined>
  /** The values of the definition that the step reads, by key. */
  readonly config: (facts: StepFacts) => Readonly<Record<string, unknown>>
}
