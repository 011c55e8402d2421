/** Loads definitions in YAML. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProjectData } from '../../lib/schema.ts'
import { projectSchema } from '../../lib/schema.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { validate } from '../validate/validate.ts'
import { readDefinition, type YamlKind } from '../yaml/definition.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { bspBreaks, projectBreaks } from '../yaml/incompatible.ts'
import { keep, type ReadYaml, recall } from '../yaml/kept.ts'
import type { Bsp, BspLocation, Loaded, ReadBsp } from './loaded.ts'
import { type DefinitionSource, inDocument, yamlSource } from './source.ts'

interface Read extends Loaded<never> {
  readonly diagnostics: readonly Diagnostic[]
}

/** @param file relative to the project, @param mayKeep whether the result may be cached in the project */
async function readYamlDefinition(
  root: string,
  file: string,
  kind: YamlKind,
  mayKeep: boolean,
): Promise<Read> {
  const content = readFileSync(join(root, file))
  // The parser is large, and not needed if nothing has changed.
  const open = async () => new (await import('../yaml/document.ts')).YamlDocument(file, content)
  const source = yamlSource(file, open, kind === 'bsp' ? ['bsp'] : [])
  const kept = mayKeep ? recall(root, file, content) : undefined
  if (kept) return { source, findings: [], ...kept }
  const read = await parsed(await source.document(), kind)
  if (mayKeep && isSound(read)) keep(root, file, content, read)
  return { source, findings: [], ...read }
}

async function parsed(document: YamlDocument, kind: YamlKind): Promise<ReadYaml> {
  if (!document.usable) return { exported: undefined, diagnostics: document.diagnostics }
  const { value, findings } = readDefinition(kind, document)
  // Findings about a bsp.yaml may concern its wrapper, so their keys are those of the file.
  const placed = findings.map(finding => inDocument(document, finding, []))
  const diagnostics = withoutEchoes([...document.diagnostics, ...placed])
  return { diagnostics, exported: value ?? partOf(document.data, kind) }
}

/** The part that can be determined despite errors elsewhere in the file. */
function partOf(data: unknown, kind: YamlKind): unknown {
  return kind === 'bsp' ? (data as { bsp?: unknown } | null)?.bsp : data
}

/** If a value is wrong, other ways to read it do not matter. */
function withoutEchoes(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const at = ({ line, column }: Diagnostic) => `${line}:${column}`
  const wrong = new Set(diagnostics.filter(each => each.severity === 'error').map(at))
  return diagnostics.filter(each => each.code !== 'breaks_elsewhere' || !wrong.has(at(each)))
}

const isSound = (read: Pick<ReadYaml, 'diagnostics'>) =>
  !read.diagnostics.some(each => each.severity === 'error')

export async function loadYamlProject(
  root: string,
  file: string,
  mayKeep = true,
): Promise<Loaded<ProjectData>> {
  const read = await readYamlDefinition(root, file, 'project', mayKeep)
  if (!isSound(read)) return read
  const { value, findings } = validate(projectSchema, read.exported, 'project')
  return value ? { ...read, value, findings: projectBreaks(value, root) } : { ...read, findings }
}

export async function loadYamlBsp(
  root: string,
  location: BspLocation,
  readBsp: (definition: unknown, source: DefinitionSource) => Promise<ReadBsp>,
  mayKeep = true,
): Promise<Loaded<Bsp>> {
  const read = await readYamlDefinition(root, location.file, 'bsp', mayKeep)
  if (!isSound(read)) return read
  const { value, findings, diagnostics: more } = await readBsp(read.exported, read.source!)
  const diagnostics = [...read.diagnostics, ...more]
  if (!value) return { ...read, diagnostics, findings }
  const breaks = bspBreaks(value.data, { root, bspName: location.name, bspFolder: location.folder })
  return { ...read, diagnostics, value, findings: [...findings, ...breaks] }
}
