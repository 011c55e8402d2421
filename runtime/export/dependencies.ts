/**
 * Converts `depends_on` to the form that other tools support: only regular files. Folders and globs of sources
 * become their current files; those of build products become the artifacts declared in them.
 */
import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { FileStates } from '../cache/file-states.ts'
import {
  cacheFolder,
  isProduct,
  liesIn,
  outputFolder,
  type PathRoots,
  passesOver,
  pathRef,
  resolveDependency,
} from '../model/paths.ts'
import type { PathRef, Plan } from '../model/plan.ts'
import type { FileSet } from './files.ts'
import { inGlob } from './in-glob.ts'
import { type Layout, withoutGlob } from './layout.ts'

export interface DependencyContext {
  readonly root: string
  readonly plan: Plan
  readonly fileStates: FileStates
  readonly files: FileSet
  readonly part: string
  readonly layout: Layout
  readonly roots: PathRoots
  /** Names ignored in folders and globs (build.cache.ignore_patterns). */
  readonly ignore: readonly string[]
  /** The YAML file that replaces a module of the definitions, as a path in the exported project. */
  readonly becomes: (path: string) => string | undefined
}

export interface Listed {
  readonly paths: readonly string[]
  /** Dependencies that cannot be expressed. */
  readonly dropped: readonly string[]
}

/** @param without the script's own artifacts, which do not count in a folder that it reads */
export async function listDependencies(
  declared: readonly string[],
  without: readonly string[],
  context: DependencyContext,
): Promise<Listed> {
  const paths: string[] = []
  const dropped: string[] = []
  for (const path of declared) {
    const found = await expand(path, without, context)
    if (found === undefined) dropped.push(path)
    else paths.push(...found)
  }
  return { paths: [...new Set(paths)], dropped }
}

async function expand(
  declared: string,
  without: readonly string[],
  context: DependencyContext,
): Promise<readonly string[] | undefined> {
  const { root, fileStates, layout, roots, ignore } = context
  const resolved = resolveDependency(declared, roots)
  if (!('path' in resolved)) return [declared]
  const ref: PathRef = { ...pathRef(declared, resolved.path), ...(ignore.length > 0 && { ignore }) }
  if (isProduct(ref.path) || ref.path === 'dist') return products(declared, ref, context)
  const stat = ref.glob ? undefined : statSync(join(root, ref.path), { throwIfNoEntry: false })
  if (!ref.glob && !stat?.isDirectory()) {
    const written = writtenAs(ref.path, declared, context)
    if (stat?.isFile() && context.becomes(ref.path) === undefined) take(ref.path, context)
    return [written]
  }
  const found = (ref.glob ? await fileStates.matches(ref) : filesIn(root, ref)).filter(
    path => !without.some(own => liesIn(path, own)),
  )
  const files = found.filter(path => isRegular(join(root, path)))
  // Inputs that are not regular files (dangling links) are still copied.
  for (const path of found) if (context.becomes(path) === undefined) take(path, context)
  if (files.length === 0) return undefined
  return files.map(path => withoutGlob(pathText(context.becomes(path) ?? layout.place(path), context)))
}

/** The author's notation, if it has the same meaning in the exported project. */
function writtenAs(path: string, declared: string, context: DependencyContext): string {
  const { layout, roots } = context
  const place = context.becomes(path) ?? layout.place(path)
  const again = resolveDependency(declared, { ...roots, own: layout.to })
  if ('path' in again && pathRef(declared, again.path).path === place) return declared
  return withoutGlob(pathText(place, context))
}

/** Files of the BSP begin with `./`; files of the project are relative to dist/, as in other tools. */
function pathText(place: string, { layout }: DependencyContext): string {
  if (layout.to === '.' || place.startsWith(`${layout.to}/`)) return layout.own(place)
  return `../${place}`
}

function take(path: string, { files, part, layout }: DependencyContext): void {
  files.copy(part, path, layout.place(path))
}

/** A file is named directly; for a folder or glob, the declared artifacts in it. */
async function products(
  declared: string,
  ref: PathRef,
  { plan, layout, roots }: DependencyContext,
): Promise<readonly string[] | undefined> {
  if (!ref.glob && !declared.endsWith('/') && !isMadeFolder(ref.path, plan, roots.bsp)) {
    const again = resolveDependency(declared, { ...roots, own: layout.to })
    const same = 'path' in again && pathRef(declared, again.path).path === ref.path
    return same ? [declared] : [withoutGlob(productText(ref.path, roots.bsp))]
  }
  const base = ref.path.replace(/\/$/, '')
  const made = plan.nodes.flatMap(node =>
    node.kind === 'script' ? node.artifacts.map(each => each.path) : [],
  )
  const inside = ref.glob ? await inGlob(made, ref) : made.filter(path => path.startsWith(`${base}/`))
  return inside.length === 0 ? undefined : inside.map(path => withoutGlob(productText(path, roots.bsp)))
}

/** Folders that a step makes as a whole. */
const STEP_FOLDERS = ['kernel', 'kernel-source', 'bootloader', 'bootloader-source']

function isMadeFolder(path: string, plan: Plan, bsp: string): boolean {
  if (path === 'dist' || path === 'dist/cache/frontend') return true
  if (STEP_FOLDERS.some(name => path === `${cacheFolder(bsp)}/${name}`)) return true
  return plan.nodes.some(node => node.artifacts.some(artifact => artifact.path.startsWith(`${path}/`)))
}

/** The notation of a build product in dependencies and artifacts. */
export function productText(path: string, bsp: string): string {
  for (const [prefix, folder] of [
    ['cache/', `${cacheFolder(bsp)}/`],
    ['output/', `${outputFolder(bsp)}/`],
  ] as const) {
    if (path.startsWith(folder)) return prefix + path.slice(folder.length)
  }
  return path.slice('dist/'.length)
}

function filesIn(root: string, ref: PathRef): string[] {
  const found: string[] = []
  const visit = (folder: string) => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      if (ref.ignore?.some(pattern => passesOver(pattern, name, folder === ref.path))) continue
      const path = posix.join(folder, name)
      if (lstatSync(join(root, path)).isDirectory()) visit(path)
      else found.push(path)
    }
  }
  visit(ref.path)
  return found
}

function isRegular(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
