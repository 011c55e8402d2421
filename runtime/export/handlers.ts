/** Converts the handlers of extensions to bash inside generated scripts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EVERY_HANDLER } from '../../lib/hooks/image-variables.ts'
import { quoteForShell } from '../../lib/sh.ts'
import type { Finding } from '../diagnostics/diagnostic.ts'
import type { ExtensionHandler } from '../model/extensions.ts'
import type { Plan, ScriptNode } from '../model/plan.ts'
import { CONTAINER_ROOT } from '../plan/environment.ts'
import { handlerHarness } from '../steps/extensions/harness.ts'
import type { FileSet } from './files.ts'
import type { Layout } from './layout.ts'
import { notInYaml } from './left-out.ts'
import { type InnerScript, READ_PUBLISHED } from './step-script.ts'

export interface HandlersInput {
  readonly root: string
  readonly plan: Plan
  readonly bspName: string
  readonly files: FileSet
  readonly layout: Layout
  readonly lossy: boolean
}

type HandlerNode = ScriptNode & { readonly handler: ExtensionHandler }

export interface ExportedHandlers {
  /** By the step that the handlers work inside; by `end` for those after the last step. */
  readonly byStep: ReadonlyMap<string, readonly InnerScript[]>
  readonly exported: readonly ExtensionHandler[]
  readonly findings: readonly Finding[]
}

/** The handlers of a plan as bash; adds the files that they name to the file set. */
export function exportHandlers(input: HandlersInput): ExportedHandlers {
  const byStep = new Map<string, InnerScript[]>()
  const exported: ExtensionHandler[] = []
  const findings: Finding[] = []
  for (const node of input.plan.nodes) {
    if (!isHandler(node)) continue
    const why = reasonAgainst(node)
    if (why !== undefined) {
      const { handler, origin } = node
      const what = `${handler.id} of the extension ${handler.extension.name}`
      findings.push(notInYaml(what, why, { origin, at: 'value' }, input.lossy))
      continue
    }
    exported.push(node.handler)
    const step = node.step ?? 'end'
    const inner = { at: node.at ?? 'end', command: handlerCommand(node, input) }
    byStep.set(step, [...(byStep.get(step) ?? []), inner])
  }
  return { byStep, exported, findings }
}

function isHandler(node: Plan['nodes'][number]): node is HandlerNode {
  return node.kind === 'script' && node.handler !== undefined
}

/** Hooks whose effect no generated script can have at the time of the original hook. */
const NO_COUNTERPART: Partial<Readonly<Record<string, string>>> = {
  custom_kernel_config: 'other tools call no script between the configuration of a kernel and its build',
  custom_apt_repo: 'other tools install packages before any script can add a repository',
  extension_metadata_ready: 'other tools keep no records of hook calls',
}

function reasonAgainst({ hook, source }: HandlerNode): string | undefined {
  if (source.kind === 'function') return 'other tools cannot call a TypeScript function'
  return NO_COUNTERPART[hook]
}

/** A subshell, which sees the variables of the step and publishes those that the hook may set. */
function handlerCommand(node: HandlerNode, input: HandlersInput): string {
  const { layout } = input
  const { handler } = node
  const names = ['EXTENSION_OPTIONS', ...EVERY_HANDLER]
  const exports = names.flatMap(name => {
    const value = node.env[name]
    return value === undefined ? [] : [`export ${name}=${portable(value, layout)}`]
  })
  const publish = node.sets.length === 0 ? [] : [`trap 'strux_publish ${node.sets.join(' ')}' EXIT`]
  const text = handlerHarness({ text: textOf(node, input) }, movedHandler(handler, layout))
  copyFiles(node, input)
  return [`# ${handler.id}`, '(', ...exports, ...publish, text.trimEnd(), ')', READ_PUBLISHED].join('\n')
}

/** A value with a path of this project, as a word of bash that gives the path in the exported one. */
export function portable(value: string, layout: Layout): string {
  if (!value.startsWith(`${CONTAINER_ROOT}/`)) return quoteForShell(value)
  return `"$PROJECT_FOLDER"/${quoteForShell(layout.place(value.slice(CONTAINER_ROOT.length + 1)))}`
}

function textOf({ source }: HandlerNode, { root }: HandlersInput): string {
  if (source.kind === 'file') return readFileSync(join(root, source.path), 'utf8')
  return source.text
}

function movedHandler(handler: ExtensionHandler, layout: Layout): ExtensionHandler {
  const { source, extension } = handler
  if (source.kind !== 'bash') return handler
  const files = source.files ?? (extension.file === undefined ? [] : [extension.file])
  return { ...handler, source: { ...source, files: files.map(path => layout.place(path)) } }
}

/** The inputs that the handler declares, and the whole folder of an extension that has one of its own. */
function copyFiles({ handler, dependencies }: HandlerNode, { bspName, files, layout }: HandlersInput): void {
  const { extension, source } = handler
  const ownFolder = extension.folder.split('/').at(-1) === extension.name
  const bash = source.kind === 'bash' ? (source.files ?? []) : []
  const paths = [
    ...(ownFolder ? [extension.folder] : []),
    ...dependencies.filter(ref => !ref.glob).map(ref => ref.path),
    ...bash,
  ]
  for (const path of new Set(paths)) files.copy(bspName, path, layout.place(path))
}
