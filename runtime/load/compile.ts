/**
 * Compiles a definition (strux.config.ts, bsp.ts) into one ES module, or reuses the compiled one if nothing
 * changed.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { writeWhole } from '../state/atomic-file.ts'
import { readEngineFile, sha256, writeChecked } from '../state/engine-file.ts'
import { esbuildVersion, selfModule, selfVersion } from '../state/own-package.ts'
import { stateFolder } from '../state/state-folder.ts'
import { type Bundle, bundle } from './bundle.ts'
import { compileDiagnostics } from './compile-messages.ts'
import { type CompileRecord, makeRecord, readRecord, type SourceInput, stillTrue } from './compile-record.ts'

/** A compiled definition, with what is needed to find a value in the author's source later. */
export interface SourceModule {
  /** The project's absolute real path. */
  readonly root: string
  /** The module itself, and every workspace file that is part of it; relative to the project. */
  readonly entry: string
  readonly inputs: readonly SourceInput[]
}

export interface CompiledModule extends SourceModule {
  /** Absolute path of the compiled ES module, and of its source map (whose paths are relative to the project). */
  readonly output: string
  readonly map: string
  /** SHA-256 of the compiled text. */
  readonly sha256: string
  /** The packages that the module imports: the folder of the import, and the package's real path. */
  readonly packages: CompileRecord['packages']
  /** True if nothing had to be compiled. */
  readonly reused: boolean
  /** The code has come to its end before. */
  readonly isFinished: boolean
}

export interface CompileOptions {
  /** The project: paths in results are relative to it. */
  readonly root: string
  /** The folder for compiled modules. Default: `dist/.strux/modules` of the project. */
  readonly outDir?: string
  /** Compile even if nothing has changed. */
  readonly force?: boolean
}

/** If there is a module, all `diagnostics` are warnings. */
export interface Compiled {
  readonly module?: CompiledModule
  readonly diagnostics: readonly Diagnostic[]
}

/** @param entry the definition, absolute or relative to the project */
export async function compileModule(entry: string, options: CompileOptions): Promise<Compiled> {
  const root = realpathSync(options.root)
  const entryPath = realpathSync(resolve(root, entry))
  const outDir = options.outDir ?? join(stateFolder(root), 'modules')
  const places = placesOf(outDir, projectPath(root, entryPath))
  const expected = {
    root,
    entry: projectPath(root, entryPath),
    // Includes the path of this copy, because compiled modules refer to it.
    versions: { strux: `${selfVersion()} ${selfModule('strux-bsp')}`, esbuild: esbuildVersion() },
  }
  if (!options.force) {
    const reusable = reuse(places, expected)
    if (reusable) return { module: moduleOf(reusable, places, true), diagnostics: reusable.warnings }
  }
  const started = Date.now()
  const result = await bundle(entryPath, root)
  if (!result.ok) {
    return { diagnostics: compileDiagnostics(result.errors, result.warnings, root, expected.entry) }
  }
  const warnings = compileDiagnostics([], result.bundle.warnings, root, expected.entry)
  const record = makeRecord({ ...expected, ...observed(result.bundle, root), warnings }, started)
  const written = keep(places, result.bundle, record)
  return { module: moduleOf(record, written, false), diagnostics: warnings }
}

interface Places {
  readonly output: string
  readonly map: string
  readonly record: string
}

/** A readable file name, made unique by the hash of the entry's path. */
function placesOf(outDir: string, entry: string): Places {
  const readable = entry
    .replace(/\.[cm]?[jt]sx?$/, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  const output = join(outDir, `${readable.slice(-60)}-${sha256(entry).slice(0, 8)}.mjs`)
  return { output, map: `${output}.map`, record: `${output}.json` }
}

function reuse(
  places: Places,
  expected: Pick<CompileRecord, 'root' | 'entry' | 'versions'>,
): CompileRecord | undefined {
  const known = readRecord(places.record)
  const record = known && stillTrue(known, expected)
  if (!record) return undefined
  try {
    if (sha256(readEngineFile(places.output)) !== record.output) return undefined
    if (sha256(readEngineFile(places.map)) !== record.map) return undefined
    if (record !== known) writeChecked(places.record, record)
  } catch {
    return undefined
  }
  return record
}

function observed(made: Bundle, root: string) {
  const inputs = made.files.map(({ path }): SourceInput => {
    const file = projectPath(root, path)
    const imports: Record<string, string> = {}
    for (const { original, path: target, external } of made.metafile.inputs[file]?.imports ?? []) {
      if (original !== undefined && !external && !target.startsWith('strux-meta:')) imports[original] = target
    }
    return { file, imports }
  })
  const { files, externals, packages, imports } = made
  return { inputs, files, externals, packages, imports, output: sha256(made.code), map: sha256(made.map) }
}

/**
 * Stores the module and returns its paths. If nothing can be stored (full or read-only disk), the module lives
 * in a temporary folder until the process ends.
 */
function keep(places: Places, made: Bundle, record: CompileRecord): Places {
  try {
    write(places, made, record)
    return places
  } catch (error) {
    try {
      const elsewhere = placesOf(folderOfProcess(), record.entry)
      write(elsewhere, made, record)
      return elsewhere
    } catch {
      throw error
    }
  }
}

let ownFolder: string | undefined

function folderOfProcess(): string {
  if (ownFolder !== undefined) return ownFolder
  const folder = mkdtempSync(join(tmpdir(), 'strux-modules-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  ownFolder = folder
  return folder
}

/** The record is written last, because it vouches for the other two files. */
function write(places: Places, made: Bundle, record: CompileRecord): void {
  mkdirSync(join(places.output, '..'), { recursive: true })
  writeWhole(places.map, made.map)
  writeWhole(places.output, made.code)
  writeChecked(places.record, record)
}

function moduleOf(record: CompileRecord, places: Places, reused: boolean): CompiledModule {
  const { root, entry, inputs, output, packages } = record
  // The path that Node will show in stacks: dist/ may be a link to another disk.
  const file = realpathSync(places.output)
  const { isFinished = false } = record
  return { root, entry, inputs, output: file, map: places.map, sha256: output, packages, reused, isFinished }
}

/** Writes down that the code of a module comes to its end. Does nothing if the folder cannot be written. */
export function markFinished({ output, sha256: code }: CompiledModule): void {
  const file = `${output}.json`
  const record = readRecord(file)
  if (record?.output !== code) return
  try {
    writeChecked(file, { ...record, isFinished: true } satisfies CompileRecord)
  } catch {}
}

/** Relative to the project with `/`, like every path shown to people or other programs. */
export function projectPath(root: string, path: string): string {
  const inside = isAbsolute(path) ? relative(root, path) : path
  return (inside === '' ? basename(path) : inside).split(sep).join('/')
}
