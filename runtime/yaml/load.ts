/** Loads definitions that are written in YAML. Imported only where there are any: the parser is not small. */
import type { ProjectData } from '../../lib/schema.ts'
import { projectSchema } from '../../lib/schema.ts'
import type { Diagnostic, Finding } from '../load/diagnostic.ts'
import type { Bsp, BspLocation, Loaded } from '../load/loaded.ts'
import { inDocument, yamlSource } from '../load/source.ts'
import { validate } from '../load/validate.ts'
import { bspBreaks, projectBreaks } from './breaks.ts'
import { readDefinition, type YamlKind } from './definition.ts'
import { readYaml } from './document.ts'

interface Read extends Loaded<never> {
  readonly diagnostics: readonly Diagnostic[]
}

/** @param file relative to the project */
export function readYamlDefinition(root: string, file: string, kind: YamlKind): Read {
  const document = readYaml(root, file)
  const source = yamlSource(document, kind === 'bsp' ? ['bsp'] : [])
  if (!document.usable) return { source, findings: [], diagnostics: document.diagnostics }
  const { value, findings } = readDefinition(kind, document)
  // Those of a bsp.yaml may be about its wrapper, so they are placed by the keys of the file.
  const placed = findings.map(finding => inDocument(document, finding, []))
  const diagnostics = withoutEchoes([...document.diagnostics, ...placed])
  return { source, findings: [], diagnostics, exported: value ?? partOf(document.data, kind) }
}

/** As far as it can be known, also where something is wrong in it. */
function partOf(data: unknown, kind: YamlKind): unknown {
  return kind === 'bsp' ? (data as { bsp?: unknown } | null)?.bsp : data
}

/** Where a value is wrong anyway, it does not matter how else it could be read. */
function withoutEchoes(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const at = ({ line, column }: Diagnostic) => `${line}:${column}`
  const wrong = new Set(diagnostics.filter(each => each.severity === 'error').map(at))
  return diagnostics.filter(each => each.code !== 'breaks_elsewhere' || !wrong.has(at(each)))
}

const isSound = (read: Read) => !read.diagnostics.some(each => each.severity === 'error')

export function loadYamlProject(root: string, file: string): Loaded<ProjectData> {
  const read = readYamlDefinition(root, file, 'project')
  if (!isSound(read)) return read
  const { value, findings } = validate(projectSchema, read.exported, 'project')
  return value ? { ...read, value, findings: projectBreaks(value, root) } : { ...read, findings }
}

export async function loadYamlBsp(
  root: string,
  location: BspLocation,
  readBsp: (definition: unknown) => Promise<{ readonly value?: Bsp; readonly findings: readonly Finding[] }>,
): Promise<Loaded<Bsp>> {
  const read = readYamlDefinition(root, location.file, 'bsp')
  if (!isSound(read)) return read
  const { value, findings } = await readBsp(read.exported)
  if (!value) return { ...read, findings }
  const breaks = bspBreaks(value.data, { root, bspName: location.name, bspFolder: location.folder })
  return { ...read, value, findings: [...findings, ...breaks] }
}
