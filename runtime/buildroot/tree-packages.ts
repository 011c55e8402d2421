/** All packages of a Buildroot tree as source packages, and those of them that its configuration enables. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TreePackagesData } from '../../lib/schema/buildroot.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { TargetArch } from '../model/plan.ts'
import { DEBIAN_ARCH, hostArch } from '../plan/arch.ts'
import { ARCH_SYMBOLS, configText, defconfigFile } from '../steps/post_scripts/tree.ts'
import { type ConvertedPackage, convertPackage } from './convert.ts'
import { packageOfSymbol, prefixOf, symbolOf } from './debian-packages.ts'
import { evaluateTree, type TreeEvaluation, type TreeRequest } from './evaluate.ts'
import type { EvaluatedPackage } from './evaluated.ts'
import { globalHooks } from './global-hooks.ts'
import { MakefilePlaces } from './makefile-places.ts'
import { reportOutsiders } from './report-outsiders.ts'
import { standingValues } from './standing-values.ts'

export interface TreePackages {
  /** All packages of the tree, by name. */
  readonly packages: ReadonlyMap<string, ConvertedPackage>
  /** Ids of the variants that the configuration enables. */
  readonly enabled: readonly string[]
  /** About the tree as a whole. */
  readonly diagnostics: readonly Diagnostic[]
  /** Symbols in `config` without effect. */
  readonly unread: readonly UnreadSymbol[]
}

/** A symbol in `config` that no file of the tree defines or reads. */
export interface UnreadSymbol extends Pick<Diagnostic, 'severity' | 'message'> {
  readonly symbol: string
  readonly hint: string
}

export interface TreePackagesRequest extends Omit<TreeRequest, 'wanted' | 'standing'> {
  readonly options: Omit<TreePackagesData, 'buildroot'>
  readonly target: TargetArch
  /** Whether the BSP builds its own kernel. */
  readonly ownKernel: boolean
}

/** Throws a StruxError if the tree cannot be read at all. */
export async function treePackages(request: TreePackagesRequest): Promise<TreePackages> {
  const { projectRoot, place, tree, options, target } = request
  const { root } = place
  const wanted = wantedConfig(projectRoot, tree, options, target)
  const evaluation = await evaluateTree({
    ...{ projectRoot, place, tree, wanted },
    standing: standingValues(target, wanted, hostArch()),
  })
  if (evaluation.failure)
    return { packages: new Map(), enabled: [], diagnostics: [failed(evaluation, tree, root)], unread: [] }
  const variants = new Map<string, EvaluatedPackage[]>()
  for (const each of evaluation.packages) variants.set(each.name, [...(variants.get(each.name) ?? []), each])
  const places = new MakefilePlaces(projectRoot)
  const diagnostics: Diagnostic[] = unmetSymbols(evaluation, tree)
  const names = new Set(evaluation.packages.flatMap(each => [idOf(each)]))
  const selected = selections(evaluation, tree, options.debian ?? {}, diagnostics)
  const finalize = globalHooks(evaluation, { tree, places }, diagnostics)
  reportOutsiders(evaluation, places, diagnostics)
  const packages = new Map<string, ConvertedPackage>()
  for (const [name, found] of variants) {
    packages.set(
      name,
      convertPackage(found, {
        ...{ projectRoot, root, tree, places, names, debian: options.debian ?? {} },
        selected: { target: selected.get(name) ?? [], host: selected.get(`host-${name}`) ?? [] },
        ...(!request.ownKernel && { kernelHeaders: `linux-headers-${DEBIAN_ARCH[target]}` }),
        finalize: finalize.get(name) ?? [],
        missing: new Set(evaluation.missing),
      }),
    )
  }
  const unread = unreadSymbols(evaluation, tree, options.config ?? {})
  return { packages, enabled: enabledIds(evaluation), diagnostics, unread }
}

const idOf = ({ variant, name }: EvaluatedPackage) => (variant === 'host' ? `host-${name}` : name)

function wantedConfig(
  projectRoot: string,
  tree: string,
  { defconfig, config = {} }: TreePackagesRequest['options'],
  target: TargetArch,
): string {
  const lines = [configText(ARCH_SYMBOLS[target])]
  if (defconfig !== undefined) {
    const file = `${tree}/${defconfigFile(defconfig)}`
    if (!existsSync(join(projectRoot, file)))
      throw new StruxError(`there is no ${file}`, {
        hint: 'defconfig names a file in the folder configs of the tree.',
      })
    lines.push(readFileSync(join(projectRoot, file), 'utf8'))
  }
  return [...lines, configText(config)].join('\n')
}

/** The error of make or kconfiglib, at its place in the tree. */
function failed({ failure, log, all }: TreeEvaluation, tree: string, root: string): Diagnostic {
  const { of, message } = failure!
  const text = message
    .split('\n')
    .map(line => line.replaceAll('/tmp/strux-kconfig/', `${root}/${tree}/`))
    .find(line => line.includes(`${root}/`))
  const [, file, line, said] = /([^\s:]+):(\d+): (?:\*\*\* )?(.*?)(?:\. {2}Stop\.)?$/.exec(text ?? '') ?? []
  const inProject = file?.startsWith(`${root}/`) ? file.slice(root.length + 1) : undefined
  return {
    severity: 'error',
    code: 'buildroot_broken',
    message: said ?? message.trim().split('\n').at(-1) ?? `${of} failed`,
    file: inProject ?? `${tree}/${of === 'make' ? 'external.mk' : 'Config.in'}`,
    line: Number(line ?? 1),
    column: 1,
    ...(of === 'make' && all
      ? {
          hint: 'without a configuration, all packages of the tree are enabled: if some exclude each other, give a defconfig, or config, that enables those of one device',
        }
      : log.trim() !== '' && !log.includes('***') && { hint: log.trim().split('\n').slice(-3).join('\n') }),
  }
}

