/** A package of a Buildroot tree, as its makefile describes it, as a source package. */
import { posix } from 'node:path'
import type { PackageHook } from '../../lib/hooks/package.ts'
import { INFRASTRUCTURES, type PackageData, packageSchema } from '../../lib/schema/package.ts'
import type { Sh } from '../../lib/sh.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { sourceSettings } from './convert-source.ts'
import { userSettings } from './convert-users.ts'
import { debianPackages, KNOWN_PACKAGES } from './debian-packages.ts'
import type { EvaluatedHook, EvaluatedPackage } from './evaluate.ts'
import type { MakefilePlace, MakefilePlaces } from './makefile-places.ts'
import { recipeScript } from './recipe.ts'
import { shellWords } from './shell-words.ts'

export interface ConvertedPackage {
  /** Undefined if a diagnostic is an error. */
  readonly data?: PackageData
  /** The tree's folder of the package, relative to the project. */
  readonly folder: string
  /** Where its products are, relative to the folder of its source. */
  readonly buildFolder?: string
  readonly diagnostics: readonly Diagnostic[]
}

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
  /** Packages that the configuration selects for a variant. */
  readonly selected: readonly string[]
  /** Debian's package of kernel headers, if the BSP has no kernel of its own. */
  readonly kernelHeaders?: string
  /** Hooks for the whole image that belong to no package by their names. */
  readonly finalize: readonly EvaluatedHook[]
}

/** Adds a diagnostic. */
export type Report = (
  severity: Diagnostic['severity'],
  code: string,
  message: string,
  hint: string,
  at: MakefilePlace,
) => void

/** @param variants of one package: target, host, or both */
export function convertPackage(variants: readonly EvaluatedPackage[], facts: ConvertFacts): ConvertedPackage {
  const diagnostics: Diagnostic[] = []
  const report: Report = (severity, code, message, hint, at) =>
    diagnostics.push({ severity, code, message, hint, ...at, column: 1 })
  const target = variants.find(each => each.variant === 'target')
  const host = variants.find(each => each.variant === 'host')
  const main = (target ?? host)!
  const infra = infrastructure(main, facts, report)
  const source = sourceSettings(main, facts, report)
  const own = target && variantSettings(target, infra, source.isLocal, facts, report)
  const ofHost =
    host && variantSettings(host, infrastructure(host, facts, report), source.isLocal, facts, report)
  const isSet = (name: string) => main.variables[name]?.trim() === 'YES'
  const version = main.variables.VERSION?.trim()
  const license = main.variables.LICENSE?.trim()
  const licenseFiles = shellWords(main.variables.LICENSE_FILES ?? '')
  const subdir = subdirOf(main, report, facts)
  const data = {
    name: main.name,
    ...(version && { version }),
    ...source.settings,
    ...(infra !== 'generic' && { infra }),
    ...(subdir && { subdir }),
    ...(license && { license }),
    ...(licenseFiles.length > 0 && { license_files: licenseFiles }),
    ...(target ? own : { target: false }),
    ...(ofHost && { host: ofHost }),
    ...(target && {
      ...(isSet('INSTALL_STAGING') && { install_staging: true }),
      ...(target.variables.INSTALL_TARGET?.trim() === 'NO' && { install_target: false }),
      ...(isSet('INSTALL_IMAGES') && { install_images: true }),
      ...userSettings(target.variables),
      ...units(target),
    }),
  } as PackageData
  // What makefiles may say and packages may not, such as a version with a blank.
  for (const { message, path } of diagnostics.length > 0
    ? []
    : (packageSchema.safeParse(data).error?.issues ?? []))
    report(
      'error',
      'buildroot_unsupported',
      `${path.join('.')}: ${message}`,
      'change the makefile',
      facts.places.ofMacro(main.file),
    )
  const failed = diagnostics.some(each => each.severity === 'error')
  const buildFolder = buildFolderOf(main)
  return {
    ...(!failed && { data }),
    folder: main.folder,
    ...(buildFolder !== undefined && { buildFolder }),
    diagnostics,
  }
}

type Infrastructure = (typeof INFRASTRUCTURES)[number]

