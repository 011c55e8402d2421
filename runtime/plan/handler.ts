/** Turns an extension's handler into a node of the plan: it works at a point of a step, or after the last step. */
import { posix } from 'node:path'
import type { ExtensionHandler } from '../model/extensions.ts'
import type { Origin } from '../model/origin.ts'
import {
  cacheFolder,
  notSources,
  type PathRoots,
  pathRef,
  type Resolved,
  resolveDependency,
  resolveLocation,
} from '../model/paths.ts'
import type { PathRef, ScriptNode, ScriptSource } from '../model/plan.ts'
import { handlerEnvironment } from './environment.ts'
import type { Stop } from './pipeline.ts'
import type { Planning } from './planning.ts'

/** The node, or undefined (with a finding) if the handler names a path that leaves the project. */
export function handlerNode(
  id: string,
  handler: ExtensionHandler,
  { row, vocabulary }: Stop & { kind: 'hook' },
  planning: Planning,
): ScriptNode | undefined {
  const { extension, origin } = handler
  const roots: PathRoots = { bsp: planning.bspName, own: extension.folder }
  const resolve = resolver(handler, planning)
  const source = sourceOf(handler, path => resolve(path, resolveLocation(path, roots)))
  const dependencies = (handler.depends_on ?? []).flatMap((declared, position): PathRef[] => {
    const path = resolve(declared, resolveDependency(declared, roots))
    if (path === undefined) return []
    const ref = pathRef(declared, path)
    const ignore = notSources(ref.path, ref.glob)
    return [{ ...ref, position, ...(ignore.length > 0 && { ignore }) }]
  })
  if (!source) return undefined
  const harness = row.harness === undefined ? undefined : vocabulary.harnesses?.[row.harness]
  return {
    kind: 'script',
    id,
    names: [id, row.name, ...(row.aliases ?? []), extension.name],
    title: handler.description ?? `${handler.name} (${extension.name})`,
    hook: row.name,
    relation: row.relation,
    ...(row.step !== undefined && { step: row.step }),
    ...(handler.source.kind === 'file' && { location: handler.source.location }),
    handler,
    runs_in: row.runs_in,
    scope: 'bsp',
    everyTime: true,
    artifacts: [],
    dependencies: [...dependencies, ...filesOf(handler)],
    ...handlerEnvironment(handler, planning.facts, planning.root),
    builder: planning.builder(row.step === undefined ? undefined : stepTools(row.step, planning)),
    ...(row.relation === 'within' && row.step !== undefined && { inside: row.step }),
    ...(row.at !== undefined && { at: row.at }),
    sets: row.sets ?? [],
    feeds: row.feeds ?? false,
    rewrites: [],
    ...(row.harness !== undefined &&
      harness && { harness: { name: row.harness, text: harness({ text: '' }, handler) } }),
    source,
    origin,
  }
}

/** The files that a bash handler needs beside its own. */
function filesOf({ source, extension }: ExtensionHandler): PathRef[] {
  if (source.kind !== 'bash') return []
  return (source.files ?? []).filter(path => path !== extension.file).map(plainFile)
}

const plainFile = (path: string): PathRef => ({ declared: path, path, glob: false })

/** The file of variables that bash handlers of a step leave to those of later steps. */
const variablesFile = (bsp: string, step: string): PathRef =>
  plainFile(`${cacheFolder(bsp)}/extension-variables/${step}.sh`)

/** What the bash handlers inside a step add to its outputs and inputs: files of variables. */
export function variablesOfHandlers(
  step: string,
  scripts: readonly ScriptNode[],
  bsp: string,
): { readonly outputs: readonly PathRef[]; readonly inputs: readonly PathRef[] } {
  const sources = scripts.flatMap(({ inside, handler }) =>
    inside === step && handler?.source.kind === 'bash' ? [handler.source] : [],
  )
  const earlier = new Set(sources.flatMap(({ after }) => after ?? []))
  return {
    outputs: sources.length > 0 ? [variablesFile(bsp, step)] : [],
    inputs: [...earlier].map(name => variablesFile(bsp, name)),
  }
}

/** A handler inside a step runs in the step's builder. */
function stepTools(name: string, { pipeline, stepFacts }: Planning) {
  return pipeline.steps.find(step => step.name === name)?.tools(stepFacts)
}

function sourceOf(
  { source, extension }: ExtensionHandler,
  resolve: (path: string) => string | undefined,
): ScriptSource | undefined {
  if (source.kind === 'inline' || source.kind === 'function') return source
  const location =
    source.kind === 'file' ? source.location : posix.relative(extension.folder, extension.file ?? '')
  const path = resolve(location)
  return path === undefined ? undefined : { kind: 'file', path }
}

function resolver({ id, origin }: ExtensionHandler, { report }: Planning) {
  return (declared: string, resolved: Resolved): string | undefined => {
    if ('path' in resolved) return resolved.path
    report(outside(id, declared, resolved.problem, origin))
    return undefined
  }
}

function outside(id: string, declared: string, problem: string, origin: Origin) {
  return {
    severity: 'error',
    code: problem === 'outside' ? 'path_escapes' : 'absolute_path',
    message: `'${declared}' of ${id} ${problem === 'outside' ? 'leads out of the project' : 'is absolute'}`,
    hint: "Write it relative to the extension's folder, or begin it with cache/ or output/.",
    origin,
    at: 'value',
  } as const
}
