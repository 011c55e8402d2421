/**
 * Converts a YAML file to the definition that TypeScript would have, with the same schema. Mistakes that YAML
 * tools ignore are warnings here (docs/yaml.md has the table).
 */

import { posix } from 'node:path'
import { bspFileSchema, isTypeScriptKey, isTypeScriptList, projectFileSchema } from '../../lib/schema/yaml.ts'
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { show } from '../diagnostics/show-value.ts'
import { validate } from '../validate/validate.ts'
import type { Key } from './convert.ts'
import type { YamlDocument } from './document.ts'

export interface Definition {
  /** The definition, as in TypeScript; set if no finding is an error. */
  readonly value?: unknown
  /** The keys are those of the file; in a bsp.yaml they begin with `bsp`. */
  readonly findings: readonly Finding[]
}

export type YamlKind = 'bsp' | 'project'

export function readDefinition(
  kind: YamlKind,
  document: Pick<YamlDocument, 'data' | 'written' | 'isAnchored'>,
): Definition {
  const copy = copied(document.data)
  if (kind === 'project') remove(copy, ['strux_version'])
  const relaxed = relax(kind, copy)
  const schema = kind === 'bsp' ? bspFileSchema() : projectFileSchema()
  const findings: Finding[] = [...relaxed]
  for (const finding of validate(schema, copy, kind).findings) {
    if (finding.code === 'unknown_key') {
      // An ignored key may still hold an anchor that other values refer to.
      if (!document.isAnchored(finding.origin.keys)) findings.push(ignored(kind, finding))
      remove(copy, finding.origin.keys)
    } else findings.push(inYaml(finding, copy, document))
  }
  if (findings.some(finding => finding.severity === 'error')) return { findings }
  return { findings, value: kind === 'bsp' ? (copy as { bsp: BspData }).bsp : (copy as ProjectData) }
}

/** Copies aliased values, so that each can be corrected separately. */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied)
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, part] of Object.entries(value)) copy[key] = copied(part)
  return copy
}

function ignored(kind: YamlKind, finding: Finding): Finding {
  const keys =
    kind === 'bsp' && finding.origin.keys[0] === 'bsp' ? finding.origin.keys.slice(1) : finding.origin.keys
  const onlyThere = isTypeScriptKey(kind, keys)
  const hint = onlyThere ? 'only definitions in TypeScript have this key' : finding.hint
  const message = `${finding.message}, so it is ignored`
  const { hint: _, ...rest } = finding
  return { ...rest, severity: 'warning', message, ...(hint !== undefined && { hint }) }
}

/** Hints in YAML notation. */
function inYaml(finding: Finding, data: unknown, document: Pick<YamlDocument, 'written'>): Finding {
  const { hint, ...rest } = finding
  const { keys } = finding.origin
  const value = keys.reduce<unknown>(
    (at, key) => (at as Record<Key, unknown> | null | undefined)?.[key],
    data,
  )
  const text = document.written(keys)
  if (finding.code === 'wrong_type' && value === null) {
    const key = keys.at(-1)
    const where = typeof key === 'number' ? 'take the entry out' : `leave '${key ?? ''}' out`
    return { ...rest, hint: `${where}` }
  }
  if (finding.code === 'wrong_type' && Array.isArray(value) && !hint && isTypeScriptList(keys.slice(1)))
    return { ...rest, hint: 'put all into one: only definitions in TypeScript can have several' }
  if (hint?.startsWith('put it in quotes') && text !== undefined)
    return { ...rest, hint: `put it in quotes: "${text}"` }
  if (finding.message.includes('must be true or false') && typeof value === 'string') {
    const meant = { yes: 'true', on: 'true', y: 'true', no: 'false', off: 'false', n: 'false' }[
      value.toLowerCase()
    ]
    if (meant !== undefined) return { ...rest, hint: `write ${meant}` }
  }
  if (hint?.includes('...(')) return rest
  return finding
}

function remove(data: unknown, keys: readonly Key[]): void {
  const above = keys
    .slice(0, -1)
    .reduce<unknown>((at, key) => (at as Record<Key, unknown> | undefined)?.[key], data)
  if (typeof above === 'object' && above !== null) delete (above as Record<Key, unknown>)[keys.at(-1)!]
}

/** Changes `data` where YAML allows a value that TypeScript rejects. */
function relax(kind: YamlKind, data: unknown): Finding[] {
  const findings: Finding[] = []
  const warn = (code: string, message: string, hint: string, keys: readonly Key[]) =>
    findings.push({ severity: 'warning', code, message, hint, origin: { source: kind, keys }, at: 'value' })
  const root = data as Record<string, unknown> | null
  if (typeof root !== 'object' || root === null) return findings
  if (kind === 'project' && ['number', 'boolean'].includes(typeof root.project_version)) {
    root.project_version = String(root.project_version)
  }
  const body = (kind === 'bsp' ? root.bsp : root) as { arch?: unknown; scripts?: unknown } | null | undefined
  const above: readonly Key[] = kind === 'bsp' ? ['bsp'] : []
  if (kind === 'bsp' && typeof body?.arch === 'string' && body.arch !== body.arch.toLowerCase()) {
    const lower = body.arch.toLowerCase()
    const message = `${show(body.arch)} works here, but not everywhere: other tools' scripts compare it as it is written`
    warn('breaks_elsewhere', message, `write ${show(lower)}`, [...above, 'arch'])
    body.arch = lower
  }
  if (!Array.isArray(body?.scripts)) return findings
  for (const [index, entry] of body.scripts.entries()) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) continue
    const keys = [...above, 'scripts', index]
    const script = entry as Record<string, unknown>
    // Other tools require relative locations for the project's own scripts.
    if (kind === 'bsp' && typeof script.location === 'string')
      script.location = relative(script.location, [...keys, 'location'], 'own')
    for (const [key, means] of [
      ['cached_generated_artifacts', 'artifact'],
      ['depends_on', 'dependency'],
    ] as const) {
      const list = script[key]
      if (!Array.isArray(list)) continue
      script[key] = list.map((path, at) =>
        typeof path === 'string' ? relative(path, [...keys, key, at], means) : path,
      )
    }
  }
  return findings

  function relative(path: string, keys: readonly Key[], means: 'own' | 'artifact' | 'dependency'): string {
    if (path === '.' && means === 'dependency') {
      const message = "'.' means all of dist/, which every build changes: the script runs every time"
      warn('reads_all', message, "write './' for the BSP's folder, or list the files", keys)
      return IN_DIST('.')
    }
    const rest = path.replace(means === 'artifact' ? /^(\.?\/+)+/ : /^\/+/, '')
    if (rest === path || rest === '') return path
    const isAbsolute = path.startsWith('/')
    const what = isAbsolute ? 'is absolute' : "begins with './', which means nothing for an artifact"
    // The BSP's folders are meant only if a path begins with their names.
    const read = means !== 'own' && /^(cache|output)\//.test(rest) ? IN_DIST(rest) : rest
    const message = `${show(path)} ${what}: it is read as ${show(read)}`
    const hint =
      read === rest ? `write ${show(rest)}` : `write ${show(read)}, or ${show(rest)} in the BSP's own folder`
    warn(isAbsolute ? 'absolute_path' : 'artifact_relative', message, hint, keys)
    return read
  }
}

/** A path in dist/ without a prefix. */
const IN_DIST = (path: string) => posix.join('../dist', path)