function infrastructure(
  { infra, isModule, file }: EvaluatedPackage,
  { places }: ConvertFacts,
  report: Report,
): Infrastructure {
  if (isModule) {
    if (infra !== 'generic')
      report(
        'error',
        'buildroot_unsupported',
        `a kernel module with ${infra}-package is not supported`,
        'use generic-package',
        places.ofMacro(file),
      )
    return 'kernel-module'
  }
  const known = INFRASTRUCTURES.find(each => each === infra)
  if (known) return known
  report(
    'error',
    'buildroot_unsupported',
    `the infrastructure ${infra}-package is not supported`,
    `supported are ${INFRASTRUCTURES.filter(each => each !== 'kernel-module').join('-package, ')}-package and kernel-module; take the package from Debian, or build it with generic-package`,
    places.ofMacro(file),
  )
  return 'generic'
}

function subdirOf(
  { variables, isModule, prefix, file }: EvaluatedPackage,
  report: Report,
  { places }: ConvertFacts,
): string {
  const subdir = variables.SUBDIR?.trim() ?? ''
  const folders = isModule ? shellWords(variables.MODULE_SUBDIRS ?? '') : []
  if (folders.length > 1)
    report(
      'error',
      'buildroot_unsupported',
      `${prefix}_MODULE_SUBDIRS has several folders`,
      'make a package for each',
      places.ofVariable(file, `${prefix}_MODULE_SUBDIRS`),
    )
  return posix.join(subdir, folders[0] ?? '').replace(/^\.$/, '')
}

function buildFolderOf({ infra, variables }: EvaluatedPackage): string | undefined {
  if (infra === 'meson') return 'buildroot-build'
  if (infra !== 'cmake') return undefined
  return variables.SUPPORTS_IN_SOURCE_BUILD?.trim() === 'NO' ? 'buildroot-build' : '.'
}

type Scripts = Partial<Record<PackageHook, Sh[]>>

/** Phases that a local source does not have: Buildroot never runs these hooks for one. */
const FETCHED = ['DOWNLOAD', 'EXTRACT', 'PATCH']

