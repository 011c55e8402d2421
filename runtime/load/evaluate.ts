/** Runs a compiled definition and takes its default export. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type DefinitionKind, definitionKind } from '../../lib/definition.ts'
import { AuthoredFault, guard, isCodeOfAuthor, Unhandled } from '../authored/guard.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { stringOf, textOfThrown } from '../diagnostics/thrown.ts'
import { selfModule } from '../state/own-package.ts'
import { plainData } from '../validate/plain-data.ts'
import {
  type Compiled,
  type CompiledModule,
  type CompileOptions,
  compileModule,
  markFinished,
} from './compile.ts'
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
  let run = await load(module, kind)
  // A dependency of a recorded package is missing, or `clean --all` has just deleted the compiled module: compile
  // again before reporting an error.
  for (let left = 3; left > 0 && 'error' in run && isModuleMissing(run.error); left--) {
    if (!module.reused && existsSync(module.output)) break
    const again = await compileModule(entry, { ...options, force: true })
    if (!again.module) return again
    module = again.module
    diagnostics = again.diagnostics
    run = await load(module, kind)
  }
  if ('error' in run) {
    return { module, diagnostics: [...diagnostics, await thrown(run.error, module)] }
  }
  if ('wrong' in run)
    return { module, diagnostics: [...diagnostics, await atDefaultExport(run.wrong, module)] }
  if (!module.isFinished) markFinished(module)
  return { module, diagnostics, value: run.value }
}

type Run = { readonly value: unknown } | { readonly wrong: Complaint } | { readonly error: unknown }

/** Each load runs the module again: its inputs (environment, files) may have changed in a long-lived process. */
async function load(module: CompiledModule, kind: ModuleKind): Promise<Run> {
  isCodeOfAuthor(module.output)
  evaluated.set(module.output, module)
  const url = `${pathToFileURL(module.output).href}?${module.sha256.slice(0, 16)}.${evaluations++}`
  try {
    return await guard({ file: module.entry, isKnown: module.isFinished }, async () => {
      const exports = (await import(url)) as Record<string, unknown>
      const wrong = notThatKind(exports, kind)
      return wrong ? { wrong } : { value: plainData(exports.default) }
    })
  } catch (error) {
    return { error }
  }
}

/** The modules that this process has run, by their compiled file. */
const evaluated = new Map<string, CompiledModule>()

/**
 * An error in code of an author that nobody caught, as a diagnostic of the definition that it comes from; undefined if
 * it comes from no definition.
 */
export async function strayError(
  error: unknown,
): Promise<{ root: string; diagnostic: Diagnostic } | undefined> {
  for (const module of evaluated.values()) {
    const isItsOwn = thrownAt(error, module) ?? thrownAt(causeOf(error), module)
    if (isItsOwn) return { root: module.root, diagnostic: await thrown(error, module) }
  }
  return undefined
}

function causeOf(error: unknown): unknown {
  return error instanceof Unhandled ? error.cause : undefined
}

function isModuleMissing(error: unknown): boolean {
  const code = stringOf(error, 'code')
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND' || code === 'ENOENT'
}

async function thrown(error: unknown, module: CompiledModule): Promise<Diagnostic> {
  if (error instanceof Unhandled) {
    const { code, message, hint, ...place } = await thrown(error.cause, module)
    const isError = code === 'evaluation_error'
    return {
      ...place,
      code: isError ? 'unhandled_rejection' : code,
      message: isError ? `a promise is rejected, and nothing handles it: ${message}` : message,
      hint: hint ?? 'Write await before the call, or handle its error.',
    }
  }
  // A timer of another definition may have thrown while this one was evaluated.
  const others = [...evaluated.values()].filter(({ root }) => root === module.root)
  const known = [module, ...others].map(each => thrownAt(error, each)).find(each => each !== undefined)
  const place = known ?? { file: module.entry, line: 1, column: 1 }
  if (error instanceof AuthoredFault) {
    const { code, message, hint, mention } = error
    const shown = known ?? (mention === undefined ? undefined : mentioned(mention, module))
    return { severity: 'error', code, message, hint, ...place, ...shown }
  }
  // The name that require has where it is not called with a literal (common-js.ts).
  const text = textOfThrown(error).replaceAll('__strux_require', 'require')
  const missing = /The requested module '(.*)' does not provide an export named '(.*)'/.exec(text)
  if (missing) return { severity: 'error', ...place, ...(await missingExport(missing[1]!, missing[2]!)) }
  const message = withoutPaths(text, module)
  const advice = isModuleMissing(error) ? 'is everything installed? run npm install' : hintFor(text)
  const hint = advice === undefined ? {} : { hint: advice }
  return { severity: 'error', code: 'evaluation_error', message, ...place, ...hint }
}

/** The only place of a word in the files of the module; its first place in the file if there are several. */
function mentioned(word: string, { root, inputs, entry }: CompiledModule) {
  const pattern = new RegExp(`(?<![\\w$])${escapeRegExp(word)}(?![\\w$])`)
  const places = inputs.flatMap(({ file }) =>
    linesOf(join(root, file)).flatMap((text, index) => {
      const column = text.replace(/\/\/.*/, '').search(pattern) + 1
      return column > 0 ? [{ file, line: index + 1, column, length: word.length }] : []
    }),
  )
  return places.length === 1 ? places[0] : places.find(({ file }) => file === entry)
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
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

/** The names that CommonJS has and ES modules do not: what to write instead. */
function hintFor(message: string): string | undefined {
  const name = /^ReferenceError: (\S+) is not defined( in ES module scope)?/.exec(message)?.[1]
  const instead: Readonly<Record<string, string>> = {
    __dirname: 'this file is an ES module: write import.meta.dirname',
    __filename: 'this file is an ES module: write import.meta.filename',
    require:
      "this file is an ES module: write import, or const require = createRequire(import.meta.url) with createRequire of 'node:module'",
    module: 'this file is an ES module: write export default',
    exports: 'this file is an ES module: write export',
  }
  return name === undefined || !Object.hasOwn(instead, name) ? undefined : instead[name]
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
