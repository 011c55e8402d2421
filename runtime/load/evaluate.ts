/** Runs a compiled definition and takes its default export. */
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { type DefinitionKind, definitionKind } from '../../lib/definition.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { selfModule } from '../state/own-package.ts'
import { type Compiled, type CompiledModule, type CompileOptions, compileModule } from './compile.ts'
import { thrownAt } from './stack.ts'

export interface Evaluated extends Compiled {
  /** The argument of `defineBsp` or `defineConfig`; missing if a diagnostic is an error. */
  readonly value?: unknown
}

/** The expected kind of definition. */
export type ModuleKind = Extract<DefinitionKind, 'bsp' | 'project' | 'extension' | 'package'>

let evaluations = 0

/** Compiles the definition if needed, runs it, and checks that it is of the expected kind. */
export async function evaluateModule(
  entry: string,
  kind: ModuleKind,
  options: CompileOptions,
): Promise<Evaluated> {
  const compiled = await compileModule(entry, options)
  if (!compiled.module) return compiled
  let { module, diagnostics } = compiled
  let run = await load(module)
  // A dependency of a recorded package is missing, or `clean --all` has just deleted the compiled module: compile
  // again before reporting an error.
  for (let left = 3; left > 0 && 'error' in run && isModuleMissing(run.error); left--) {
    if (!module.reused && existsSync(module.output)) break
    const again = await compileModule(entry, { ...options, force: true })
    if (!again.module) return again
    module = again.module
    diagnostics = again.diagnostics
    run = await load(module)
  }
  if ('error' in run) {
    return { module, diagnostics: [...diagnostics, await thrown(run.error, module)] }
  }
  const wrong = notThatKind(run.exports, kind)
  if (wrong) return { module, diagnostics: [...diagnostics, await atDefaultExport(wrong, module)] }
  return { module, diagnostics, value: run.exports.default }
}

type Run = { readonly exports: Readonly<Record<string, unknown>> } | { readonly error: unknown }

/** Each load runs the module again: its inputs (environment, files) may have changed in a long-lived process. */
async function load(module: CompiledModule): Promise<Run> {
  const url = `${pathToFileURL(module.output).href}?${module.sha256.slice(0, 16)}.${evaluations++}`
  try {
    return { exports: (await import(url)) as Record<string, unknown> }
  } catch (error) {
    return { error }
  }
}

function isModuleMissing(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND' || code === 'ENOENT'
}

async function thrown(error: unknown, module: CompiledModule): Promise<Diagnostic> {
  const place = thrownAt(error, module) ?? { file: module.entry, line: 1, column: 1 }
  const missing = /The requested module '(.*)' does not provide an export named '(.*)'/.exec(textOf(error))
  if (missing) return { severity: 'error', ...place, ...(await missingExport(missing[1]!, missing[2]!)) }
  const message = withoutPaths(textOf(error), module)
  const hint = isModuleMissing(error) ? { hint: 'is everything installed? run npm install' } : {}
  return { severity: 'error', code: 'evaluation_error', message, ...place, ...hint }
}

/** An import that the compiler could not check because Node loads the package. */
async function missingExport(
  specifier: string,
  name: string,
): Promise<Pick<Diagnostic, 'code' | 'message' | 'hint'>> {
  const own = pathToFileURL(selfModule('strux-bsp')!).href === specifier
  const from = own
    ? 'strux-bsp'
    : (/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(specifier)?.[1] ?? specifier)
  const message = `${from} has no export named '${name}'`
  try {
    const names = Object.keys((await import(specifier)) as object)
    const near = suggest(name, names)
    return {
      code: 'missing_export',
      message,
      hint: near ? `did you mean '${near}'?` : `it exports ${names.join(', ')}`,
    }
  } catch {
    return { code: 'missing_export', message }
  }
}

/** The messages of an error and of its causes; the text of any other thrown value. */
function textOf(error: unknown): string {
  if (!(error instanceof Error))
    return `threw ${typeof error === 'string' ? JSON.stringify(error) : String(error)}`
  const name = error.name === 'Error' || error.message === '' ? '' : `${error.name}: `
  const cause = error.cause instanceof Error ? ` (${textOf(error.cause)})` : ''
  return `${name}${error.message || error.name}${cause}`
}

/** Removes paths of compiled files and of the project folder, which do not help the author. */
function withoutPaths(message: string, { root, output, entry }: CompiledModule): string {
  return message
    .replaceAll(new RegExp(`${escapeRegExp(pathToFileURL(output).href)}(\\?[0-9a-f]+\\.\\d+)?`, 'g'), entry)
    .replaceAll(output, entry)
    .replaceAll(`${pathToFileURL(root).href}/`, '')
    .replaceAll(`${root}/`, '')
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

type Complaint = Pick<Diagnostic, 'code' | 'message' | 'hint'>

const MAKER: Readonly<Record<DefinitionKind, string>> = {
  bsp: 'defineBsp',
  project: 'defineConfig',
  layer: 'layer',
  board: 'defineBoard',
  without: 'without',
  extension: 'defineExtension',
  package: 'definePackage',
}
const NOUN: Readonly<Record<DefinitionKind, string>> = {
  bsp: 'a BSP',
  project: "a project's configuration",
  layer: 'a layer',
  board: 'a board',
  without: 'an entry of scripts',
  extension: 'an extension',
  package: 'a package',
}

function notThatKind(exports: Readonly<Record<string, unknown>>, wanted: ModuleKind): Complaint | undefined {
  const make = `export default ${MAKER[wanted]}({ … })`
  if (!('default' in exports)) {
    const named = Object.keys(exports).find(name => definitionKind(exports[name]) === wanted)
    return {
      code: 'no_default_export',
      message: named ? `'${named}' is exported by name, not by default` : 'there is no default export',
      hint: make,
    }
  }
  const value = exports.default
  const kind = definitionKind(value)
  if (kind === wanted) return undefined
  if (kind !== undefined) {
    const message = `this is ${NOUN[kind]} (${MAKER[kind]}) where ${NOUN[wanted]} is expected`
    return { code: 'wrong_definition', message, hint: make }
  }
  const what = describe(value)
  return {
    code: 'not_a_definition',
    message: `the default export is ${what}, not ${NOUN[wanted]}`,
    hint: typeof value === 'object' && value !== null ? `wrap it: ${make}` : make,
  }
}

function describe(value: unknown): string {
  if (value instanceof Promise) return 'a promise'
  if (Array.isArray(value)) return 'a list'
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' ? 'a plain object' : `a ${typeof value}`
}

async function atDefaultExport(complaint: Complaint, module: CompiledModule): Promise<Diagnostic> {
  const { defaultExportOf } = await import('./locate.ts')
  return { severity: 'error', ...complaint, ...(await defaultExportOf(module)) }
}
