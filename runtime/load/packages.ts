/** Loads the source packages of a build: values in the definitions, and files of the project's `packages/` folder. */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TreePackagesData } from '../../lib/schema/buildroot.ts'
import { packageSchema } from '../../lib/schema/package.ts'
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { TreePackages } from '../buildroot/tree-packages.ts'
import type { Diagnostic, Finding } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { mergeEntries } from '../layers/list-rules.ts'
import type { SourcePlace } from '../model/extensions.ts'
import type { Origin } from '../model/origin.ts'
import type { PackageVariant, SourcePackage } from '../model/packages.ts'
import { validate } from '../validate/validate.ts'
import { evaluateModule } from './evaluate.ts'
import { locator } from './extension-wishes.ts'
import { findVariants, type Wanted } from './package-variants.ts'
import { moduleSource } from './source.ts'

/** The project's folder of packages. */
const FOLDER = 'packages'

export interface LoadedPackages {
  /** Every variant after those that it depends on. */
  readonly variants: readonly PackageVariant[]
  readonly findings: readonly Finding[]
  /** Of the packages' own files. */
  readonly diagnostics: readonly Diagnostic[]
}

/** An entry of a list of packages. */
export interface ListedPackage {
  readonly value: NonNullable<BspData['packages']>[number]
  /** The folder that `./` means in it, relative to the project. */
  readonly folder: string
  readonly origin: Origin
}

/** The packages of a project and of its BSP, which is in the folder. A BSP's package replaces the project's with its name. */
export function listedPackages(
  project: ProjectData['packages'],
  bsp: BspData['packages'],
  bspFolder: string,
): readonly ListedPackage[] {
  const list = (source: Origin['source'], folder: string, packages: BspData['packages'] = []) =>
    packages.map(
      (value, index): ListedPackage => ({ value, folder, origin: { source, keys: ['packages', index] } }),
    )
  return mergeEntries(list('project', '.', project), list('bsp', bspFolder, bsp), 'packages')
}

/**
 * @param trees reads the packages of a Buildroot tree; `./` in its path means the folder
 * @param locate finds values of project and BSP in their sources
 */
export async function loadPackages(
  root: string,
  packages: readonly ListedPackage[],
  trees: (entry: TreePackagesData, folder: string) => Promise<TreePackages>,
  locate: (origin: Origin) => Promise<SourcePlace>,
): Promise<LoadedPackages> {
  const diagnostics: Diagnostic[] = []
  const findings: Finding[] = []
  const known = new Map<string, SourcePackage | undefined>()
  const wanted: Wanted[] = []
  for (const { value, folder, origin } of packages) {
    if (typeof value === 'string') wanted.push({ name: value, origin })
    else if ('buildroot' in value) {
      const tree = await ofTree(() => trees(value, folder), origin, diagnostics, findings)
      for (const [name, found] of tree.known) known.set(name, found)
      wanted.push(...tree.enabled.map(name => ({ name, origin })))
    } else {
      const place: SourcePackage['locate'] = keys => locate({ ...origin, keys: [...origin.keys, ...keys] })
      known.set(value.name, { data: value, folder, origin, locate: place })
      wanted.push({ name: value.name, origin })
    }
  }
  const packageNamed = async (name: string, origin: Origin) => {
    if (known.has(name)) return known.get(name)
    const file = fileOf(root, name)
    const read = file === undefined ? undefined : await loadFile(root, file, name, diagnostics)
    // A file with errors is reported by itself.
    const found = read && file !== undefined ? { ...read, folder: dirname(file), origin } : undefined
    known.set(name, found)
    return found
  }
  const { variants, findings: ofVariants } = await findVariants(wanted, packageNamed, () => [
    ...[...known].flatMap(([name, found]) => (found ? [name] : [])),
    ...namesIn(root),
  ])
  const broken = diagnostics.some(each => each.severity === 'error')
  findings.push(...ofVariants.filter(({ code }) => !broken || code !== 'unknown_package'))
  return { variants, findings, diagnostics }
}

