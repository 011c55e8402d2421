/** Converts definitions from YAML to TypeScript modules. */
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, posix, relative, resolve, sep } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { findBsps } from '../load/find-bsps.ts'
import { projectAround } from '../load/find-project.ts'
import type { BspLocation, Loaded } from '../load/loaded.ts'
import { diagnose, readBsp } from '../load/project.ts'
import { loadYamlBsp, loadYamlProject } from '../load/yaml.ts'
import { readYaml } from '../yaml/document.ts'
import { moduleText } from './module-text.ts'

export interface Imported {
  /** Relative to `root`: the YAML file, and the module with the same content. */
  readonly from: string
  readonly to: string
  readonly text: string
}

export interface ImportResult {
  /** The base of paths in diagnostics. */
  readonly root: string
  /** If there is an error, there are no modules. */
  readonly diagnostics: readonly Diagnostic[]
  readonly modules: readonly Imported[]
}

/** @param path a YAML file, or the folder of one BSP or of a project with all its BSPs in YAML */
export async function importYaml(path: string): Promise<ImportResult> {
  const { root, files } = await filesAt(resolve(path))
  const modules: Imported[] = []
  const diagnostics: Diagnostic[] = []
  for (const { file, kind } of files) {
    const loaded = kind === 'bsp' ? await loadBspFile(root, file) : await loadYamlProject(root, file, false)
    // Warnings about other YAML readers no longer apply.
    diagnostics.push(...(await diagnose(loaded)).filter(each => each.code !== 'breaks_elsewhere'))
    const { source, exported, value } = loaded
    if (value === undefined || source?.kind !== 'yaml') continue
    const text = moduleText(kind, await source.document(), exported as object)
    modules.push({ from: file, to: moduleFile(file, kind), text })
  }
  const failed = diagnostics.some(each => each.severity === 'error')
  return { root, diagnostics, modules: failed ? [] : modules }
}

interface YamlFile {
  /** Relative to the root. */
  readonly file: string
  readonly kind: 'bsp' | 'project'
}

async function filesAt(path: string): Promise<{ root: string; files: YamlFile[] }> {
  const status = statSync(path, { throwIfNoEntry: false })
  if (!status) throw new StruxError(`there is nothing at ${path}`, { exitCode: 2 })
  if (status.isFile()) return oneFile(path)
  if (existsSync(join(path, 'bsp.yaml'))) return oneFile(join(path, 'bsp.yaml'))
  const { bsps } = await findBsps(path, ['bsp/*/bsp.yaml'])
  const config = existsSync(join(path, 'strux.yaml'))
    ? [{ file: 'strux.yaml', kind: 'project' } as const]
    : []
  const files = [...config, ...bsps.map(({ file }) => ({ file, kind: 'bsp' }) as const)]
  if (files.length > 0) return { root: path, files }
  const hint = 'name a YAML file, or the folder that has one'
  throw new StruxError(`there is no strux.yaml, bsp.yaml or bsp/*/bsp.yaml in ${path}`, { hint, exitCode: 2 })
}

function oneFile(path: string): { root: string; files: YamlFile[] } {
  const root = rootOf(path)
  const file = relative(root, path).split(sep).join('/')
  return { root, files: [{ file, kind: kindOf(root, file) }] }
}

function rootOf(path: string): string {
  const root = projectAround(dirname(path))
  return root === undefined || relative(root, path).startsWith('..') ? dirname(path) : root
}

/** By the file's name; for other names, by whether it has a BSP's wrapper. */
function kindOf(root: string, file: string): YamlFile['kind'] {
  if (basename(file) === 'strux.yaml') return 'project'
  if (basename(file) === 'bsp.yaml') return 'bsp'
  const { data } = readYaml(root, file)
  return typeof data === 'object' && data !== null && 'bsp' in data && typeof data.bsp === 'object'
    ? 'bsp'
    : 'project'
}

async function loadBspFile(root: string, file: string): Promise<Loaded<unknown>> {
  const folder = posix.dirname(file)
  const name = basename(join(root, folder))
  const location: BspLocation = { name, file, folder }
  return loadYamlBsp(
    root,
    location,
    definition => readBsp(definition, { project: { root, bsps: [] }, location }),
    false,
  )
}

function moduleFile(file: string, kind: YamlFile['kind']): string {
  const name = kind === 'project' ? 'strux.config.ts' : posix.basename(file).replace(/(\.ya?ml)?$/, '.ts')
  return posix.join(posix.dirname(file), name)
}
