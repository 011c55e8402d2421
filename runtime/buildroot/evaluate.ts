/**
 * Evaluates a Buildroot tree before a build: its configuration with kconfiglib, its makefiles with make against our
 * definitions, in a confined container. Results are kept by content below dist/, so that the second time needs none.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { quoteForShell } from '../../lib/sh.ts'
import { type EvaluationPlace, keyOf } from '../confined/confined-shell.ts'
import { type ConfinedShellOptions, confinedShell } from '../confined/open-confined-shell.ts'
import { StruxError } from '../diagnostics/error.ts'
import { KeptResults } from '../state/kept-results.ts'
import { packageFile } from '../steps/package-files.ts'
import { configText } from '../steps/post_scripts/tree.ts'
import { UNSUPPORTED_VARIABLES } from './convert-unsupported.ts'
import type { EvaluatedHook, EvaluatedPackage } from './evaluated.ts'
import { CROSS_ANSWERS, MODULE_OPTIONS } from './standing-options.ts'
import type { StandingValues } from './standing-values.ts'
import { visibleFiles } from './visible-files.ts'

/** A symbol of the configuration that the tree defines. */
export interface KconfigSymbol {
  readonly name: string
  readonly value: string
  /** File (relative to the tree) and line. */
  readonly at: readonly [string, number]
  /** Symbols that it selects now. */
  readonly selects: readonly string[]
  /** Symbols that keep it from being set, although it was asked for. */
  readonly unmet: string
}

export interface TreeEvaluation {
  readonly packages: readonly EvaluatedPackage[]
  /** Hooks of lists for the whole image. */
  readonly globals: readonly EvaluatedHook[]
  readonly symbols: readonly KconfigSymbol[]
  /** Whether all packages are enabled, because the configuration enables none. */
  readonly all: boolean
  /** Symbols of the configuration that the tree neither defines nor names in any file. */
  readonly unread: readonly string[]
  /** Variables that makefiles of the tree read and nothing defines. */
  readonly missing: readonly string[]
  /** The error that stopped it: what make or kconfiglib said. */
  readonly failure?: { readonly of: 'make' | 'kconfig'; readonly message: string }
  /** Warnings of makefiles, and output of commands that they ran. */
  readonly log: string
}

export interface TreeRequest {
  /** The project, absolute. */
  readonly projectRoot: string
  readonly place: EvaluationPlace
  /** The tree's folder, relative to the project. */
  readonly tree: string
  /** Lines of a `.config`. */
  readonly wanted: string
  readonly standing: StandingValues
}

/** Variables of packages, without prefix. */
const VARIABLES = [
  ...(
    'VERSION SITE SITE_METHOD GIT_SUBMODULES SOURCE PATCH EXTRA_DOWNLOADS OVERRIDE_SRCDIR SUBDIR LICENSE LICENSE_FILES ' +
    'DEPENDENCIES EXTRACT_DEPENDENCIES PATCH_DEPENDENCIES INSTALL_TARGET INSTALL_STAGING INSTALL_IMAGES CONF_OPTS CONF_ENV MAKE_OPTS ' +
    'MAKE_ENV NINJA_OPTS NINJA_ENV BUILD_OPTS BUILD_ENV INSTALL_OPTS INSTALL_TARGET_OPTS INSTALL_STAGING_OPTS MAKE ' +
    'AUTORECONF AUTORECONF_OPTS SRCDIR EXTRACT_CMDS CONFIGURE_CMDS BUILD_CMDS INSTALL_CMDS INSTALL_STAGING_CMDS ' +
    'INSTALL_TARGET_CMDS INSTALL_IMAGES_CMDS INSTALL_INIT_SYSTEMD INSTALL_INIT_SYSV MODULE_SUBDIRS MODULE_MAKE_OPTS USERS ' +
    'PERMISSIONS SUPPORTS_IN_SOURCE_BUILD STRIP_COMPONENTS EXCLUDES'
  ).split(' '),
  ...UNSUPPORTED_VARIABLES,
]

const POINTS =
  'DOWNLOAD EXTRACT RSYNC PATCH CONFIGURE BUILD INSTALL INSTALL_STAGING INSTALL_TARGET INSTALL_IMAGES LEGAL_INFO'
/** The lists of hooks of a package, without prefix. */
const HOOK_LISTS: readonly string[] = [
  ...POINTS.split(' ').flatMap(point => [`PRE_${point}_HOOKS`, `POST_${point}_HOOKS`]),
  'POST_PREPARE_HOOKS',
  'TARGET_FINALIZE_HOOKS',
  'ROOTFS_PRE_CMD_HOOKS',
]

/** Debian packages of the programs that evaluate a tree. */
const PROGRAMS = ['make', 'python3-kconfiglib']
const OWN_FILES = ['evaluate-tree.sh', 'definitions.mk', 'print.mk', 'kconfig.py']

/** A shell with make and kconfiglib. */
export const treeShell = (options: Omit<ConfinedShellOptions, 'packages'>): EvaluationPlace =>
  confinedShell({ ...options, packages: PROGRAMS })

