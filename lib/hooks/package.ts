/**
 * The hooks of source packages: a pre and a post list around each phase. This table is behind the types, the
 * validation, the order of a package's work and the reference. Rows are in execution order. Source: the page of
 * package hooks; the facts about the order and the conditions of phases.
 */
import type { HookRow } from './row.ts'

/** The phases of a source package in order. A package with a local source has `rsync` in place of the first three. */
export const PACKAGE_PHASES = [
  'download',
  'extract',
  'rsync',
  'patch',
  'configure',
  'build',
  'install',
  'install_staging',
  'install_target',
  'install_images',
  'legal_info',
] as const

export type PackagePhase = (typeof PACKAGE_PHASES)[number]

export interface PackageHookRow extends HookRow {
  readonly phase: PackagePhase | 'target_finalize'
  /** The variant that has the phase. Default: both. */
  readonly variant?: 'host' | 'target'
  /** The kind of source that the phase is for. Default: both. */
  readonly sources?: 'local' | 'fetched'
  /** The setting of the package that the phase needs. */
  readonly setting?: 'install_staging' | 'install_target' | 'install_images'
}

const INSIDE = { relation: 'within', step: 'package', runs_in: 'session', called: 'step' } as const
const FETCHED = { ...INSIDE, sources: 'fetched' } as const
const LOCAL = { ...INSIDE, sources: 'local' } as const
const HOST = { ...INSIDE, variant: 'host' } as const
const TARGET = { ...INSIDE, variant: 'target' } as const
const STAGING = { ...TARGET, phase: 'install_staging', setting: 'install_staging' } as const
const TARGET_FOLDER = { ...TARGET, phase: 'install_target', setting: 'install_target' } as const
const IMAGES = { ...TARGET, phase: 'install_images', setting: 'install_images' } as const

export const PACKAGE_HOOKS = [
  { ...FETCHED, name: 'pre_download', phase: 'download', doc: 'Before the source is fetched.' },
  { ...FETCHED, name: 'post_download', phase: 'download', doc: 'After the source has been fetched.' },
  { ...FETCHED, name: 'pre_extract', phase: 'extract', doc: 'Before the source is unpacked.' },
  { ...FETCHED, name: 'post_extract', phase: 'extract', doc: 'After the source has been unpacked.' },
  {
    ...LOCAL,
    name: 'pre_rsync',
    phase: 'rsync',
    doc: 'Before a local source is copied to the build folder; it may create SRCDIR.',
  },
  {
    ...LOCAL,
    name: 'post_rsync',
    phase: 'rsync',
    doc: 'After a local source has been copied without its version control; SRCDIR is the source, D the copy.',
  },
  { ...FETCHED, name: 'pre_patch', phase: 'patch', doc: 'Before the patches are applied.' },
  { ...FETCHED, name: 'post_patch', phase: 'patch', doc: 'After the patches have been applied.' },
  { ...INSIDE, name: 'pre_configure', phase: 'configure', doc: 'Before the package is configured.' },
  { ...INSIDE, name: 'post_configure', phase: 'configure', doc: 'After the package has been configured.' },
  { ...INSIDE, name: 'pre_build', phase: 'build', doc: 'Before the package is compiled.' },
  { ...INSIDE, name: 'post_build', phase: 'build', doc: 'After the package has been compiled.' },
  { ...HOST, name: 'pre_install', phase: 'install', doc: 'Before a host package is installed in HOST_DIR.' },
  {
    ...HOST,
    name: 'post_install',
    phase: 'install',
    doc: 'After a host package has been installed in HOST_DIR.',
  },
  { ...STAGING, name: 'pre_install_staging', doc: 'Before the package is installed in STAGING_DIR.' },
  { ...STAGING, name: 'post_install_staging', doc: 'After the package has been installed in STAGING_DIR.' },
  { ...TARGET_FOLDER, name: 'pre_install_target', doc: 'Before the package is installed in TARGET_DIR.' },
  {
    ...TARGET_FOLDER,
    name: 'post_install_target',
    doc: 'After the package has been installed in TARGET_DIR.',
  },
  { ...IMAGES, name: 'pre_install_images', doc: 'Before the package puts its images into BINARIES_DIR.' },
  { ...IMAGES, name: 'post_install_images', doc: 'After the package has put its images into BINARIES_DIR.' },
  { ...INSIDE, name: 'pre_legal_info', phase: 'legal_info', doc: 'Before the licence texts are collected.' },
  {
    ...INSIDE,
    name: 'post_legal_info',
    phase: 'legal_info',
    doc: 'After the licence texts have been collected.',
  },
  {
    ...TARGET,
    name: 'target_finalize',
    step: 'rootfs_post',
    phase: 'target_finalize',
    doc: 'After all packages are in the root filesystem, before overlays and images; TARGET_DIR is the whole root filesystem.',
  },
] as const satisfies readonly PackageHookRow[]

