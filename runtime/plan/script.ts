/** Turns one script entry into a node of the plan: paths, environment, builder, and findings about them. */
import { posix } from 'node:path'
import type { HookRow } from '../../lib/hooks/row.ts'
import { DEFAULT_TOOL_GROUPS, type ToolGroup } from '../../lib/tools.ts'
import type { Origin } from '../model/origin.ts'
import {
  isOwn,
  notSources,
  type PathRoots,
  pathRef,
  type Resolved,
  resolveArtifact,
  resolveDependency,
  resolveLocation,
} from '../model/paths.ts'
import type { PathRef, ScriptNode, ScriptSource } from '../model/plan.ts'
import { titleOf } from './identity.ts'
import type { ScriptEntry } from './input.ts'
import type { Stop } from './pipeline.ts'
import type { Planning } from './planning.ts'

/** The node, or undefined (with a finding) if the script has no path that can be run. */
export function scriptNode(
  id: string,
  entry: ScriptEntry,
  { row, vocabulary }: Stop & { kind: 'hook' },
  origin: Origin,
  planning: Planning,
): ScriptNode | undefined {
  const { data, board, call } = entry
  const hook = row.name
  const roots: PathRoots = {
    bsp: planning.bspName,
    own: entry.source === 'bsp' ? planning.bspFolder : '.',
  }
  const check = pathChecker(origin, planning)
  const called = (path: string) => resolveLocation(path, { ...roots, own: isOwn(path) ? roots.own : '.' })
  const source = scriptSource(data, path =>
    check(call ? called(path) : resolveLocation(path, roots), board?.location ?? path, ['location']),
  )
  const cwd = call?.cwd === undefined ? '.' : check(called(call.cwd), call.cwd, ['cwd'])
  const artifacts = refs(data.cached_generated_artifacts, (declared, position) => {
    const path = check(resolveArtifact(declared, roots), declared, ['cached_generated_artifacts', position])
    return path === undefined ? undefined : { ...pathRef(declared, path, false), position }
  })
  const ignored = planning.project.build?.cache?.ignore_patterns ?? []
  const dependencies = refs(data.depends_on, (inBsp, position) => {
    const declared = board?.depends_on?.[position] ?? inBsp
    const path = check(resolveDependency(inBsp, roots), declared, ['depends_on', position])
    if (path === undefined) return undefined
    const ref = pathRef(inBsp, path)
    // Not by spreading: a build may have thousands of inputs, and such objects are larger.
    const all = { declared, path: ref.path, glob: ref.glob, position }
    const ignore = [...ignored, ...notSources(ref.path, ref.glob)]
    return ignore.length > 0 ? { ...all, ignore } : all
  })
  if (!source || cwd === undefined) return undefined

  const runsIn = call?.onHost ? 'host' : row.runs_in
  const environment = planning.environment({
    hook,
    onHost: runsIn === 'host',
    flashes: row.called === 'flash',
    folders: row.folders ?? false,
    boardFolder: board?.folder,
  })
  const harness = row.harness === undefined ? undefined : vocabulary.harnesses?.[row.harness]
  return {
    kind: 'script',
    id,
    names: [id, hook, ...(row.aliases ?? [])],
    title: titleOf(asWritten(entry)),
    hook,
    relation: row.relation,
    ...(row.step !== undefined && { step: row.step }),
    ...(data.location === undefined ? {} : { location: board?.location ?? data.location }),
    ...(board && { layer: board.layer }),
    runs_in: runsIn,
    ...(row.user && { user: row.user }),
    ...(call && {
      call: {
        args: call.args,
        cwd: posix.join(environment.env.PROJECT_FOLDER!, cwd),
        ...(call.setup && { setup: call.setup }),
      },
    }),
    scope: 'bsp',
    everyTime: artifacts.length === 0,
    artifacts,
    dependencies,
    ...environment,
    ...(call && {
      hashedEnv: {
        ...environment.hashedEnv,
        arguments: JSON.stringify([call.args, cwd, ...(call.setup ? [call.setup] : [])]),
      },
    }),
    builder: planning.builder(toolsOf(entry, row, planning), call?.packages),
    ...(row.relation === 'within' && row.step !== undefined && { inside: row.step }),
    ...(row.at !== undefined && { at: row.at }),
    sets: row.sets ?? [],
    feeds: row.feeds ?? false,
    rewrites: (row.changes ?? []).flatMap(path => {
      const resolved = resolveArtifact(path, roots)
      return 'path' in resolved ? [pathRef(path, resolved.path, false)] : []
    }),
    ...(row.harness !== undefined &&
      harness && { harness: { name: row.harness, text: harness({ text: '' }) } }),
    source,
    origin,
  }
}

/** The entry with the location as its author wrote it. */
export function asWritten({ data, board }: ScriptEntry): ScriptEntry['data'] {
  return board?.location === undefined ? data : { ...data, location: board.location }
}

/** The tools that an entry asks for; undefined: the default groups. */
function toolsOf({ data }: ScriptEntry, row: HookRow, { facts }: Planning): readonly ToolGroup[] | undefined {
  if ('tools' in data && data.tools) return data.tools
  const foreign = facts.target === facts.host ? [] : (row.foreign_tools ?? [])
  const added = [...(row.tools ?? []), ...foreign]
  return added.length === 0 ? undefined : [...DEFAULT_TOOL_GROUPS, ...added]
}

function scriptSource(
  data: ScriptEntry['data'],
  resolve: (path: string) => string | undefined,
): ScriptSource | undefined {
  if (data.run) return { kind: 'inline', text: data.run.text }
  const path = resolve(data.location ?? '')
  return path === undefined ? undefined : { kind: 'file', path }
}

function refs(
  declared: readonly string[] = [],
  resolve: (declared: string, position: number) => PathRef | undefined,
): PathRef[] {
  return declared.map(resolve).filter(ref => ref !== undefined)
}

const OUTSIDE_HINTS = {
  input: 'Copy the file into the project; only the project is mounted where scripts run.',
  artifact: 'Scripts can write only in the project: put it under cache/ or output/.',
}

/** Returns the path of a resolved reference, or reports a finding if the path is absolute or leaves the project. */
function pathChecker(origin: Origin, planning: Planning) {
  return (resolved: Resolved, declared: string, keys: (string | number)[]): string | undefined => {
    if ('path' in resolved) return resolved.path
    const outside = resolved.problem === 'outside'
    planning.report({
      severity: 'error',
      code: outside ? 'path_escapes' : 'absolute_path',
      message: outside ? `'${declared}' leads out of the project` : `'${declared}' is absolute`,
      hint: outside
        ? OUTSIDE_HINTS[keys[0] === 'cached_generated_artifacts' ? 'artifact' : 'input']
        : `Write it relative to the ${keys[0] === 'cached_generated_artifacts' ? 'build folders (cache/, output/)' : 'BSP (./)'}.`,
      origin: { source: origin.source, keys: [...origin.keys, ...keys] },
      at: 'value',
    })
    return undefined
  }
}
