/**
 * The record of a compiled module's inputs, stored beside it, and the check whether it is still valid. This is
 * the fast path of every command: it stats files and reads only those whose stat has changed.
 */
import { readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { readChecked, sha256 } from '../state/engine-file.ts'
import { type FileStamp, sameStamp, settledBefore, stampOf } from '../state/file-stamp.ts'
import { type Asked, type Lookup, lookedFor, stillLookAlike } from './lookups.ts'

/** Increase with each release that changes the record's meaning or the compilation. */
const FORMAT = 5

/** A workspace file that is part of a module. */
export interface SourceInput {
  /** Relative to the project, with `/`; may begin with `../`. */
  readonly file: string
  /** Its imports of other workspace files: from the specifier to the file (relative to the project). */
  readonly imports: Readonly<Record<string, string>>
}

/**
 * A file's content by hash, and its stat so that it need not be read again. `stat` undefined: the file does not
 * exist.
 */
interface Seen {
  readonly file: string
  readonly stat?: FileStamp
  readonly sha256?: string
}

export interface CompileRecord {
  readonly format: typeof FORMAT
  /** The absolute real path of the project: compiled modules contain absolute paths. */
  readonly root: string
  readonly entry: string
  readonly versions: { readonly strux: string; readonly esbuild: string }
  /** SHA-256 of the compiled text and of its source map. */
  readonly output: string
  readonly map: string
  /** Time of the check of the files below, in ms: a change at that very moment is not trusted. */
  readonly recorded: number
  readonly inputs: readonly SourceInput[]
  readonly files: readonly Seen[]
  /** Where imports were looked for, whether anything was found or not. */
  readonly lookups: readonly Lookup[]
  /** Modules left to Node; their package.json files are among `files`. */
  readonly externals: readonly string[]
  /** The real paths of imported packages, by the folder they were resolved from. */
  readonly packages: readonly { readonly from: string; readonly name: string; readonly real?: string }[]
  readonly warnings: readonly Diagnostic[]
  /** Set once the code has been run to its end. */
  readonly isFinished?: boolean
}

/** The result of a new compilation. */
export interface Observed
  extends Omit<CompileRecord, 'format' | 'recorded' | 'files' | 'lookups' | 'packages'> {
  readonly imports: readonly Asked[]
  readonly files: readonly { readonly path: string; readonly stat: Stats; readonly sha256: string }[]
  readonly packages: readonly { readonly from: string; readonly name: string }[]
}

export function makeRecord(observed: Observed, recorded: number): CompileRecord {
  const { files, packages, imports, ...rest } = observed
  const { configs, manifests, bases } = surroundings(observed.root, [
    ...files.map(file => dirname(file.path)),
    ...observed.externals.map(file => dirname(file)),
  ])
  const looked = lookedFor([...imports, ...bases], configs)
  return {
    ...rest,
    format: FORMAT,
    recorded,
    files: [
      ...files.map(file => ({ file: file.path, stat: stampOf(file.stat), sha256: file.sha256 })),
      ...[...new Set([...manifests, ...configs, ...looked.manifests])].map(look),
    ],
    lookups: looked.lookups,
    packages: packages.map(wanted => {
      const real = findPackage(wanted.from, wanted.name)
      return real === undefined ? wanted : { ...wanted, real }
    }),
  }
}

/** The record in that file; undefined if there is none, or another version wrote it. */
export function readRecord(file: string): CompileRecord | undefined {
  const record = readChecked(file) as CompileRecord | undefined
  return record?.format === FORMAT ? record : undefined
}

/**
 * Returns the record if all its files are unchanged, else undefined. Refreshes the stats of files that were
 * touched but have the same content. Does not check the output itself.
 */
export function stillTrue(
  record: CompileRecord,
  expected: Pick<CompileRecord, 'root' | 'entry' | 'versions'>,
): CompileRecord | undefined {
  if (record.root !== expected.root || record.entry !== expected.entry) return undefined
  if (record.versions.strux !== expected.versions.strux) return undefined
  if (record.versions.esbuild !== expected.versions.esbuild) return undefined
  const recorded = Date.now()
  let touched = false
  const files: Seen[] = []
  for (const seen of record.files) {
    const stat = statOf(seen.file)
    if (stat === undefined || seen.stat === undefined) {
      if (stat !== seen.stat) return undefined
      files.push(seen)
    } else if (sameStamp(seen.stat, stat) && settledBefore(stat, record.recorded)) {
      files.push(seen)
    } else {
      if (hashFile(seen.file) !== seen.sha256) return undefined
      touched = true
      files.push({ ...seen, stat: stampOf(stat) })
    }
  }
  if (record.externals.some(file => statOf(file) === undefined)) return undefined
  const lookups = stillLookAlike(record.lookups, record.recorded)
  if (lookups === undefined) return undefined
  return touched || lookups !== record.lookups ? { ...record, files, lookups, recorded } : record
}

/** Undefined for what cannot be inspected, too: a link to itself, a folder without permission. */
function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function look(file: string): Seen {
  const stat = statOf(file)
  const sha256 = stat && hashFile(file)
  return stat && sha256 !== undefined ? { file, stat: stampOf(stat), sha256 } : { file }
}

/** SHA-256 of a file's content; undefined if it cannot be read. */
function hashFile(file: string): string | undefined {
  try {
    return sha256(readFileSync(file))
  } catch {
    return undefined
  }
}

interface Surroundings {
  readonly manifests: readonly string[]
  readonly configs: readonly string[]
  /** What the tsconfig.json files extend. */
  readonly bases: readonly Asked[]
}

/**
 * The package.json and tsconfig.json files that affect the compilation of these folders, whether they exist or
 * not, because a new file matters too. Searches upwards to the root of the file system, or to the enclosing node_modules
 * folder.
 */
function surroundings(root: string, folders: readonly string[]): Surroundings {
  const manifests = new Set<string>()
  const configs = new Set<string>()
  const bases: Asked[] = []
  const visited = new Set<string>()
  const around = (start: string) => {
    for (let folder = start; !visited.has(folder); folder = dirname(folder)) {
      visited.add(folder)
      if (/[\\/]node_modules$/.test(folder)) return
      manifests.add(join(folder, 'package.json'))
      if (!/[\\/]node_modules[\\/]/.test(folder)) extended(join(folder, 'tsconfig.json'))
    }
  }
  /** A tsconfig.json and all files that it extends, including missing ones. */
  const extended = (file: string) => {
    if (configs.has(file)) return
    configs.add(file)
    for (const base of basesOf(file)) {
      const target = tsconfigBase(file, base)
      bases.push({ from: dirname(file), specifier: base })
      if (target === undefined) continue
      extended(target)
      // The package of a base, whose package.json decides which file it is.
      if (/[\\/]node_modules[\\/]/.test(target)) around(dirname(target))
    }
  }
  for (const start of [...folders, root]) around(start)
  return { manifests: [...manifests], configs: [...configs], bases }
}

/**
 * The values of `extends`. The library get-tsconfig gives the merged result without the list of files, and fails if one
 * is missing. The file is JSON with comments and trailing commas, and only one key is needed.
 */
function basesOf(file: string): string[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  const bases = /"extends"\s*:\s*("[^"]*"|\[[^\]]*\])/.exec(text)?.[1]?.matchAll(/"([^"]*)"/g) ?? []
  return [...bases].map(([, base]) => base ?? '')
}

function tsconfigBase(from: string, base: string): string | undefined {
  if (/^\.{0,2}[/\\]|^\.\.?$|^[a-zA-Z]:/.test(base)) {
    const path = resolve(dirname(from), base)
    return path.endsWith('.json') || statOf(path)?.isFile() ? path : `${path}.json`
  }
  const { resolve: find } = createRequire(from)
  for (const candidate of [base, `${base}.json`, `${base}/tsconfig.json`]) {
    try {
      return find(candidate)
    } catch {
      // Try the next form; the compiler reports a base that does not exist.
    }
  }
  return undefined
}

/** The real path of the package folder that an import from `from` finds first; undefined if there is none. */
function findPackage(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (statOf(candidate)) return realpathSync(candidate)
    if (dirname(folder) === folder) return undefined
  }
}
