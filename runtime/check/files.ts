/** Checks the files that a plan names: missing files, and paths that lead out of the project. */

import { readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { FileStates } from '../cache/file-states.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { concerns, globBase, isProduct, liesIn } from '../model/paths.ts'
import type { PathRef, Plan, ScriptNode } from '../model/plan.ts'
import type { Relations } from '../plan/relations.ts'

export async function checkFiles(
  plan: Plan,
  relations: Relations,
  fileStates: FileStates,
  root?: string,
): Promise<Finding[]> {
  const findings: Finding[] = []
  // A link that a script has made is no mistake of the definition: the script replaces it when it runs again.
  const isOwnLink = (path: string) =>
    plan.nodes.some(({ artifacts }) =>
      artifacts.some(made => liesIn(path, made.path) && !fileStates.leadsOutside(posix.dirname(made.path))),
    )
  for (const [index, node] of [...plan.nodes, ...plan.flash].entries()) {
    if (node.kind === 'step') {
      findings.push(...node.dependencies.flatMap(ref => checkInput(ref, relations, fileStates)))
      continue
    }
    findings.push(...checkScript(node, fileStates))
    for (const ref of node.artifacts) {
      if (!fileStates.leadsOutside(ref.path) || isOwnLink(ref.path)) continue
      findings.push(escapes(node, ref.declared, ['cached_generated_artifacts', ref.position!]))
    }
    if (node.runs_in === 'host') continue
    for (const ref of node.dependencies) {
      const base = ref.glob ? globBase(ref.path) : ref.path
      if (fileStates.leadsOutside(base) && !isOwnLink(base)) {
        findings.push(escapes(node, ref.declared, ['depends_on', ref.position!]))
        continue
      }
      const later = isProduct(ref.path) ? onlyMadeLater(ref, index, plan, relations) : undefined
      if (later !== undefined) {
        findings.push(madeLater(node, ref, later))
        continue
      }
      // Existing files need no promise: a plan names thousands of files.
      const isThere = ref.glob ? (await fileStates.matches(ref)).length > 0 : fileStates.exists(ref.path)
      if (isThere || relations.isMade(ref)) continue
      const near = root === undefined || ref.glob ? undefined : nearName(root, ref.path, ref.declared)
      findings.push(notThere(node, ref.declared, ['depends_on', ref.position!], near))
    }
  }
  return findings
}

/** The id of the node that makes what `ref` reads, if only nodes behind the reader make it, and from nothing. */
function onlyMadeLater(ref: PathRef, reader: number, plan: Plan, relations: Relations): string | undefined {
  const makers = relations.makersOf(ref, plan.nodes.length).filter(maker => maker !== reader)
  if (makers.length === 0 || makers.some(maker => maker < reader)) return undefined
  const changesIt = makers.some(maker =>
    plan.nodes[maker]!.dependencies.some(each => concerns(each, ref.path)),
  )
  return changesIt ? undefined : plan.nodes[makers[0]!]!.id
}

function madeLater(node: ScriptNode, { declared, position }: PathRef, maker: string): Finding {
  return {
    severity: 'warning',
    code: 'made_later',
    message: `${node.id} reads '${declared}', which only ${maker} makes, later in the build: ${node.id} finds nothing there and runs in every build, and so does ${maker}`,
    hint: `Move the script to a hook behind ${maker}, or leave the path out of depends_on.`,
    origin: { source: node.origin.source, keys: [...node.origin.keys, 'depends_on', position!] },
    at: 'value',
  }
}

function checkScript(node: ScriptNode, fileStates: FileStates): Finding[] {
  if (node.source.kind !== 'file') return []
  const { path } = node.source
  if (fileStates.leadsOutside(path)) return [escapes(node, node.location!, ['location'])]
  if (fileStates.isFile(path)) return []
  return [
    {
      severity: 'error',
      code: 'script_missing',
      message: fileStates.exists(path) ? `${path} is not a file` : `there is no script ${path}`,
      hint: 'A location is relative to the BSP (for scripts of the project: to the project).',
      origin: { source: node.origin.source, keys: [...node.origin.keys, 'location'] },
      at: 'value',
    },
  ]
}

/** A step's input that the definition names: without this check, a build might stop at it after an hour. */
function checkInput(ref: PathRef, relations: Relations, fileStates: FileStates): Finding[] {
  const { path, named } = ref
  if (!named) return []
  const { origin, what, kind, required } = named
  const found = (severity: Finding['severity'], code: string, message: string, hint?: string): Finding[] => [
    { severity, code, message, ...(hint !== undefined && { hint }), origin, at: 'value' },
  ]
  if (path === '..' || path.startsWith('../') || (fileStates.leadsOutside(path) && !relations.isMade(ref))) {
    const hint = 'Copy it into the project; only the project is mounted where steps run.'
    return found('error', 'path_escapes', `the ${what} ${path} lies outside the project`, hint)
  }
  if (fileStates.exists(path)) {
    const is = fileStates.isFile(path) ? 'file' : 'folder'
    return kind.includes(is)
      ? []
      : found('error', 'file_missing', `the ${what} ${path} is a ${is}, not a ${kind}`)
  }
  if (relations.isMade(ref)) return []
  const message = `there is no ${what} ${path}`
  if (!isProduct(path)) {
    if (required) return found('error', 'file_missing', message)
    const hint =
      kind === 'folder' ? 'Git keeps no empty folders. Without the folder, nothing is copied.' : undefined
    return found('warning', 'file_missing', message, hint)
  }
  const hint = 'Name it in cached_generated_artifacts of the script that makes it.'
  return found('warning', 'file_missing', `${message}, and no script declares it as an artifact`, hint)
}

function escapes(node: ScriptNode, declared: string, keys: (string | number)[]): Finding {
  return {
    severity: 'error',
    code: 'path_escapes',
    message: `'${declared}' leads out of the project through a symlink`,
    hint: 'Copy the file into the project; only the project is mounted where scripts run.',
    origin: { source: node.origin.source, keys: [...node.origin.keys, ...keys] },
    at: 'value',
  }
}

/** The path with the name of a file beside it that is nearly the same. */
function nearName(root: string, path: string, declared: string): string | undefined {
  let names: string[]
  try {
    names = readdirSync(join(root, posix.dirname(path)))
  } catch {
    return undefined
  }
  const name = suggest(posix.basename(path), names)
  return name === undefined ? undefined : declared.replace(/[^/]*\/?$/, () => name)
}

function notThere(
  node: ScriptNode,
  declared: string,
  keys: (string | number)[],
  near: string | undefined,
): Finding {
  const placed = /^(\.\.?|cache|output)\//.test(declared)
  return {
    severity: 'warning',
    code: 'dependency_missing',
    message: `'${declared}' does not exist, and nothing declares it as an artifact: the script runs on every build until it exists`,
    ...(near !== undefined
      ? { hint: `Did you mean '${near}'?` }
      : placed
        ? {}
        : { hint: `Files of the BSP begin with './': did you mean './${declared}'?` }),
    origin: { source: node.origin.source, keys: [...node.origin.keys, ...keys] },
    at: 'value',
  }
}
