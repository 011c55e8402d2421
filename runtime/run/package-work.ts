/** Work on one source package outside ordinary builds: fresh phases, its source alone, a clean slate. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PACKAGE_PHASES, type PackagePhase } from '../../lib/hooks/package.ts'
import { Records } from '../cache/records.ts'
import { StruxError } from '../diagnostics/error.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { PackageVariant } from '../model/packages.ts'
import type { StepNode } from '../model/plan.ts'
import { packagesFolder } from '../plan/environment.ts'
import type { Report } from '../report/events.ts'
import { removeWhole } from '../state/remove.ts'
import { packageBodyOf } from '../steps/package/body.ts'
import { buildName, outputsOf, packageNode, stampsOf } from '../steps/package/places.ts'
import { openExecutor } from './executors.ts'
import { BuildLocks } from './locks.ts'
import { runStep } from './step-commands.ts'
import type { Workspace } from './workspace.ts'

/** The phases that make the source. */
const SOURCE_PHASES: readonly PackagePhase[] = ['download', 'extract', 'rsync', 'patch']

export interface WorkSurroundings {
  /** The command's name, shown to another process that waits for this one. */
  readonly command: string
  readonly report: Report
  readonly signal: AbortSignal
}

export interface PackageWork {
  readonly variant: PackageVariant
  readonly node: StepNode
}

/** The package with this name (`NAME`, `host-NAME`) in the plan. Throws a StruxError if there is none. */
export function findPackage({ bsp, plan }: Workspace, name: string): PackageWork {
  const all = bsp.packages ?? []
  const variant = all.find(each => each.id === name) ?? all.find(each => each.id === `host-${name}`)
  const node = variant && plan.nodes.find(each => each.id === packageNode(variant.id))
  if (variant && node?.kind === 'step') return { variant, node }
  const names = all.map(each => each.id)
  const near = suggest(name, names)
  const hint = names.length > 0 ? `Its packages: ${names.join(', ')}.` : 'List packages in the BSP: packages.'
  throw new StruxError(`${plan.bsp} has no package '${name}'`, {
    hint: near ? `Did you mean '${near}'?` : hint,
    exitCode: 2,
  })
}

/** Runs `work` while no build of the BSP runs. */
export async function whileNoBuild<T>(
  { root, plan }: Workspace,
  surroundings: WorkSurroundings,
  work: (locks: BuildLocks) => T | Promise<T>,
): Promise<T> {
  const locks = new BuildLocks(root, plan.bsp, { wait: true, ...surroundings })
  const lock = await locks.lockBsp()
  try {
    return await work(locks)
  } finally {
    lock.release()
  }
}

/**
 * Fetches, unpacks and patches the source into a fresh build folder, and stops. The next build goes on there. Returns
 * the folder.
 */
export async function extractPackage(
  workspace: Workspace,
  { variant, node }: PackageWork,
  surroundings: WorkSurroundings,
): Promise<string> {
  const { root, plan, pipeline } = workspace
  const stamps = join(root, stampsOf(plan.bsp, variant))
  return whileNoBuild(workspace, surroundings, async locks => {
    for (const phase of SOURCE_PHASES) removeWhole(join(stamps, phase))
    const records = new Records(root, plan)
    records.setNode('step', node.id, undefined)
    records.save()
    const executor = await openExecutor(workspace, [node.builder], {
      ...{ notice: locks.notice, signal: surroundings.signal, whileShared: locks.whileShared },
    })
    try {
      const context = { ...{ root, plan, pipeline, executor }, ...surroundings }
      await runStep(node, packageBodyOf(SOURCE_PHASES), async () => {}, context)
    } finally {
      await executor.close()
    }
    return buildFolder(workspace, variant)
  })
}

/**
 * Makes the next build begin at a phase, in the build folder as it is; files that changed in a local source are
 * copied over it.
 */
export function beginAt({ root, plan }: Workspace, { variant }: PackageWork, phase: PackagePhase): void {
  const stamps = join(root, stampsOf(plan.bsp, variant))
  mkdirSync(stamps, { recursive: true })
  for (const each of PACKAGE_PHASES.slice(PACKAGE_PHASES.indexOf(phase))) removeWhole(join(stamps, each))
  removeWhole(join(stamps, 'rsync'))
  writeFileSync(join(stamps, '.update'), '')
}

/** Undoes `beginAt` for a build that failed before it came to the package: a later one must not begin there. */
export function forgetBeginning({ root, plan }: Workspace, { variant }: PackageWork): void {
  removeWhole(join(root, stampsOf(plan.bsp, variant), '.update'))
}

/** Deletes the build folder and everything that the package made. */
export function cleanPackage({ root, plan }: Workspace, { variant }: PackageWork): void {
  const places = [stampsOf(plan.bsp, variant), outputsOf(plan.bsp, variant)]
  for (const path of [buildFolder({ plan }, variant), ...places]) removeWhole(join(root, path))
}

const buildFolder = ({ plan }: Pick<Workspace, 'plan'>, variant: PackageVariant): string =>
  `${packagesFolder(plan.bsp)}/build/${buildName(variant)}`
