/** The commands and hooks of one variant of a package: for the device, or for the build machine. */
import { type PackageConditions, type PackageHook, reasonHookNever } from '../../lib/hooks/package.ts'
import { quoteForShell, type Sh } from '../../lib/sh.ts'
import { dependenciesOf } from './convert-dependencies.ts'
import type { ConvertFacts, Infrastructure, Report } from './convert-facts.ts'
import { environment, makeSettings } from './convert-make.ts'
import type { EvaluatedHook, EvaluatedPackage } from './evaluated.ts'
import { recipeScript } from './recipe.ts'
import { shellWords } from './shell-words.ts'
import { MODULE_OPTIONS, standingOptions } from './standing-options.ts'

type Scripts = Partial<Record<PackageHook, Sh[]>>

/** Phases that a local source does not have: Buildroot never runs these hooks for one. */
const FETCHED = ['DOWNLOAD', 'EXTRACT', 'PATCH']

export function variantSettings(
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
  const hasSource = Boolean(variables.SITE?.trim() || variables.OVERRIDE_SRCDIR?.trim())
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
  const conditions: PackageConditions = {
    variant: variant.variant,
    sources: isLocal ? 'local' : 'fetched',
    install_staging: variables.INSTALL_STAGING?.trim() === 'YES',
    install_target: variables.INSTALL_TARGET?.trim() === 'YES',
    install_images: variables.INSTALL_IMAGES?.trim() === 'YES',
  }
  for (const list of new Set(variant.hooks.map(hook => hook.list))) {
    const [, side = '', phase = ''] = /^(PRE|POST)_(.*)_HOOKS$/.exec(list) ?? []
    if (!side || (!hasSource && FETCHED.includes(phase))) continue
    const name = (phase === 'PREPARE' ? 'pre_configure' : `${side}_${phase}`.toLowerCase()) as PackageHook
    const never = reasonHookNever(name, conditions)
    for (const hook of listed(list)) {
      if (!never) add(name, hook.text)
      else
        report(
          'warning',
          'buildroot_hook_never_runs',
          `${hook.name} never runs: ${never.message}`,
          'Buildroot does not run it either',
          places.ofVariable(file, `${prefix}_${list}`, hook.name),
        )
    }
  }
  const recipes: Record<string, Sh> = {}
  const command = (phase: string, lines: string | undefined) => {
    if (lines?.trim()) recipes[phase] = script(lines)
  }
  if (hasSource)
    command('extract', variables.EXTRACT_CMDS?.trim() ? variables.EXTRACT_CMDS : unpack(variant, isLocal))
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
  if (variant.isModule && infra !== 'kernel-module' && !isHost)
    for (const folder of moduleFolders(variables)) {
      add('post_build', moduleMake(variables, folder, 'modules'))
      add('post_install_target', moduleMake(variables, folder, 'modules_install'))
    }
  const dependencies = dependenciesOf(variant, infra, facts, report)
  // Commands of the package's own name what they pass on.
  const standing = variables.CONFIGURE_CMDS?.trim()
    ? { options: [], env: {} }
    : standingOptions(infra, variant.variant)
  const confEnv = { ...standing.env, ...environment(variables.CONF_ENV) }
  const confOpts = [...standing.options, ...shellWords(variables.CONF_OPTS ?? '')]
  return {
    ...(dependencies.length > 0 && { dependencies }),
    ...(confOpts.length > 0 && { conf_opts: confOpts }),
    ...(Object.keys(confEnv).length > 0 && { conf_env: confEnv }),
    ...makeSettings(variant, infra, facts, report),
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
      'warning',
      'buildroot_unknown_hook',
      `nothing defines ${name}, which ${prefix}_${list} names, so nothing runs`,
      `define ${name} … endef, or correct the name; Buildroot passes over it in silence`,
      places.ofVariable(file, `${prefix}_${list}`, name),
    )
  return false
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

/** The folders of a package's kernel modules, relative to its source. */
export const moduleFolders = ({ MODULE_SUBDIRS = '' }: EvaluatedPackage['variables']): string[] => {
  const folders = shellWords(MODULE_SUBDIRS)
  return folders.length > 0 ? folders : ['.']
}

/** A line that makes the modules in a folder, for packages that have a build system beside them. */
function moduleMake({ MODULE_MAKE_OPTS = '' }: EvaluatedPackage['variables'], folder: string, goal: string) {
  const place = folder === '.' ? '@STRUX_D@' : `@STRUX_D@/${folder}`
  return [
    'make -C "@STRUX_LINUX_DIR@" ARCH=@STRUX_KERNEL_ARCH@ CROSS_COMPILE="@STRUX_TARGET_CROSS@"',
    'INSTALL_MOD_PATH=@STRUX_TARGET_DIR@ INSTALL_MOD_STRIP=1 DEPMOD=true',
    ...MODULE_OPTIONS,
    MODULE_MAKE_OPTS.trim(),
    `PWD=${place} M=${place} ${goal}`,
  ].join(' ')
}

/** The line that unpacks a tarball, if it is not the usual one: without other numbers of folders, or without files. */
function unpack({ variables, infra }: EvaluatedPackage, isLocal: boolean): string | undefined {
  const { STRIP_COMPONENTS = '', EXCLUDES = '', SITE_METHOD = '', SITE = '' } = variables
  const strip = STRIP_COMPONENTS.trim() || '1'
  const excludes = shellWords(EXCLUDES)
  const isTarball = !isLocal && SITE_METHOD.trim() !== 'git' && !SITE.startsWith('git')
  if (infra === 'virtual' || !isTarball || (strip === '1' && excludes.length === 0)) return undefined
  const left = excludes.map(each => ` --exclude=${quoteForShell(each)}`).join('')
  return `tar --strip-components=${strip} -C "@STRUX_D@"${left} -xf "@STRUX_SOURCE_FILE@"`
}