function variantSettings(
  variant: EvaluatedPackage,
  infra: Infrastructure,
  isLocal: boolean,
  facts: ConvertFacts,
  report: Report,
) {
  const { variables, prefix, file } = variant
  const { tree, places } = facts
  const isHost = variant.variant === 'host'
  const script = (lines: string) => recipeScript(lines, tree)
  const hooks: Scripts = {}
  const add = (hook: PackageHook, text: string | undefined) => {
    if (text?.trim()) hooks[hook] = [...(hooks[hook] ?? []), script(text)]
  }
  const hasSource = Boolean(variables.SITE?.trim())
  const listed = (list: string) =>
    variant.hooks.filter(hook => hook.list === list && toldHook(hook, variant, facts, report))
  // A package without a source has all phases in Buildroot. Here its folder is made by the phase rsync.
  if (!hasSource) {
    for (const phase of ['EXTRACT', 'PATCH']) {
      for (const hook of listed(`PRE_${phase}_HOOKS`)) add('post_rsync', hook.text)
      if (phase === 'EXTRACT') add('post_rsync', variables.EXTRACT_CMDS)
      for (const hook of listed(`POST_${phase}_HOOKS`)) add('post_rsync', hook.text)
    }
  }
  for (const list of new Set(variant.hooks.map(hook => hook.list))) {
    const [, side = '', phase = ''] = /^(PRE|POST)_(.*)_HOOKS$/.exec(list) ?? []
    if (!side || (!hasSource && FETCHED.includes(phase))) continue
    for (const hook of listed(list)) {
      const never = neverRuns(variant, phase, isLocal)
      if (phase === 'PREPARE') add('pre_configure', hook.text)
      else if (never === undefined) add(`${side}_${phase}`.toLowerCase() as PackageHook, hook.text)
      else
        report(
          'warning',
          'buildroot_hook_never_runs',
          `${hook.name} never runs: ${never}`,
          'Buildroot does not run it either',
          places.ofVariable(file, `${prefix}_${list}`, hook.name),
        )
    }
  }
  const recipes: Record<string, Sh> = {}
  const command = (phase: string, lines: string | undefined) => {
    if (lines?.trim()) recipes[phase] = script(lines)
  }
  if (hasSource) command('extract', variables.EXTRACT_CMDS)
  command('configure', variables.CONFIGURE_CMDS)
  if (infra === 'kernel-module') {
    // The module is built beside what the package itself does.
    hooks.pre_build = [
      ...(hooks.pre_build ?? []),
      ...(variables.BUILD_CMDS?.trim() ? [script(variables.BUILD_CMDS)] : []),
    ]
    add('pre_install_target', variables.INSTALL_TARGET_CMDS)
    if (hooks.pre_build.length === 0) delete hooks.pre_build
  } else {
    command('build', variables.BUILD_CMDS)
    if (isHost) command('install', variables.INSTALL_CMDS ?? installWith(variant, infra, 'INSTALL_OPTS'))
    else
      command(
        'install_target',
        variables.INSTALL_TARGET_CMDS ?? installWith(variant, infra, 'INSTALL_TARGET_OPTS'),
      )
  }
  if (!isHost) {
    command(
      'install_staging',
      variables.INSTALL_STAGING_CMDS ?? installWith(variant, infra, 'INSTALL_STAGING_OPTS'),
    )
    command('install_images', variables.INSTALL_IMAGES_CMDS)
    if (variables.INSTALL_INIT_SYSTEMD?.trim())
      hooks.post_install_target = [
        script(variables.INSTALL_INIT_SYSTEMD),
        ...(hooks.post_install_target ?? []),
      ]
    else if (variables.INSTALL_INIT_SYSV?.trim())
      report(
        'warning',
        'buildroot_sysv',
        `${variant.name} starts by an init script of System V only; the device has systemd`,
        `define ${prefix}_INSTALL_INIT_SYSTEMD`,
        places.ofVariable(file, `${prefix}_INSTALL_INIT_SYSV`),
      )
    const finalize = [
      ...listed('TARGET_FINALIZE_HOOKS'),
      ...facts.finalize.filter(hook => toldHook(hook, variant, facts, report)),
    ]
    for (const hook of finalize) add('target_finalize', hook.text)
    for (const hook of listed('ROOTFS_PRE_CMD_HOOKS')) add('target_finalize', hook.text)
  }
  if (variables.AUTORECONF?.trim() === 'YES')
    add(
      'pre_configure',
      `cd "${variables.SRCDIR}" && autoreconf --force --install ${variables.AUTORECONF_OPTS ?? ''}`,
    )
  const dependencies = dependenciesOf(variant, infra, facts, report)
  const confEnv = environment(variables.CONF_ENV)
  const makeOpts = [
    variables.MAKE_ENV,
    variables.BUILD_OPTS,
    variables.MAKE_OPTS,
    variables.NINJA_OPTS,
    variables.MODULE_MAKE_OPTS,
  ]
    .flatMap(text => shellWords(text ?? ''))
    .filter(word => !word.startsWith('PATH='))
  const confOpts = shellWords(variables.CONF_OPTS ?? '')
  return {
    ...(dependencies.length > 0 && { dependencies }),
    ...(confOpts.length > 0 && { conf_opts: confOpts }),
    ...(Object.keys(confEnv).length > 0 && { conf_env: confEnv }),
    ...(makeOpts.length > 0 && { make_opts: makeOpts }),
    ...(Object.keys(recipes).length > 0 && { commands: recipes }),
    ...(Object.keys(hooks).length > 0 && { hooks }),
  }
}

/** Whether the name of a hook is a macro; tells it if not. */
function toldHook(
  { isDefined, list, name }: EvaluatedHook,
  { prefix, file }: EvaluatedPackage,
  { places }: ConvertFacts,
  report: Report,
): boolean {
  if (isDefined) return true
  const known = /^(REMOVE_|PPD_|AUTORECONF|LIBTOOL_)/.test(name)
  if (!known)
    report(
      'error',
      'buildroot_unknown_hook',
      `nothing defines ${name}, which ${prefix}_${list} names`,
      `define ${name} … endef, or correct the name; Buildroot passes over it in silence`,
      places.ofVariable(file, `${prefix}_${list}`, name),
    )
  return false
}