/** Packages that were asked for, but whose dependencies in Config.in are not met. */
function unmetSymbols({ symbols, all }: TreeEvaluation, tree: string): Diagnostic[] {
  return symbols.flatMap(({ name, unmet, at: [file, line] }) =>
    unmet === ''
      ? []
      : [
          {
            severity: all ? 'warning' : 'error',
            code: 'buildroot_not_enabled',
            message: `${name} is not enabled: it depends on ${unmet}`,
            hint: unmet.startsWith('!')
              ? 'these packages exclude each other: give a defconfig, or config, that enables one of them'
              : `set what it depends on in config, such as { ${unmet.split(',')[0]}: true }`,
            ...{ file: `${tree}/${file}`, line, column: 1 },
          } as const,
        ],
  )
}

/** Misspelt symbols are errors; so is the name of a package that neither the tree nor Buildroot has. */
function unreadSymbols(
  { unread, symbols }: TreeEvaluation,
  tree: string,
  config: NonNullable<TreePackagesData['config']>,
): UnreadSymbol[] {
  const short = (symbol: string) => symbol.replace(/^BR2_(PACKAGE_)?/, '')
  const known = new Map(symbols.map(({ name }) => [short(name), name]))
  return unread
    .filter(symbol => symbol in config)
    .map(symbol => {
      const near = suggest(short(symbol), known.keys())
      const isPackage = symbol.startsWith('BR2_PACKAGE_') && packageOfSymbol(symbol) === undefined
      return {
        symbol,
        severity: near !== undefined || isPackage ? 'error' : 'warning',
        message: `${symbol} has no effect: no file of ${tree} defines or reads it`,
        hint: near === undefined ? 'leave it out' : `did you mean '${known.get(near)}'?`,
      }
    })
}

function enabledIds({ packages, symbols }: TreeEvaluation): string[] {
  const set = new Set(symbols.filter(({ value }) => value !== 'n' && value !== '').map(({ name }) => name))
  return packages
    .filter(each => {
      const plain = set.has(symbolOf(each.name))
      if (each.variant === 'target') return plain
      const hasTarget = packages.some(other => other.name === each.name && other.variant === 'target')
      return set.has(`BR2_PACKAGE_HOST_${prefixOf(each.name)}`) || (plain && !hasTarget)
    })
    .map(idOf)
}

/** The id of the tree's variant that a symbol enables or is an option of: `host-foo` of BR2_PACKAGE_HOST_FOO. */
function ownPackage(symbol: string, packages: readonly EvaluatedPackage[]): string | undefined {
  const named = packageOfSymbol(symbol, new Set(packages.map(idOf)))
  if (named !== undefined) return named
  // A package with a host variant alone may have the plain symbol.
  const host = packageOfSymbol(
    symbol,
    packages.map(({ name }) => name),
  )
  return host === undefined ? undefined : `host-${host}`
}

/** By variant, the packages that its symbols select: of the tree, or of Debian. */
function selections(
  { packages, symbols }: TreeEvaluation,
  tree: string,
  debian: Readonly<Record<string, readonly string[]>>,
  diagnostics: Diagnostic[],
): Map<string, string[]> {
  const needs = new Map(packages.map(each => [idOf(each), words(each.variables.DEPENDENCIES)]))
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (from === to) return true
    if (seen.has(from)) return false
    seen.add(from)
    return [...(needs.get(from) ?? []), ...(found.get(from) ?? [])].some(next => reaches(next, to, seen))
  }
  const found = new Map<string, string[]>()
  for (const { name: symbol, selects, at } of symbols) {
    const owner = ownPackage(symbol, packages)
    if (owner === undefined) continue
    for (const selectedSymbol of selects) {
      if (!/^BR2_PACKAGE_(?!HAS_|.*_SUPPORTS$)/.test(selectedSymbol)) continue
      const own = ownPackage(selectedSymbol, packages)
      if (own === owner) continue
      const other =
        own ?? packageOfSymbol(selectedSymbol, Object.keys(debian)) ?? packageOfSymbol(selectedSymbol)
      if (other === undefined) {
        diagnostics.push(unknownSelection(owner, selectedSymbol, `${tree}/${at[0]}`, at[1]))
        continue
      }
      // A selection alone gives no order in Buildroot, so it may go in circles.
      if (own !== undefined && reaches(own, owner)) continue
      found.set(owner, [...(found.get(owner) ?? []), other])
    }
  }
  return found
}

function unknownSelection(owner: string, symbol: string, file: string, line: number): Diagnostic {
  const name = symbol
    .replace(/^BR2_PACKAGE_/, '')
    .toLowerCase()
    .replaceAll('_', '-')
  return {
    severity: 'error',
    code: 'buildroot_dependency',
    message: `${owner} selects ${symbol}, which is neither of the tree nor known as a package of Debian`,
    hint: `name Debian's packages for it in the definition: debian: { '${name}': ['NAME'] }; an empty list means that nothing is needed`,
    ...{ file, line, column: 1 },
  }
}

const words = (text = '') => text.split(/\s+/).filter(word => word !== '')
