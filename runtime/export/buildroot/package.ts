/** A source package as a folder of an external tree: Config.in, NAME.mk, NAME.hash, patches, scripts. */
import { PACKAGE_HOOKS, type PackageHook, type PackageHookRow } from '../../../lib/hooks/package.ts'
import type { PackageData } from '../../../lib/schema/package.ts'
import { siteMethod } from '../../../lib/schema/package-rules.ts'
import { prefixOf, symbolOf } from '../../buildroot/debian-packages.ts'
import type { PackageVariant } from '../../model/packages.ts'
import { scriptsAt } from '../../steps/package/recipe.ts'
import { dependenciesOf } from './dependencies.ts'
import type { Tree } from './exported-tree.ts'
import type { Together } from './finalize.ts'
import { inMakefile, makeWord } from './makefile-text.ts'
import { writeSource } from './package-source.ts'
import { environmentOf, writeScript } from './script-file.ts'

const RULE = '#'.repeat(80)

/** @param together set if the hooks for the finished root filesystem are called from one place */
export function writePackage(
  tree: Tree,
  variants: readonly PackageVariant[],
  together: Together | undefined,
): void {
  const [first] = variants
  const { data } = first!.package
  const target = variants.find(each => each.variant === 'target')
  const host = variants.find(each => each.variant === 'host')
  const general = {
    ...writeSource(tree, first!),
    ...(data.license !== undefined && { LICENSE: inMakefile(data.license) }),
    ...(data.license_files?.length && { LICENSE_FILES: data.license_files.map(makeWord).join(' ') }),
    ...(data.subdir !== undefined && {
      [data.infra === 'kernel-module' ? 'MODULE_SUBDIRS' : 'SUBDIR']: makeWord(data.subdir),
    }),
    ...(target && data.install_staging && { INSTALL_STAGING: 'YES' }),
    ...(target && data.install_target === false && { INSTALL_TARGET: 'NO' }),
    ...(target && data.install_images && { INSTALL_IMAGES: 'YES' }),
  }
  const needs = new Map(variants.map(each => [each, dependenciesOf(tree, each)]))
  const blocksOf = (variant: PackageVariant) => variantBlocks(tree, variant, needs.get(variant)!, together)
  const blocks = [
    `${RULE}\n#\n# ${data.name}\n#\n${RULE}\n`,
    assignments(prefixOf(data.name), general),
    ...(target ? blocksOf(target) : []),
    ...(target && data.infra === 'kernel-module' ? ['$(eval $(kernel-module))\n'] : []),
    ...(target ? [`$(eval $(${infrastructure(target)}-package))\n`] : []),
    ...(host ? blocksOf(host) : []),
    ...(host ? [`$(eval $(host-${infrastructure(host)}-package))\n`] : []),
  ]
  tree.files.text(
    '',
    `package/${data.name}/${data.name}.mk`,
    `${blocks.filter(each => each !== '').join('\n')}`,
  )
  tree.files.text(
    '',
    `package/${data.name}/Config.in`,
    variants.map(each => menuEntry(tree, each, needs.get(each)!)).join('\n'),
  )
}

function infrastructure({ package: { data } }: PackageVariant): string {
  return data.infra === undefined || data.infra === 'kernel-module' ? 'generic' : data.infra
}

function assignments(prefix: string, variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${prefix}_${name} = ${value}\n`)
    .join('')
}

/** Variables that hold the arguments for make or ninja, and those for its environment. */
const MAKE_OPTIONS: Readonly<Record<string, string>> = {
  autotools: 'MAKE_OPTS',
  cmake: 'BUILD_OPTS',
  meson: 'NINJA_OPTS',
  'kernel-module': 'MODULE_MAKE_OPTS',
}
const MAKE_ENVIRONMENT: Readonly<Record<string, string>> = {
  autotools: 'MAKE_ENV',
  cmake: 'BUILD_ENV',
  meson: 'NINJA_ENV',
}

function variantBlocks(
  tree: Tree,
  variant: PackageVariant,
  needed: readonly string[],
  together: Together | undefined,
): string[] {
  const { data } = variant.package
  const prefix = prefixOf(variant.id)
  const own = variant.variant === 'host' ? (data.host ?? {}) : data
  const makeOptions = MAKE_OPTIONS[data.infra ?? 'generic']
  const makeEnvironment = MAKE_ENVIRONMENT[data.infra ?? 'generic']
  const settings = {
    ...(needed.length > 0 && { DEPENDENCIES: needed.join(' ') }),
    ...(own.conf_opts?.length && { CONF_OPTS: own.conf_opts.map(makeWord).join(' ') }),
    ...(own.conf_env && { CONF_ENV: environment(own.conf_env) }),
    ...(own.make_opts?.length &&
      makeOptions !== undefined && { [makeOptions]: own.make_opts.map(makeWord).join(' ') }),
    ...(own.make_env && makeEnvironment !== undefined && { [makeEnvironment]: environment(own.make_env) }),
  }
  if (own.make_env && data.infra === 'kernel-module')
    tree.losses.addOf(variant, `make_env of the kernel module ${variant.id}`)
  const scripts = [...commands(tree, variant), ...hooks(tree, variant, together)]
  return [
    assignments(prefix, settings),
    ...(scripts.length > 0 ? [environmentOf(tree, variant), ...scripts] : []),
    ...(variant.variant === 'target' ? tables(tree, variant) : []),
  ]
}

const environment = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${makeWord(value)}`)
    .join(' ')

