/** The outputs of all source packages, put together for scripts, for the root filesystem and the output folder. */
import { cacheFolder } from '../../model/paths.ts'
import { packagesFolder } from '../../plan/environment.ts'
import type { StepDeclaration, StepFacts } from '../../plan/step.ts'
import { digestOf } from '../package/places.ts'
import { scriptsAt } from '../package/recipe.ts'
import { file } from '../refs.ts'

export const packages: StepDeclaration = {
  name: 'packages',
  title: 'Source packages',
  follows: 'after_bootloader',
  exists: hasPackages,
  tools: () => [],
  shared: false,
  inputs: ({ bspName, packages = [] }) => packages.map(each => file(digestOf(bspName, each))),
  outputs: ({ bspName }) =>
    ['host', 'staging', 'files', 'files.list'].map(name => file(`${packagesFolder(bspName)}/${name}`)),
  config: ({ packages = [] }) => ({
    packages: packages.map(({ id, variant, package: { data } }) => ({
      id,
      variant,
      replaces: data.replaces,
    })),
  }),
}

export function hasPackages({ packages = [] }: Pick<StepFacts, 'packages'>): boolean {
  return packages.length > 0
}

/** The files of packages that the root filesystem gets. */
export const packageFiles = ({ bspName }: StepFacts) => [
  file(`${cacheFolder(bspName)}/packages/files`),
  file(`${cacheFolder(bspName)}/packages/files.list`),
]

/** What packages say about the root filesystem, in the order in which they are built. */
export function packageSettings({ packages = [] }: Pick<StepFacts, 'packages'>) {
  const target = packages.filter(each => each.variant === 'target').map(each => each.package.data)
  return {
    users: target.flatMap(each => each.users ?? []),
    permissions: target.flatMap(each => each.permissions ?? []),
    units: target.flatMap(({ units = [] }) => (units === 'all' ? [] : units)),
    all_units_of: target.filter(each => each.units === 'all').map(each => each.name),
  }
}

/** A script that finishes the root filesystem. */
export interface FinalScript {
  /** The package, or the BSP. */
  readonly of: string
  /** Index in the list of its scripts. */
  readonly index: number
  readonly text: string
  /** For a package: the folder of its file, relative to the project, and its version. */
  readonly package?: { readonly folder: string; readonly version?: string }
}

/** All `target_finalize` scripts: those of packages in the order in which they are built, then those of the BSP. */
export function finalScripts({
  packages = [],
  bsp,
  bspName,
}: Pick<StepFacts, 'packages' | 'bsp' | 'bspName'>): readonly FinalScript[] {
  const ofPackages = packages
    .filter(each => each.variant === 'target')
    .flatMap(({ package: { data, folder } }) =>
      scriptsAt(data.hooks, 'target_finalize').map(({ text }, index) => ({
        ...{ of: data.name, index, text },
        package: { folder, ...(data.version !== undefined && { version: data.version }) },
      })),
    )
  const { target_finalize } = bsp
  const ofBsp = scriptsAt(target_finalize && { target_finalize }, 'target_finalize')
  return [...ofPackages, ...ofBsp.map(({ text }, index) => ({ of: bspName, index, text }))]
}
