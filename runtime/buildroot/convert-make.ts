/** Arguments and variables of make and ninja for a package of a Buildroot tree. */
import type { PackageData } from '../../lib/schema/package.ts'
import type { ConvertFacts, Infrastructure, Report } from './convert-facts.ts'
import type { EvaluatedPackage } from './evaluated.ts'
import { shellWords } from './shell-words.ts'
import { MODULE_OPTIONS } from './standing-options.ts'

interface MakeVariables {
  readonly opts: readonly string[]
  readonly env: readonly string[]
}

/** What the commands of each infrastructure read, without prefix. A generic package uses variables as it likes. */
const READ: Readonly<Record<Infrastructure, MakeVariables>> = {
  generic: { opts: [], env: [] },
  autotools: { opts: ['MAKE_OPTS'], env: ['MAKE_ENV'] },
  cmake: { opts: ['BUILD_OPTS'], env: ['MAKE_ENV', 'BUILD_ENV'] },
  meson: { opts: ['NINJA_OPTS'], env: ['NINJA_ENV'] },
  'kernel-module': { opts: ['MODULE_MAKE_OPTS'], env: [] },
}

/** Variables of the command that builds, and of those that install. */
const BUILD = ['MAKE_OPTS', 'BUILD_OPTS', 'NINJA_OPTS', 'MAKE_ENV', 'BUILD_ENV', 'NINJA_ENV']
const INSTALL = ['INSTALL_OPTS', 'INSTALL_STAGING_OPTS', 'INSTALL_TARGET_OPTS']

export function makeSettings(
  variant: EvaluatedPackage,
  infra: Infrastructure,
  facts: ConvertFacts,
  report: Report,
): Pick<PackageData, 'make_opts' | 'make_env'> {
  const { variables } = variant
  const { opts, env } = READ[infra]
  const words = opts.flatMap(name => shellWords(variables[name] ?? ''))
  const standing = infra === 'kernel-module' ? MODULE_OPTIONS : []
  const make_opts = [...standing, ...makeArguments(variant, infra, facts, report), ...words].filter(
    word => !word.startsWith('PATH=') && !(infra === 'cmake' && word.includes('=')),
  )
  const make_env = environment(env.map(name => variables[name] ?? '').join(' '))
  if (infra === 'cmake' || infra === 'meson') reportUnread(variant, infra, facts, report)
  return {
    ...(make_opts.length > 0 && { make_opts }),
    ...(Object.keys(make_env).length > 0 && { make_env }),
  }
}

/** The arguments in the command that a package has in place of `make`: `$(MAKE1)` is `make -j1`. */
function makeArguments(
  { variables, prefix, file }: EvaluatedPackage,
  infra: Infrastructure,
  { places }: ConvertFacts,
  report: Report,
): string[] {
  const [program = 'make', ...words] = shellWords(variables.MAKE ?? '')
  if (infra !== 'autotools') return []
  if (program === 'make') return words
  report(
    'error',
    'buildroot_unsupported',
    `${prefix}_MAKE names another program: ${program}`,
    `give the package its own commands: ${prefix}_BUILD_CMDS and so on`,
    places.ofVariable(file, `${prefix}_MAKE`),
  )
  return []
}

function reportUnread(
  { variables, prefix, file }: EvaluatedPackage,
  infra: Infrastructure,
  { places }: ConvertFacts,
  report: Report,
): void {
  const { opts, env } = READ[infra]
  // The package's own commands may use them.
  const unread = [
    ...(variables.BUILD_CMDS?.trim() ? [] : BUILD),
    ...INSTALL.filter(name => !variables[name.replace('OPTS', 'CMDS')]?.trim()),
  ]
  for (const name of unread) {
    const words = shellWords(variables[name] ?? '')
    if (env.includes(name) || words.length === 0) continue
    const read = opts.includes(name)
    if (read && (infra !== 'cmake' || !words.some(word => word.includes('=')))) continue
    report(
      'warning',
      'buildroot_unsupported',
      `${prefix}_${name} is not passed on${read ? ` as a whole` : ''}: a ${infra} package is built with ninja`,
      `arguments of ninja belong in ${prefix}_${opts[0]}, variables in ${prefix}_${env.at(-1)}`,
      places.ofVariable(file, `${prefix}_${name}`),
    )
  }
}

/** The variables of `NAME=VALUE` words, without `PATH`. */
export function environment(text = ''): Record<string, string> {
  return Object.fromEntries(
    shellWords(text).flatMap(word => {
      const cut = word.indexOf('=')
      return cut > 0 && !word.startsWith('PATH=') ? [[word.slice(0, cut), word.slice(cut + 1)]] : []
    }),
  )
}