function commands(tree: Tree, variant: PackageVariant): string[] {
  const { data } = variant.package
  const own = variant.variant === 'host' ? data.host?.commands : data.commands
  return Object.entries(own ?? {}).flatMap(([phase, script]) =>
    script === undefined
      ? []
      : [
          defined(
            `${prefixOf(variant.id)}_${phase.toUpperCase()}_CMDS`,
            writeScript(tree, variant, phase, script.text),
          ),
        ],
  )
}

function hooks(tree: Tree, variant: PackageVariant, together: Together | undefined): string[] {
  const { data } = variant.package
  const own = variant.variant === 'host' ? data.host?.hooks : data.hooks
  const rows: readonly PackageHookRow[] = PACKAGE_HOOKS
  return rows.flatMap(row => {
    const hook = row.name as PackageHook
    if (hook === 'target_finalize' && together) return []
    return scriptsAt(own, hook).map(({ text }, index) => {
      const list = listOf(hook, data.site === undefined && siteMethod(data) === 'local')
      const name = `${prefixOf(variant.id)}_${hook.toUpperCase()}_${index + 1}`
      const call = writeScript(tree, variant, `${hook.replaceAll('_', '-')}-${index + 1}`, text)
      return `${defined(name, call)}${prefixOf(variant.id)}_${list}_HOOKS += ${name}\n`
    })
  })
}

/** Without a source, Buildroot has the phases of a fetched one. */
function listOf(hook: PackageHook, hasNoSource: boolean): string {
  return (hasNoSource ? hook.replace('rsync', 'extract') : hook).toUpperCase()
}

export const defined = (name: string, ...lines: string[]): string =>
  `define ${name}\n${lines.map(line => `\t${line}\n`).join('')}endef\n`

/** Users, permissions and units. */
function tables(tree: Tree, { package: { data } }: PackageVariant): string[] {
  const prefix = prefixOf(data.name)
  const users = (data.users ?? []).map(
    ({ name, uid = -1, group = name, gid = -1, groups = [], home = '-', shell = '-' }) =>
      [name, uid, group, gid, '*', home, shell, groups.join(',') || '-', `${name} of ${data.name}`].join(' '),
  )
  const permissions = (data.permissions ?? []).flatMap(
    ({ path, mode = '-1', owner = 'root', group = 'root', recursive, capabilities }) => {
      const type = recursive ? 'r' : path.endsWith('/') ? 'd' : 'f'
      const row = [path, type, mode, owner, group, '- - - - -'].join(' ')
      return [row, ...(capabilities?.split(' ').map(each => `|xattr ${each}`) ?? [])]
    },
  )
  return [
    ...(users.length > 0 ? [defined(`${prefix}_USERS`, ...users)] : []),
    ...(permissions.length > 0 ? [defined(`${prefix}_PERMISSIONS`, ...permissions)] : []),
    ...enabledUnits(tree, data),
  ]
}

/** After all hooks of the package, which may install its units. */
function enabledUnits({ files, path }: Tree, { name, units = [] }: PackageData): string[] {
  // Buildroot enables all units that no preset names.
  if (units === 'all' || units.length === 0) return []
  const preset = `package/${name}/${name}.preset`
  files.text('', preset, units.map(unit => `enable ${unit}\n`).join(''))
  const hook = `${prefixOf(name)}_ENABLE_UNITS`
  const target = '$(TARGET_DIR)/usr/lib/systemd'
  const text = defined(
    hook,
    ...units.map(unit => `test -f ${target}/system/${unit}`),
    `$(INSTALL) -D -m 0644 ${path}/${preset} ${target}/system-preset/50-${name}.preset`,
  )
  return [`${text}${prefixOf(name)}_POST_INSTALL_TARGET_HOOKS += ${hook}\n`]
}

function menuEntry(tree: Tree, variant: PackageVariant, needed: readonly string[]): string {
  const {
    id,
    package: { data },
  } = variant
  const selected = variant.variant === 'target' ? needed.filter(name => !name.startsWith('host-')) : []
  const help = `${data.name}${data.version === undefined ? '' : ` ${data.version}`}, exported from the definition of ${tree.bsp.name}.`
  return [
    `config ${symbolOf(id)}`,
    `\tbool "${id.replace(/^host-/, 'host ')}"`,
    ...(data.infra === 'kernel-module' ? ['\tdepends on BR2_LINUX_KERNEL'] : []),
    ...selected.map(name => `\tselect ${symbolOf(name)}`),
    '\thelp',
    `\t  ${help.slice(0, 70)}`,
    '',
  ].join('\n')
}
