/**
 * Where the resolution of imports looked, for the record of a compiled module. A file that appears may be found before
 * the one that was compiled: `common.ts` before `common/index.ts`, a package in a nearer node_modules. All places where
 * a specifier may be found are written down, also those that the compiler did not need: a place too many costs one
 * stat, a missing one leaves the module stale.
 *
 * A place is a folder and the names in it that matter. The folder's own stat shows whether an entry was added, removed
 * or renamed, so that an unchanged folder is not listed.
 */
import { type Dirent, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { type FileStamp, sameStamp, settledBefore, stampOf } from '../state/file-stamp.ts'

/** An import as the author wrote it, and the folder of its file. */
export interface Asked {
  readonly from: string
  readonly specifier: string
}

/** A folder and its entries whose names begin with one of `stems`. */
export interface Lookup {
  readonly folder: string
  readonly stems: readonly string[]
  /** Undefined: the folder does not exist. */
  readonly stat?: FileStamp
  /** The folder's real path. */
  readonly real?: string
  /** Each entry with its kind, sorted. */
  readonly entries: readonly string[]
  /** Links among the entries, and where they lead: that may change without a change of the folder. */
  readonly links: readonly { readonly name: string; readonly leadsTo?: string }[]
}

export interface LookedFor {
  readonly lookups: readonly Lookup[]
  /** The package.json files of folders that were imported, whether they exist or not. */
  readonly manifests: readonly string[]
}

/**
 * @param imports all imports of workspace files that are not built into Node
 * @param tsconfigs the files that may change the meaning of a specifier, by `paths` and `baseUrl`
 */
export function lookedFor(imports: readonly Asked[], tsconfigs: readonly string[]): LookedFor {
  const places = new Places()
  const rewritten = rewriting(tsconfigs)
  const seen = new Set<string>()
  for (const { from, specifier } of imports) {
    const key = `${from}\0${specifier}`
    if (seen.has(key)) continue
    seen.add(key)
    const meant = specifier.startsWith('#') ? privateNames(specifier, from) : [{ from, specifier }]
    for (const each of meant) {
      if (isPath(each.specifier)) places.add(resolve(each.from, each.specifier))
      else places.addPackage(each.from, each.specifier)
    }
    for (const path of rewritten(specifier)) places.add(path)
  }
  return places.found()
}

/** The lookups with new stats if nothing in them has changed, else undefined; the same list if the stats are the same. */
export function stillLookAlike(lookups: readonly Lookup[], recorded: number): readonly Lookup[] | undefined {
  let touched = false
  const now: Lookup[] = []
  for (const lookup of lookups) {
    const stat = statOf(lookup.folder)
    if (stat === undefined && lookup.stat === undefined) {
      now.push(lookup)
      continue
    }
    const isSame =
      stat !== undefined &&
      lookup.stat !== undefined &&
      sameStamp(lookup.stat, stat) &&
      settledBefore(stat, recorded)
    if (isSame) {
      const { folder } = lookup
      if (lookup.links.some(({ name, leadsTo }) => realPath(join(folder, name)) !== leadsTo)) return undefined
      now.push(lookup)
      continue
    }
    const again = look(lookup.folder, lookup.stems)
    if (contentOf(again) !== contentOf(lookup)) return undefined
    touched = true
    now.push(again)
  }
  return touched ? now : lookups
}

class Places {
  readonly #stems = new Map<string, Set<string>>()
  readonly #manifests = new Set<string>()
  readonly #visited = new Set<string>()

  /** A path without the file extension, perhaps: a file of that name, with any extension, or a folder. */
  add(path: string): void {
    if (this.#visited.has(path)) return
    this.#visited.add(path)
    const name = basename(path)
    const folder = dirname(path)
    // TypeScript is found under the name of its output: `./a.js` may be a.ts.
    const stem = /^\.[cm]?jsx?$/.test(extname(name)) ? name.slice(0, -extname(name).length) : name
    this.#lookAt(folder, stem)
    if (!statOf(path)?.isDirectory()) return
    this.#lookAt(path, 'index')
    const manifest = join(path, 'package.json')
    this.#manifests.add(manifest)
    const main = mainOf(manifest)
    if (main !== undefined) this.add(resolve(path, main))
  }

  /** `name/sub` in each node_modules from the folder upwards. */
  addPackage(from: string, specifier: string): void {
    const [first = '', second] = specifier.split('/')
    const name = first.startsWith('@') && second !== undefined ? `${first}/${second}` : first
    for (let folder = from; ; folder = dirname(folder)) {
      if (basename(folder) !== 'node_modules') {
        const modules = join(folder, 'node_modules')
        // Most of these folders do not exist: one stat says so, and no more can be in them.
        this.#lookAt(modules, first)
        if (statOf(modules)) {
          this.add(join(modules, name))
          if (specifier !== name) this.add(join(modules, specifier))
        }
      }
      if (dirname(folder) === folder) return
    }
  }

  found(): LookedFor {
    return {
      lookups: [...this.#stems].map(([folder, stems]) => look(folder, [...stems].sort())),
      manifests: [...this.#manifests],
    }
  }

  #lookAt(folder: string, stem: string): void {
    const stems = this.#stems.get(folder)
    if (stems) stems.add(stem)
    else this.#stems.set(folder, new Set([stem]))
  }
}

function look(folder: string, stems: readonly string[]): Lookup {
  // Before the list: a change between the two is noticed by the stat.
  const stat = statOf(folder)
  if (!stat) return { folder, stems, entries: [], links: [] }
  const found = listed(folder).filter(({ name }) =>
    stems.some(stem => name === stem || name.startsWith(`${stem}.`)),
  )
  const links = found.flatMap(entry => {
    if (!entry.isSymbolicLink()) return []
    const leadsTo = realPath(join(folder, entry.name))
    return [{ name: entry.name, ...(leadsTo !== undefined && { leadsTo }) }]
  })
  const real = realPath(folder)
  return {
    folder,
    stems,
    stat: stampOf(stat),
    ...(real !== undefined && { real }),
    entries: found.map(kindAndName).sort(),
    links,
  }
}

function kindAndName(entry: Dirent): string {
  const kind = entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other'
  return `${kind} ${entry.name}`
}

function contentOf({ real, entries, links }: Lookup): string {
  return JSON.stringify([real, entries, links])
}

function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    // A link to itself, a file in the place of a folder.
    return undefined
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

function isPath(specifier: string): boolean {
  return isAbsolute(specifier) || /^\.{1,2}(\/|$)/.test(specifier)
}

function mainOf(manifest: string): string | undefined {
  const main = (parsed(manifest) as { main?: unknown } | undefined)?.main
  return typeof main === 'string' ? main : undefined
}

interface TsConfig {
  readonly compilerOptions?: {
    readonly baseUrl?: unknown
    readonly paths?: Readonly<Record<string, unknown>>
  }
}

/**
 * The paths that tsconfig.json files give for a specifier: those of every entry that matches it, below every folder
 * that `baseUrl` may be, since files extend each other.
 */
function rewriting(files: readonly string[]): (specifier: string) => string[] {
  const bases = new Set<string>()
  const folders = new Set<string>()
  const rules: { pattern: string; target: string }[] = []
  for (const file of files) {
    const { baseUrl, paths } = (parsed(file) as TsConfig | undefined)?.compilerOptions ?? {}
    folders.add(dirname(file))
    if (typeof baseUrl === 'string') bases.add(resolve(dirname(file), inFolder(baseUrl, dirname(file))))
    for (const [pattern, targets] of Object.entries(paths ?? {}))
      rules.push(...stringsOf(targets).map(target => ({ pattern, target })))
  }
  return specifier => {
    const found = isPath(specifier) ? [] : [...bases].map(base => resolve(base, specifier))
    for (const { pattern, target } of rules) {
      const star = starOf(pattern, specifier)
      if (star === undefined) continue
      const path = target.replace('*', () => star)
      for (const folder of [...bases, ...folders]) found.push(resolve(folder, inFolder(path, folder)))
    }
    return found
  }
}

function inFolder(path: string, folder: string): string {
  return path.replace('${configDir}', () => folder)
}

/** All strings in a value of a package.json or tsconfig.json. */
function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : []
}

/** What `#name` may mean by the `imports` of a package.json: paths, and names of packages. */
function privateNames(specifier: string, from: string): Asked[] {
  const found: Asked[] = []
  for (let folder = from; ; folder = dirname(folder)) {
    const { imports } = (parsed(join(folder, 'package.json')) as { imports?: object } | undefined) ?? {}
    for (const [pattern, targets] of Object.entries(imports ?? {})) {
      const star = starOf(pattern, specifier)
      if (star === undefined) continue
      for (const target of stringsOf(targets))
        found.push({ from: folder, specifier: target.replaceAll('*', () => star) })
    }
    if (dirname(folder) === folder) return found
  }
}

/** What `*` of a pattern matches in the specifier; '' if the pattern has none; undefined if it does not match. */
function starOf(pattern: string, specifier: string): string | undefined {
  const at = pattern.indexOf('*')
  if (at < 0) return pattern === specifier ? '' : undefined
  const [before, after] = [pattern.slice(0, at), pattern.slice(at + 1)]
  const isMatch =
    specifier.length >= before.length + after.length &&
    specifier.startsWith(before) &&
    specifier.endsWith(after)
  return isMatch ? specifier.slice(before.length, specifier.length - after.length) : undefined
}

/** A JSON file that may have comments and trailing commas; undefined if it cannot be read. */
function parsed(file: string): unknown {
  try {
    const text = readFileSync(file, 'utf8')
    const plain = text
      .replaceAll(/("(?:\\.|[^"\\])*")|\/\/.*|\/\*[\s\S]*?\*\//g, (_, string = '') => string)
      .replaceAll(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, string = '') => string)
    return JSON.parse(plain)
  } catch {
    return undefined
  }
}
