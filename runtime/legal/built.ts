/** What the components of a built BSP are collected from. */
import { join } from 'node:path'
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { PackageVariant } from '../model/packages.ts'
import { cacheFolder } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'

export interface Built {
  readonly root: string
  readonly project: ProjectData
  readonly bsp: BspData
  /** The folder that `./` means in the BSP, relative to the project. */
  readonly folder: string
  readonly packages: readonly PackageVariant[]
  readonly plan: Plan
  readonly suite: string
  /** Collects complaints about what could not be found. */
  readonly missing: (message: string) => void
}

/** The absolute path of a file in the BSP's cache. */
export const cached = ({ root, plan }: Built, ...path: string[]): string =>
  join(root, cacheFolder(plan.bsp), ...path)

/** What a step of the plan was given, by key; undefined if the plan has no such step. */
export function stepConfig({ plan }: Built, step: string): Readonly<Record<string, unknown>> | undefined {
  const node = plan.nodes.find(each => each.kind === 'step' && each.id === step)
  return node?.kind === 'step' ? node.config : undefined
}
