/** Loads a project and its BSPs: the validated data that a plan is made of. */
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { TreePackagesData } from '../../lib/schema/buildroot.ts'
import { bspSchema, PROJECT_DEFAULTS, type ProjectData, projectSchema } from '../../lib/schema.ts'
import type { TreePackages } from '../buildroot/tree-packages.ts'
import type { Diagnostic, Finding } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { sortDiagnostics } from '../diagnostics/render.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { NoticeSink } from '../execute/executor.ts'
import { hasLayers } from '../layers/flatten.ts'
import type { SourcePlace } from '../model/extensions.ts'
import type { Origin } from '../model/origin.ts'
import { ownOrProject } from '../model/paths.ts'
import { hostArch, targetArch } from '../plan/arch.ts'
import { validate } from '../validate/validate.ts'
import { evaluateModule, type ModuleKind } from './evaluate.ts'
import { findBsps } from './find-bsps.ts'
import { configFile, noProject, YAML_CONFIG } from './find-project.ts'
import type { Bsp, BspLocation, Loaded, LoadedProject, ReadBsp } from './loaded.ts'
import { type DefinitionSource, moduleSource } from './source.ts'

/** Loads the configuration and finds the BSPs, without loading them. Throws a StruxError if there is no project. */
export async function loadProject(folder: string): Promise<LoadedProject> {
  const file = configFile(folder)
  if (file === undefined) throw noProject(folder)
  const root = realpathSync(folder)
  const loaded = await loadConfig(root, file)
  const found = await findBsps(root, bspPatterns(loaded))
  const config = loaded.value
  const findings = [...loaded.findings, ...found.findings]
  if (file !== YAML_CONFIG && existsSync(join(root, YAML_CONFIG))) findings.push(twoConfigurations(file))
  if (config && found.bsps.length > 0 && !found.bsps.some(bsp => bsp.name === config.bsp)) {
    findings.push(unknownDefault(config.bsp, found.bsps))
  }
  const { value: _, ...rest } = { ...loaded, findings, root, bsps: found.bsps }
  const usable = config && !findings.some(finding => finding.severity === 'error')
  return usable ? { ...rest, value: { root, config, bsps: found.bsps } } : rest
}

async function loadConfig(root: string, file: string): Promise<Loaded<ProjectData>> {
  if (file === YAML_CONFIG) {
    const { loadYamlProject } = await import('./yaml.ts')
    return await loadYamlProject(root, file)
  }
  const definition = await evaluated(root, file, 'project')
  if (!('exported' in definition)) return definition
  return { ...definition, ...validate(projectSchema, definition.exported, 'project') }
}

function twoConfigurations(file: string): Finding {
  return {
    severity: 'error',
    code: 'two_configurations',
    message: `the project has ${file} and ${YAML_CONFIG}`,
    hint: 'delete one of the two; strux export writes YAML to a folder of its own',
    origin: { source: 'project', keys: [] },
    at: 'value',
  }
}

/** The value of `bsps`, if it can be determined despite other errors in the configuration. */
function bspPatterns({ value, exported, source }: Loaded<ProjectData>): readonly string[] {
  if (source?.kind === 'yaml') return PROJECT_DEFAULTS.bsps
  const said: unknown = value ? value.bsps : (exported as { bsps?: unknown } | undefined)?.bsps
  if (typeof said === 'string') return [said]
  if (Array.isArray(said) && said.length > 0 && said.every(one => typeof one === 'string')) return said
  return PROJECT_DEFAULTS.bsps
}

function unknownDefault(name: string, bsps: readonly BspLocation[]): Finding {
  return {
    severity: 'error',
    code: 'unknown_bsp',
    message: `there is no BSP '${name}'`,
    hint: whichBsp(name, bsps),
    origin: { source: 'project', keys: ['bsp'] },
    at: 'value',
  }
}

function whichBsp(name: string, bsps: readonly BspLocation[]): string {
  const names = bsps.map(bsp => bsp.name)
  const near = suggest(name, names)
  const list = names.length > 0 ? `BSPs of this project: ${names.join(', ')}` : 'this project has no BSPs'
  return near === undefined ? list : `did you mean '${near}'? ${list}`
}