/** The packages of a tree by name, undefined for those with errors, and the ids of those that are enabled. */
async function ofTree(
  read: () => Promise<TreePackages>,
  origin: Origin,
  diagnostics: Diagnostic[],
  findings: Finding[],
): Promise<{
  readonly known: ReadonlyMap<string, SourcePackage | undefined>
  readonly enabled: readonly string[]
}> {
  const known = new Map<string, SourcePackage | undefined>()
  let tree: TreePackages
  try {
    tree = await read()
  } catch (error) {
    if (!(error instanceof StruxError)) throw error
    const { message, hint } = error
    findings.push({
      ...{ severity: 'error', code: 'buildroot_broken', message, origin, at: 'value' },
      ...(hint !== undefined && { hint }),
    })
    return { known, enabled: [] }
  }
  diagnostics.push(...tree.diagnostics)
  for (const { symbol, ...said } of tree.unread)
    findings.push({
      ...said,
      code: 'buildroot_unknown_symbol',
      origin: { ...origin, keys: [...origin.keys, 'config', symbol] },
      at: 'key',
    })
  const needed = neededOf(tree)
  for (const [name, { data, folder, buildFolder, usesKernel, diagnostics: found, locate }] of tree.packages) {
    if (needed.has(name)) diagnostics.push(...found)
    const place: SourcePackage['locate'] = async keys => ({ ...locate(keys), column: 1 })
    known.set(
      name,
      data && {
        ...{ data, folder, origin, locate: place, ofBuildroot: true as const },
        ...(buildFolder !== undefined && { buildFolder }),
        ...(usesKernel && { usesKernel }),
      },
    )
  }
  return { known, enabled: tree.enabled }
}

/** Names of the enabled packages and of all that they depend on: errors of others do not matter. */
function neededOf({ packages, enabled }: TreePackages): ReadonlySet<string> {
  const needed = new Set<string>()
  const visit = (id: string) => {
    const name = id.replace(/^host-/, '')
    if (needed.has(name)) return
    needed.add(name)
    const { data } = packages.get(name) ?? {}
    for (const each of [...(data?.dependencies ?? []), ...(data?.host?.dependencies ?? [])]) visit(each)
  }
  for (const id of enabled) visit(id)
  return needed
}

/** `packages/NAME.ts`, or `packages/NAME/package.ts` with its files beside it; relative to the project. */
function fileOf(root: string, name: string): string | undefined {
  return [`${FOLDER}/${name}.ts`, `${FOLDER}/${name}/package.ts`].find(file => existsSync(join(root, file)))
}

function namesIn(root: string): string[] {
  try {
    return readdirSync(join(root, FOLDER)).map(file => file.replace(/\.ts$/, ''))
  } catch {
    return []
  }
}

/** The valid data of a package's file; otherwise adds its errors. */
async function loadFile(
  root: string,
  file: string,
  name: string,
  diagnostics: Diagnostic[],
): Promise<Pick<SourcePackage, 'data' | 'locate'> | undefined> {
  const { module, diagnostics: ofModule, value } = await evaluateModule(file, 'package', { root })
  diagnostics.push(...ofModule)
  if (!module || ofModule.some(each => each.severity === 'error')) return undefined
  const { value: data, findings } = validate(packageSchema, value, 'bsp')
  const all = data && data.name !== name ? [...findings, wrongName(data.name, name)] : findings
  const source = moduleSource(module, value)
  diagnostics.push(...(await source.locate(all)))
  if (!data || all.some(each => each.severity === 'error')) return undefined
  const locate = locator(source, file)
  return { data, locate: keys => locate({ source: 'bsp', keys }) }
}

function wrongName(name: string, file: string): Finding {
  return {
    severity: 'error',
    code: 'bad_package_name',
    message: `the package '${name}' is in a file for '${file}'`,
    hint: `name it '${file}', or rename its file`,
    origin: { source: 'bsp', keys: ['name'] },
    at: 'value',
  }
}
