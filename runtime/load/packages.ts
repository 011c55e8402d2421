/** Loads the source packages of a build: values in the definitions, and files of the project's `packages/` folder. */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type PackageData, packageSchema } from '../../lib/schema/package.ts'
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { Diagnostic, Finding } from '../diagnostics/diagnostic.ts'
import { mergeEntries } from '../layers/list-rules.ts'
import type { Origin } from '../model/origin.ts'
import type { PackageVariant, SourcePackage } from '../model/packages.ts'
import { validate } from '../validate/validate.ts'
import { evaluateModule } from './evaluate.ts'
import { findVariants } from './package-variants.ts'
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

export async function loadPackages(
  root: string,
  packages: readonly ListedPackage[],
): Promise<LoadedPackages> {
  const diagnostics: Diagnostic[] = []
  const findings: Finding[] = []
  const known = new Map<string, SourcePackage | undefined>()
  for (const { value: data, folder, origin } of packages) {
    if (typeof data !== 'string') known.set(data.name, { data, folder, origin })
  }
  const packageNamed = async (name: string, origin: Origin) => {
    if (known.has(name)) return known.get(name)
    const file = fileOf(root, name)
    const data = file === undefined ? undefined : await loadFile(root, file, name, diagnostics)
    // A file with errors is reported by itself.
    const found = data && file !== undefined ? { data, folder: dirname(file), origin } : undefined
    if (file === undefined || found) known.set(name, found)
    return found
  }
  const wanted = packages.map(({ value, origin }) => ({
    name: typeof value === 'string' ? value : value.name,
    origin,
  }))
  const { variants, findings: ofVariants } = await findVariants(wanted, packageNamed, () => [
    ...[...known].flatMap(([name, found]) => (found ? [name] : [])),
    ...namesIn(root),
  ])
  const broken = diagnostics.some(each => each.severity === 'error')
  findings.push(...ofVariants.filter(({ code }) => !broken || code !== 'unknown_package'))
  return { variants, findings, diagnostics }
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
): Promise<PackageData | undefined> {
  const { module, diagnostics: ofModule, value } = await evaluateModule(file, 'package', { root })
  diagnostics.push(...ofModule)
  if (!module || ofModule.some(each => each.severity === 'error')) return undefined
  const { value: data, findings } = validate(packageSchema, value, 'bsp')
  const all = data && data.name !== name ? [...findings, wrongName(data.name, name)] : findings
  diagnostics.push(...(await moduleSource(module, value).locate(all)))
  return all.some(each => each.severity === 'error') ? undefined : data
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