function neverRuns(
  { variant, variables }: EvaluatedPackage,
  phase: string,
  isLocal: boolean,
): string | undefined {
  const off = (name: string) => variables[name]?.trim() !== 'YES'
  if (isLocal && FETCHED.includes(phase)) return 'a local source is only copied; POST_RSYNC would run'
  if (!isLocal && phase === 'RSYNC') return 'the source is not local'
  if (variant === 'host')
    return /^INSTALL_/.test(phase) ? 'host packages have only PRE_INSTALL and POST_INSTALL' : undefined
  if (phase === 'INSTALL') return 'only host packages have it'
  if (phase === 'INSTALL_STAGING' && off('INSTALL_STAGING')) return 'INSTALL_STAGING is not YES'
  if (phase === 'INSTALL_IMAGES' && off('INSTALL_IMAGES')) return 'INSTALL_IMAGES is not YES'
  if (phase === 'INSTALL_TARGET' && off('INSTALL_TARGET')) return 'INSTALL_TARGET is NO'
  return undefined
}

/** The command of autotools for a package with its own arguments of make. */
function installWith(
  { variables }: EvaluatedPackage,
  infra: Infrastructure,
  name: string,
): string | undefined {
  const options = variables[name]
  if (infra !== 'autotools' || options === undefined) return undefined
  const env = variables.MAKE_ENV ?? ''
  return `PATH="@STRUX_HOST_DIR@/bin:$PATH" ${env} make ${options} -C "${variables.SRCDIR}"`
}

function environment(text = ''): Record<string, string> {
  return Object.fromEntries(
    shellWords(text).flatMap(word => {
      const cut = word.indexOf('=')
      return cut > 0 && !word.startsWith('PATH=') ? [[word.slice(0, cut), word.slice(cut + 1)]] : []
    }),
  )
}

/** Dependencies of all phases: of the tree, or of Debian. */
function dependenciesOf(
  variant: EvaluatedPackage,
  infra: Infrastructure,
  { names, debian, selected, kernelHeaders, places }: ConvertFacts,
  report: Report,
): string[] {
  const { variables, prefix, file, name: own } = variant
  const wanted = ['DEPENDENCIES', 'EXTRACT_DEPENDENCIES', 'PATCH_DEPENDENCIES'].flatMap(list =>
    shellWords(variables[list] ?? '').map(name => ({ name, list })),
  )
  const found = new Set<string>()
  const itself = variant.variant === 'host' ? `host-${own}` : own
  for (const { name, list } of [
    ...wanted,
    ...(variant.variant === 'host' ? [] : selected.map(name => ({ name, list: '' }))),
  ]) {
    if (name === itself) continue
    if (names.has(name)) found.add(name)
    else {
      const packages = debian[name] ?? debianPackages(name)
      for (const each of packages ?? []) found.add(`deb:${each}`)
      if (packages || list === '') continue
      const near = suggest(name, [...names, ...KNOWN_PACKAGES])
      report(
        'error',
        'buildroot_dependency',
        `${own} depends on ${name}, which is neither a package of the tree nor known as a package of Debian`,
        `${near === undefined ? '' : `did you mean '${near}'? `}Name Debian's packages for it in the definition: debian: { '${name}': ['NAME'] }; an empty list means that nothing is needed`,
        places.ofVariable(file, `${prefix}_${list}`, name),
      )
    }
  }
  if (infra === 'kernel-module' && kernelHeaders !== undefined) found.add(`deb:${kernelHeaders}`)
  return [...found]
}

/** Units of systemd that it installs: Buildroot enables them all. */
function units({ variables, hooks }: EvaluatedPackage): { units?: string[] } {
  const text = [
    variables.INSTALL_INIT_SYSTEMD,
    variables.INSTALL_TARGET_CMDS,
    ...hooks.map(hook => hook.text),
  ].join('\n')
  const found = [...text.matchAll(/systemd\/system\/([\w.-]+\.(?:service|socket|timer|path|mount))\b/g)].map(
    match => match[1]!,
  )
  return found.length > 0 ? { units: [...new Set(found)] } : {}
}
