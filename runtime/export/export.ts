/** Exports a project as YAML: collects every file before anything is written. */
import type { Finding } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import type { DefinitionSource } from '../load/source.ts'
import { exportBsp } from './bsp.ts'
import type { ExportedBsp } from './bsp-export.ts'
import { FileSet } from './files.ts'
import { exportProject } from './project.ts'
import { differencesOfProject } from './project-differences.ts'
import { exportedBsps } from './write.ts'

export interface ExportOptions {
  readonly root: string
  readonly config: DefinitionSource | undefined
  /** Absolute path of the target folder. */
  readonly out: string
  readonly withSources: boolean
  readonly lossy: boolean
  /** Whether these are all BSPs of the project. */
  readonly complete: boolean
}

export interface Exported {
  readonly files: FileSet
  readonly ofProject: readonly Finding[]
  /** By the BSP's name. */
  readonly ofBsps: ReadonlyMap<string, readonly Finding[]>
}

/** The version of the written format. */
const FORMAT = '0.3.0'

export async function exportAll(bsps: readonly ExportedBsp[], options: ExportOptions): Promise<Exported> {
  const { root, config, out, lossy, withSources, complete } = options
  const [first] = bsps
  if (!first) throw new StruxError('there is no BSP to export')
  const { project } = first
  const files = new FileSet(root, out)
  const definitions = new Set([config, ...bsps.map(bsp => bsp.source)].flatMap(filesOf))
  const ofBsps = new Map<string, readonly Finding[]>()
  for (const each of bsps) {
    const input = { root, files, definitions, lossy, version: await versionOf(each.source) }
    ofBsps.set(each.bsp.name, await exportBsp({ ...each, ...input }))
  }
  const there = [...bsps.map(each => each.bsp.name), ...(complete ? [] : exportedBsps(out))]
  const ofProject = await exportProject({
    ...first,
    ...{ root, files, definitions, lossy, withSources },
    file: config?.kind === 'yaml' ? config.file : (config?.module.entry ?? 'the project'),
    // If the default BSP is not exported, the first exported one becomes the default.
    defaultBsp: there.includes(project.config.bsp) ? project.config.bsp : first.bsp.name,
  })
  return { files, ofProject: [...ofProject, ...differencesOfProject(bsps, lossy)], ofBsps }
}

/** The version of an existing YAML file, if one is re-exported. */
async function versionOf(source: DefinitionSource | undefined): Promise<string> {
  const document = source?.kind === 'yaml' ? await source.document() : undefined
  const data = document?.data as { strux_version?: unknown } | undefined
  return typeof data?.strux_version === 'string' ? data.strux_version : FORMAT
}

/** Files that become YAML and are not copied. */
function filesOf(source: DefinitionSource | undefined): readonly string[] {
  if (!source) return []
  return source.kind === 'yaml' ? [source.file] : source.module.inputs.map(input => input.file)
}