type Row = (typeof PACKAGE_HOOKS)[number]

/** The name of a hook of source packages. */
export type PackageHook = Row['name']
/** The hooks of target packages, and those of host packages. */
export type TargetPackageHook = Exclude<Row, { variant: 'host' }>['name']
export type HostPackageHook = Exclude<Row, { variant: 'target' }>['name']

/** The names alone, in execution order. */
export const PACKAGE_HOOK_NAMES = PACKAGE_HOOKS.map(row => row.name) as [PackageHook, ...PackageHook[]]

/** What decides which phases a variant of a package has. */
export interface PackageConditions {
  readonly variant: 'host' | 'target'
  readonly sources: 'local' | 'fetched'
  readonly install_staging: boolean
  readonly install_target: boolean
  readonly install_images: boolean
}

/** The reason why a hook never runs for this variant, and the remedy; undefined if it runs. */
export function reasonHookNever(
  hook: PackageHook,
  conditions: PackageConditions,
): { readonly message: string; readonly hint: string } | undefined {
  const row: PackageHookRow = PACKAGE_HOOKS.find(each => each.name === hook)!
  const { variant, sources, setting } = row
  if (variant !== undefined && variant !== conditions.variant) {
    return variant === 'host'
      ? {
          message: `${hook} runs only for host packages`,
          hint: `put it into host.hooks, or use ${hook}_target`,
        }
      : { message: `${hook} runs only for target packages`, hint: 'put it into hooks of the package itself' }
  }
  if (sources !== undefined && sources !== conditions.sources) {
    return sources === 'local'
      ? { message: `${hook} runs only for local sources`, hint: 'use the same side of extract or patch' }
      : {
          message: `${hook} never runs for a local source, which is copied as it is`,
          hint: hook.startsWith('pre') ? 'use pre_rsync' : 'use post_rsync',
        }
  }
  if (setting !== undefined && !conditions[setting])
    return { message: `${hook} runs only with ${setting}: true`, hint: `set ${setting}: true` }
  return undefined
}

/** The packages that a hook runs for, in words; undefined for all. */
export function whichPackages({
  variant,
  sources,
  setting,
}: Pick<PackageHookRow, 'variant' | 'sources' | 'setting'>): string | undefined {
  const condition = setting === 'install_target' ? 'unless install_target is false' : `with ${setting}`
  const words = [
    ...(variant === undefined ? [] : [`${variant} variants`]),
    ...(sources === undefined ? [] : [`${sources} sources`]),
    ...(setting === undefined ? [] : [condition]),
  ]
  return words.length === 0 ? undefined : words.join(' ')
}

/** The phases of a variant in order. */
export function phasesOf(conditions: PackageConditions): readonly PackagePhase[] {
  return PACKAGE_PHASES.filter(phase =>
    PACKAGE_HOOKS.some(row => row.phase === phase && reasonHookNever(row.name, conditions) === undefined),
  )
}