/** Throws a StruxError if the folder is no external tree, or if nothing can be evaluated on this machine. */
export async function evaluateTree(request: TreeRequest): Promise<TreeEvaluation> {
  const { projectRoot, place, tree } = request
  const name = externalName(projectRoot, tree)
  const files = visibleFiles(projectRoot, tree)
  const script = scriptOf(request, name)
  const kept = new KeptResults<TreeEvaluation>(projectRoot, 'buildroot')
  const key = place.keptFor === undefined ? undefined : keyOf([place.keptFor, script], files)
  const known = key === undefined ? undefined : kept.get(key)
  if (known) return known
  const shell = await place.open()
  try {
    const { exitCode, stdout, stderr } = await shell.run(script, files)
    if (exitCode === 124 || exitCode === 137)
      throw new StruxError(`reading ${tree} takes longer than a minute`, {
        hint: 'A makefile of the tree runs a command that does not end, or waits for the network.',
      })
    if (exitCode !== 0) throw unreadable(tree, stderr)
    const evaluation = evaluationOf(stdout.toString(), place.root)
    const { failure } = evaluation
    if (failure && !isOfTree(failure)) throw unreadable(tree, failure.message)
    // A failure may be the machine's, which the key does not cover.
    if (!failure && key !== undefined) kept.put(key, evaluation)
    return evaluation
  } finally {
    await shell.close()
  }
}

/** The name in `external.desc`. */
function externalName(projectRoot: string, tree: string): string {
  const file = join(projectRoot, tree, 'external.desc')
  const hint = 'An external tree of Buildroot has a file external.desc with a line: name: NAME'
  if (!existsSync(file)) throw new StruxError(`there is no ${tree}/external.desc`, { hint })
  const name = /^name:[ \t]+([A-Za-z0-9_]+)[ \t]*$/m.exec(readFileSync(file, 'utf8'))?.[1]
  if (name === undefined) throw new StruxError(`${tree}/external.desc names no tree`, { hint })
  return name
}

/** Whether the failure is an error in the tree's files. */
function isOfTree({ of, message }: NonNullable<TreeEvaluation['failure']>): boolean {
  return of === 'make' || /^kconfiglib\._?Kconfig/.test(message)
}

function unreadable(tree: string, message: string): StruxError {
  const text = `${tree} cannot be read: ${message.trim()}`
  if (!message.includes("No module named 'kconfiglib'")) return new StruxError(text)
  return new StruxError(text, {
    hint: "Install Debian's package python3-kconfiglib in the container that reads the tree: the image in `builder.image`, or the container in which strux runs.",
  })
}

function scriptOf({ place: { root }, tree, wanted, standing }: TreeRequest, name: string): string {
  const [main = '', definitions = '', print = '', kconfig = ''] = OWN_FILES.map(file =>
    packageFile(`runtime/buildroot/${file}`),
  )
  const answers = Object.entries(CROSS_ANSWERS).map(([name, value]) => `${name}=${value}`)
  const facts = [
    ...Object.entries(standing.variables).map(([key, value]) => `${key} := ${value}`),
    `STRUX_CROSS_ANSWERS := ${answers.join(' ')}`,
    `STRUX_MODULE_OPTIONS := ${MODULE_OPTIONS.join(' ')}`,
  ].join('\n')
  const variables = {
    ...{ tree: `${root}/${tree}`, name, wanted, standing: configText(standing.symbols) },
    ...{ variables: VARIABLES.join(' '), hooks: HOOK_LISTS.join(' ') },
    ...{ definitions: `${facts}\n${definitions}`, print, kconfig },
  }
  return [...Object.entries(variables).map(([key, value]) => `${key}=${quoteForShell(value)}`), main].join(
    '\n',
  )
}

function evaluationOf(output: string, root: string): TreeEvaluation {
  const packages: (EvaluatedPackage & {
    readonly variables: Record<string, string>
    readonly hooks: EvaluatedHook[]
  })[] = []
  const globals: EvaluatedHook[] = []
  let hooks = globals
  let kconfig: Pick<TreeEvaluation, 'all' | 'unread' | 'symbols'> = { all: false, unread: [], symbols: [] }
  let failure: TreeEvaluation['failure']
  let log = ''
  let missing: readonly string[] = []
  const inProject = (path: string) => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path)
  for (const record of output.split('\x1e')) {
    const [kind, ...fields] = record.replace(/^\n/, '').split('\x1f')
    const [first = '', second = '', third = '', fourth = '', fifth = '', sixth = '', seventh = ''] = fields
    if (kind === 'package') {
      const found = {
        ...{ infra: first, variant: second as 'host' | 'target', name: third, prefix: fourth },
        ...{ folder: inProject(fifth), file: inProject(sixth), isModule: seventh.trim() !== '' },
        ...{ variables: {}, hooks: [] },
      }
      packages.push(found)
      hooks = found.hooks
    } else if (kind === 'variable') packages.at(-1)!.variables[first] = second
    else if (kind === 'hook')
      hooks.push({ list: first, name: second, isDefined: third !== 'undefined', text: fourth })
    else if (kind === 'global') hooks = globals
    else if (kind === 'kconfig') kconfig = JSON.parse(first)
    else if (kind === 'failure') failure = { of: first as 'make' | 'kconfig', message: second }
    else if (kind === 'missing') missing = first.split(' ').filter(Boolean)
    else if (kind === 'log') log = first
  }
  return {
    packages,
    globals,
    missing,
    ...kconfig,
    ...(failure && { failure }),
    log: log.replaceAll(/^make: .*\n?/gm, ''),
  }
}