/** What a command adds to the definitions. */
export interface LoadOptions {
  /** Names of extensions, as `--enable` gives them. */
  readonly enable?: readonly string[]
  /** Hears of lengthy work. */
  readonly notice?: NoticeSink
}

/** The project of a BSP, as far as it could be loaded. */
type BspProject = Pick<LoadedProject, 'root' | 'bsps' | 'value' | 'source'>

/**
 * Loads one BSP, and no other. Throws a StruxError (exit code 2) if the project has no BSP with that name, or no
 * extension that the options name.
 */
export async function loadBsp(
  project: BspProject,
  name: string,
  options: LoadOptions = {},
): Promise<Loaded<Bsp>> {
  const loaded = await loadDefinition(project, name, options)
  if (!loaded.value) return loaded
  const { data, folder, configured } = loaded.value
  const ofProject = (configured?.config ?? project.value?.config)?.packages
  if (!data.packages && !ofProject) return loaded
  const { listedPackages, loadPackages } = await import('./packages.ts')
  const listed = listedPackages(ofProject, data.packages, folder)
  const {
    variants,
    findings,
    diagnostics: ofFiles,
  } = await loadPackages(
    project.root,
    listed,
    treeReader(project, loaded.value, options),
    placeFinder(project, loaded),
  )
  const about = (source: 'project' | 'bsp') => findings.filter(({ origin }) => origin.source === source)
  const inProject = about('project')
  const located = inProject.length > 0 ? await project.source?.locate(inProject) : []
  const diagnostics = [...ofFiles, ...(located ?? [])]
  const failed = [...findings, ...diagnostics].some(each => each.severity === 'error')
  const placed = loaded.value.layers ? about('bsp').map(loaded.value.layers.written) : about('bsp')
  const { value, ...rest } = loaded
  return {
    ...rest,
    ...(!failed && { value: { ...value, packages: variants } }),
    findings: [...loaded.findings, ...placed],
    diagnostics: [...loaded.diagnostics, ...diagnostics],
  }
}

/** Finds values of the project and of the BSP, which may come from a layer. */
function placeFinder(
  project: BspProject,
  { value, source }: Loaded<Bsp>,
): (origin: Origin) => Promise<SourcePlace> {
  return async origin => {
    const { locator, configFileOf } = await import('./extension-wishes.ts')
    if (origin.source === 'project') return locator(project.source, configFileOf(project.source))(origin)
    const finding = { severity: 'error', code: '', message: '', origin, at: 'value' } as const
    const written = value?.layers?.written(finding) ?? finding
    return locator(source, value?.file ?? '')(written.origin)
  }
}

/** Reads the packages of Buildroot trees, for the BSP. */
function treeReader(
  { root, value }: BspProject,
  { data, configured }: Bsp,
  { notice = () => {} }: LoadOptions,
): (entry: TreePackagesData, folder: string) => Promise<TreePackages> {
  const config = configured?.config ?? value?.config
  return async ({ buildroot, ...options }, folder) => {
    // Errors in the configuration are reported by themselves.
    if (!config) return { packages: new Map(), enabled: [], diagnostics: [], unread: [] }
    const [{ treePackages }, { treeShell }] = await Promise.all([
      import('../buildroot/tree-packages.ts'),
      import('../buildroot/evaluate.ts'),
    ])
    return treePackages({
      ...{ projectRoot: root, options },
      place: treeShell({ projectRoot: root, config, notice }),
      tree: ownOrProject(buildroot, folder).replace(/\/$/, ''),
      target: targetArch(data.arch, hostArch()),
      ownKernel: data.boot?.kernel?.custom_kernel ?? false,
    })
  }
}

