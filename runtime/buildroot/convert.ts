/** A package of a Buildroot tree, as its makefile describes it, as a source package. */
import { posix } from 'node:path'
import { INFRASTRUCTURES, type PackageData, packageSchema } from '../../lib/schema/package.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { ConvertFacts, Infrastructure, Report } from './convert-facts.ts'
import { sourceSettings } from './convert-source.ts'
import { reportUnsupported } from './convert-unsupported.ts'
import { userSettings } from './convert-users.ts'
import { moduleFolders, variantSettings } from './convert-variant.ts'
import { type EvaluatedPackage, usesKernel } from './evaluated.ts'
import type { MakefilePlace } from './makefile-places.ts'
import { reportReferences } from './report-references.ts'
import { shellWords } from './shell-words.ts'

export interface ConvertedPackage {
  /** Undefined if a diagnostic is an error. */
  readonly data?: PackageData
  /** The tree's folder of the package, relative to the project. */
  readonly folder: string
  /** Where its products are, relative to the folder of its source. */
  readonly buildFolder?: string
  /** Whether its recipes use the kernel's tree, although it is no kernel module. */
  readonly usesKernel?: true
  readonly diagnostics: readonly Diagnostic[]
  /** Finds the makefile's line for a hook or a command, by its keys in the data. */
  readonly locate: (keys: readonly (string | number)[]) => MakefilePlace
}

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
  reportUnsupported(variants, facts, report)
  reportReferences(main, facts, report)
  const isSet = (name: string) => main.variables[name]?.trim() === 'YES'
  const version = main.variables.VERSION?.trim()
  const license = main.variables.LICENSE?.trim()
  const licenseFiles = shellWords(main.variables.LICENSE_FILES ?? '')
  const subdir = subdirOf(main, infra)
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
      ...userSettings(target, facts, report),
      // Buildroot enables each unit that is in the root filesystem.
      units: 'all' as const,
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
    ...(variants.some(usesKernel) && { usesKernel: true as const }),
    diagnostics,
    locate: keys => placeOf(keys, { target, host }, facts),
  }
}

/** The definition of a hook, or of the commands of a phase; the package's macro if others stand for them. */
function placeOf(
  keys: readonly (string | number)[],
  variants: { readonly target?: EvaluatedPackage | undefined; readonly host?: EvaluatedPackage | undefined },
  { places }: ConvertFacts,
): MakefilePlace {
  const { prefix, file, hooks } = (keys[0] === 'host' ? variants.host : variants.target)!
  const [kind, name, index = 0] = keys.slice(keys[0] === 'host' ? 1 : 0)
  const word = String(name).toUpperCase()
  if (kind === 'commands') return places.ofVariable(file, `${prefix}_${word}_CMDS`)
  const hook = hooks.filter(each => each.list === `${word}_HOOKS`)[Number(index)]
  return places.ofVariable(file, hook?.name ?? `${prefix}_${word}_HOOKS`)
}

function infrastructure(
  { infra, isModule, file, variables }: EvaluatedPackage,
  { places }: ConvertFacts,
  report: Report,
): Infrastructure {
  // One module without a build system of its own. Others are hooks of their infrastructure, as in Buildroot.
  if (isModule && infra === 'generic' && moduleFolders(variables).length < 2) return 'kernel-module'
  // It has no source and no commands; its dependency is the package that provides it.
  if (infra === 'virtual') return 'generic'
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

function subdirOf({ variables }: EvaluatedPackage, infra: Infrastructure): string {
  const [folder = ''] = infra === 'kernel-module' ? moduleFolders(variables) : []
  return posix.join(variables.SUBDIR?.trim() ?? '', folder).replace(/^\.$/, '')
}

function buildFolderOf({ infra, variables }: EvaluatedPackage): string | undefined {
  if (infra === 'meson') return 'buildroot-build'
  if (infra !== 'cmake') return undefined
  return variables.SUPPORTS_IN_SOURCE_BUILD?.trim() === 'NO' ? 'buildroot-build' : '.'
}
