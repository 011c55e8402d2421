/**
 * What a plan has to know of a step: what it is called, where it stands, when it exists, what it reads and makes. Source of
 * inputs and outputs: facts about the original's steps; where the original forgets an input, it is declared all the same.
 */
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { ToolGroup } from '../../lib/tools.ts'
import type { PathRef, TargetArch } from '../model/plan.ts'

export interface StepFacts {
  readonly project: ProjectData
  readonly bsp: BspData
  readonly bspName: string
  readonly target: TargetArch
  /** The BSP's folder and the application's, relative to the project. */
  readonly bspFolder: string
  readonly application: string
}

export interface StepDeclaration {
  readonly name: string
  /** For people. */
  readonly title: string
  /** The hook after whose scripts the step stands. */
  readonly follows: string
  /** Whether the definition asks for the step at all. */
  readonly exists: (facts: StepFacts) => boolean
  /** The groups of packages that its builder image has. */
  readonly tools: (facts: StepFacts) => readonly ToolGroup[]
  /** True where the outputs serve every BSP of the project. */
  readonly shared: boolean
  readonly inputs: (facts: StepFacts) => readonly PathRef[]
  readonly outputs: (facts: StepFacts) => readonly PathRef[]
  /** The values of the definition that the step reads, by key. */
  readonly config: (facts: StepFacts) => Readonly<Record<string, unknown>>
}
