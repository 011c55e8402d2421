/**
 * Resolves the paths of a definition. Source: lifecycle-scripts document, "Path resolution": `cache/` and
 * `output/` are this BSP's folders below dist/, `./` is the BSP's own folder (dependencies only), all other
 * paths are relative to dist/. All results are relative to the project, with `/`.
 */
import { posix } from 'node:path'
import type { PathRef } from './plan.ts'

export type PathProblem = 'absolute' | 'outside'
export type Resolved = { readonly path: string } | { readonly problem: PathProblem }

/** The folders that the prefixes mean. */
export interface PathRoots {
  /** The BSP's name. */
  readonly bsp: string
  /** The folder that `./` means: the BSP's, or `.` for scripts of the project. */
  readonly own: string
}

export const cacheFolder = (bsp: string): string => `dist/cache/${bsp}`
export const outputFolder = (bsp: string): string => `dist/output/${bsp}`

export function resolveArtifact(declared: string, roots: PathRoots): Resolved {
  if (declared.startsWith('/')) return { problem: 'absolute' }
  return inside(prefixed(declared, roots))
}

export function resolveDependency(declared: string, roots: PathRoots): Resolved {
  if (declared.startsWith('/')) return { problem: 'absolute' }
  return inside(isOwn(declared) ? join(roots.own, declared.slice(2)) : prefixed(declared, roots))
}

export function resolveLocation(declared: string, roots: PathRoots): Resolved {
  if (declared.startsWith('/')) return { problem: 'absolute' }
  return inside(join(roots.own, declared))
}

/**
 * A reference to a path from resolveDependency or resolveArtifact. Escapes in a plain path are already
 * resolved.
 */
export function pathRef(declared: string, path: string, glob = isGlob(declared)): PathRef {
  return { declared, path: glob ? path : withoutEscapes(path), glob }
}

function withoutEscapes(path: string): string {
  return path.includes('\\') ? path.replace(/\\(?=[*?{}[\]!+@()])/g, '') : path
}

/** Whether a dependency is a pattern. A backslash escapes a special character, as in every glob. */
export function isGlob(declared: string): boolean {
  return /[*?{}[\](]/.test(declared) && /(?<!\\)[*?{}[\]]|(?<!\\)[!+@]\(/.test(declared)
}

/** The folder where the search for a glob begins: the parts before the first pattern, without escapes. */
export function globBase(pattern: string): string {
  const fixed: string[] = []
  for (const part of pattern.split('/')) {
    if (isGlob(part)) break
    fixed.push(part)
  }
  return withoutEscapes(fixed.join('/')) || '.'
}

/**
 * What an input of the whole project does not consist of, as names to ignore: builds write to `dist`, and every
 * command of git to `.git`. An input that begins in one of them consists of it.
 */
export function notSources(path: string, glob = false): readonly string[] {
  return ['.', './'].includes(glob ? globBase(path) : path) ? NOT_SOURCES : []
}
const NOT_SOURCES: readonly string[] = ['/dist', '/.git']

/** Whether a path is the folder or lies in it. */
export function liesIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** Whether two paths of a project are equal or one lies inside the other. */
export function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`) || a === '.' || b === '.'
}

/**
 * Whether a build may have made the file at this path. Copies of boards are sources, although they lie in
 * dist/.
 */
export function isProduct(path: string): boolean {
  return path.startsWith('dist/') && !`${path}/`.startsWith('dist/artifacts/boards/')
}

/**
 * Whether strux may reset or delete what a build made at this path: true for build products, never for an author's own
 * files, nor for a path that is, holds or lies in strux's own state.
 */
export function mayBeReset(path: string): boolean {
  return (
    isProduct(path) &&
    !/^dist\/(cache(\/[^/]+)?|output|flash|logs|artifacts)$/.test(path) &&
    !isEngineState(path)
  )
}

/** Whether the path is one of the files and folders in dist/ that strux keeps for itself, or lies in one. */
export function isEngineState(path: string): boolean {
  return /^dist\/(\.strux|logs|cache\/\.shared-cache\.json|cache\/[^/]+\/\.(build-cache\.json|file-hashes\.json|first-versions))(\/|$)/.test(
    path,
  )
}

/**
 * Whether a path that was read from a record, and that no definition names, may be deleted: it has to lie in the folders
 * that belong to the BSP alone. A dist/ that came with a clone can then do no more than a definition.
 */
export function belongsToBuildsOf(bsp: string, path: string): boolean {
  const own = [cacheFolder(bsp), outputFolder(bsp)].some(folder => path.startsWith(`${folder}/`))
  return own && posix.normalize(path) === path && !path.endsWith('/') && mayBeReset(path)
}

/** Whether a file at `path` counts as part of `ref`: ignored names do not. */
export function concerns(ref: PathRef, path: string): boolean {
  const base = ref.glob ? globBase(ref.path) : ref.path
  if (!overlaps(base, path)) return false
  if (!ref.ignore || !(base === '.' || path.startsWith(`${base}/`))) return true
  const names = (base === '.' ? path : path.slice(base.length + 1)).split('/')
  return !names.some((name, depth) => ref.ignore!.some(pattern => passesOver(pattern, name, depth === 0)))
}

/**
 * The original's rule for ignored names: `*suffix`, or the whole name; `/name` matches only at the top of the
 * folder.
 */
export function passesOver(pattern: string, name: string, top: boolean): boolean {
  if (pattern.startsWith('/')) return top && name === pattern.slice(1)
  return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern
}

/** Whether the path begins in the folder of the definition, not at the project or a build folder. */
export function isOwn(declared: string): boolean {
  return declared === '.' || declared.startsWith('./')
}

/** A path that means the folder of the definition with `./`, otherwise the project; relative to the project. */
export function ownOrProject(declared: string, own: string): string {
  return posix.join(isOwn(declared) ? own : '.', declared)
}

function prefixed(declared: string, { bsp }: PathRoots): string {
  if (declared.startsWith('cache/')) return join(cacheFolder(bsp), declared.slice('cache/'.length))
  if (declared.startsWith('output/')) return join(outputFolder(bsp), declared.slice('output/'.length))
  return join('dist', declared)
}

/** As `posix.join`. Most of a build's thousands of paths are normalised already, and are only put together. */
function join(folder: string, path: string): string {
  return folder === '.' || /(^|\/)\.{0,2}(\/|$)/.test(path) ? posix.join(folder, path) : `${folder}/${path}`
}

function inside(path: string): Resolved {
  const clean = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  return clean === '..' || clean.startsWith('../') ? { problem: 'outside' } : { path: clean }
}