async function loadDefinition(
  project: BspProject,
  name: string,
  { enable, notice }: LoadOptions,
): Promise<Loaded<Bsp>> {
  // Callers pass all options of their command: only these two are for loading.
  const options: LoadOptions = { ...(enable && { enable }), ...(notice && { notice }) }
  const location = project.bsps.find(bsp => bsp.name === name)
  if (!location) {
    throw new StruxError(`there is no BSP '${name}'`, { hint: whichBsp(name, project.bsps), exitCode: 2 })
  }
  if (/\.ya?ml$/.test(location.file)) {
    const { loadYamlBsp } = await import('./yaml.ts')
    return loadYamlBsp(project.root, location, (definition, source) =>
      readBsp(definition, { project, location, source, ...options }),
    )
  }
  const definition = await evaluated(project.root, location.file, 'bsp')
  if (!('exported' in definition)) return definition
  const { source } = definition
  const read = await readBsp(definition.exported, {
    project,
    location,
    ...(source && { source }),
    ...options,
  })
  return { ...definition, ...read, diagnostics: [...definition.diagnostics, ...read.diagnostics] }
}

/** The evaluated definition, or its errors. */
async function evaluated(root: string, file: string, kind: ModuleKind): Promise<Loaded<never>> {
  const { module, diagnostics, value } = await evaluateModule(file, kind, { root })
  const loaded = { diagnostics, findings: [], ...(module && { source: moduleSource(module, value) }) }
  const failed = !module || diagnostics.some(diagnostic => diagnostic.severity === 'error')
  return failed ? loaded : { ...loaded, exported: value }
}

export interface ReadOptions extends LoadOptions {
  readonly project: BspProject
  readonly location: BspLocation
  /** The source of the BSP's definition. */
  readonly source?: DefinitionSource
}

/** Turns a BSP's definition, in either language, into the data for a plan. */
export async function readBsp(definition: unknown, options: ReadOptions): Promise<ReadBsp> {
  const { project, location, source, enable = [], notice } = options
  const { root } = project
  const config = project.value?.config
  if (config && mayHaveExtensions(definition, config, enable)) {
    const { readExtendedBsp } = await import('./extended-bsp.ts')
    return readExtendedBsp({
      ...{ root, definition, config, enable, bsp: location },
      ...(notice && { notice }),
      ...(source && { bspSource: source }),
      ...(project.source && { configSource: project.source }),
    })
  }
  if (!hasLayers(definition)) {
    const { value, findings } = validate(bspSchema, definition, 'bsp')
    return { findings, diagnostics: [], ...(value && { value: { ...location, data: value } }) }
  }
  const { compose } = await import('../layers/compose.ts')
  const composed = await compose(definition, { root, bspName: location.name, bspFolder: location.folder })
  const { data, layers, findings } = composed
  return { findings, diagnostics: [], ...(data && layers && { value: { ...location, data, layers } }) }
}

/** Whether a definition, a layer or the command may enable extensions or skip handlers. */
function mayHaveExtensions(
  definition: unknown,
  config: ProjectData,
  enable: readonly string[],
): definition is Readonly<Record<string, unknown>> {
  if (typeof definition !== 'object' || definition === null) return false
  const keys = ['extends', 'extensions', 'skip_hooks']
  return enable.length > 0 || keys.some(key => key in definition || key in config)
}

/**
 * All diagnostics of a definition, located and sorted.
 *
 * @param more findings of later stages about this definition
 */
export async function diagnose(
  loaded: Loaded<unknown>,
  more: readonly Finding[] = [],
): Promise<Diagnostic[]> {
  const layers = (loaded.value as Partial<Bsp> | undefined)?.layers
  // Later stages only see the merged data; findings from loading already refer to the definition.
  const placed = layers ? more.map(layers.written) : more
  const findings = [...loaded.findings, ...placed]
  if (findings.length === 0 || !loaded.source) return sortDiagnostics(loaded.diagnostics)
  const located = await loaded.source.locate(findings)
  // One line of source may produce many values (`list.map(…)`) with the same error.
  const distinct = new Map([...loaded.diagnostics, ...located].map(one => [JSON.stringify(one), one]))
  return sortDiagnostics([...distinct.values()])
}
