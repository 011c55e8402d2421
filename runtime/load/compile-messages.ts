/** Converts the compiler's messages to diagnostics: in the author's terms, with the likely fix. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { Location, Message } from 'esbuild'
import type { Diagnostic, Severity } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { isSelf, selfSpecifiers } from '../state/own-package.ts'
import { APPENDED } from './bundle.ts'

/** @param entry the definition, relative to the project: a message without a place is about it */
export function compileDiagnostics(
  errors: readonly Message[],
  warnings: readonly Message[],
  root: string,
  entry: string,
): Diagnostic[] {
  return [
    ...errors.map(message => diagnostic(message, 'error', root, entry)),
    ...warnings.map(message => diagnostic(message, 'warning', root, entry)),
  ]
}

function diagnostic(message: Message, severity: Severity, root: string, entry: string): Diagnostic {
  const { location } = message
  const file = location?.file.split('\\').join('/') ?? entry
  return {
    severity,
    ...meaning(message, severity, root),
    file,
    ...(location ? place(location, root) : { line: 1, column: 1 }),
  }
}

/** esbuild counts columns from 0 and in UTF-8 bytes. */
function place(location: Location, root: string): Pick<Diagnostic, 'line' | 'column' | 'length'> {
  // An unclosed bracket is reported in the appended line (see bundle.ts). For the author that is the end of the
  // file.
  if (location.lineText.startsWith(APPENDED)) return endOfFile(resolve(root, location.file))
  const bytes = Buffer.from(location.lineText)
  const before = bytes.subarray(0, location.column).toString().length
  const length = bytes.subarray(location.column, location.column + location.length).toString().length
  return { line: location.line, column: before + 1, ...(length > 0 ? { length } : {}) }
}

function endOfFile(file: string): Pick<Diagnostic, 'line' | 'column'> {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 }
}

function meaning(
  { text, id, location }: Message,
  severity: Severity,
  root: string,
): Pick<Diagnostic, 'code' | 'message' | 'hint'> {
  const unresolved = /^Could not resolve "(.*)"/.exec(text)?.[1]
  if (unresolved !== undefined && severity === 'error') {
    const hint = unresolvedHint(unresolved, dirname(resolve(root, location?.file ?? '.')))
    return { code: 'unresolved_import', message: `cannot find '${unresolved}'`, hint }
  }
  const missing = /^No matching export in "(.*)" for import "(.*)"/.exec(text)
  if (missing) {
    return {
      code: 'missing_export',
      message: `${missing[1]} has no export named '${missing[2]}'`,
      ...missingExportHint(resolve(root, missing[1]!), missing[2]!),
    }
  }
  const noLoader = /^No loader is configured for "(.*)" files: (.*)/.exec(text)
  if (noLoader) {
    return {
      code: 'unsupported_import',
      message: `'${basename(noLoader[2]!)}' is not a module: ${noLoader[1]} files cannot be imported`,
      hint: 'read it with readFileSync(new URL(…, import.meta.url)), or name its path in the definition',
    }
  }
  if (severity === 'warning') return { code: id.replaceAll('-', '_') || 'compile_warning', message: text }
  if (location?.lineText.startsWith(APPENDED)) {
    const expected = /^Expected (\S+)/.exec(text)?.[1]
    return {
      code: 'syntax_error',
      message: `Unexpected end of file${expected ? `, expected ${expected}` : ''}`,
    }
  }
  return {
    code: 'syntax_error',
    message: text,
    ...(location?.suggestion ? { hint: `use ${location.suggestion}` } : {}),
  }
}

function unresolvedHint(specifier: string, folder: string): string {
  if (isSelf(specifier)) return `strux-bsp can be imported as ${selfSpecifiers().join(', ')}`
  if (!/^\.{0,2}\/|^\.\.?$/.test(specifier)) {
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
    return `run npm install ${name}, or check the name`
  }
  const near = nearFile(specifier, folder)
  return near === undefined
    ? 'check the path: it is relative to the file that imports it'
    : `did you mean '${near}'?`
}

/** A file next to the missing one with a similar name, in the notation of the import. */
function nearFile(specifier: string, folder: string): string | undefined {
  const wanted = resolve(folder, specifier)
  let names: string[]
  try {
    names = readdirSync(dirname(wanted))
  } catch {
    return undefined
  }
  const stem = (name: string) => name.replace(/\.[a-z]+$/, '')
  const same = names.find(name => stem(name) === stem(basename(wanted)))
  const near = same ?? suggest(basename(wanted), names) ?? nearStem(stem(basename(wanted)), names, stem)
  if (near === undefined) return undefined
  const path = relative(folder, join(dirname(wanted), near))
    .split('\\')
    .join('/')
  return path.startsWith('.') ? path : `./${path}`
}

function nearStem(
  wanted: string,
  names: readonly string[],
  stem: (name: string) => string,
): string | undefined {
  const stems = names.map(stem)
  const near = suggest(wanted, stems)
  return near === undefined ? undefined : names[stems.indexOf(near)]
}

function missingExportHint(file: string, name: string): { hint?: string } {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return {}
  }
  const names = [
    ...text.matchAll(/\bexport\s+(?:async\s+)?(?:const|let|var|function|class)\s+([\w$]+)/g),
  ].map(m => m[1]!)
  const near = suggest(name, names)
  if (near !== undefined) return { hint: `did you mean '${near}'?` }
  return names.length > 0 ? { hint: `it exports ${names.join(', ')}` } : {}
}
