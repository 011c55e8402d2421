/** Combines the overlays of a BSP into the one folder that bsp.yaml can name. */
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { isProduct } from '../model/paths.ts'
import { bspOverlays, type Overlay } from '../steps/rootfs_post/overlays.ts'
import type { BspExport } from './bsp-export.ts'
import { commentLines } from './emit.ts'
import { type ExportedFile, FOLDER_MODE, isFolder } from './files.ts'
import type { Layout } from './layout.ts'
import { leadsOutside, outside } from './project-boundary.ts'

export interface OneOverlay {
  /** The BSP's `overlay` in YAML; `./x` is in its folder. */
  readonly overlay?: string
  /** Set if several overlays were combined. */
  readonly comment: readonly string[]
}

/** A single overlay keeps its path. Several are combined in a separate folder of the exported BSP. */
export function oneOverlay(input: BspExport, layout: Layout, findings: Finding[]): OneOverlay {
  const { root, bsp, files } = input
  const declared = bspOverlays(bsp.data, bsp.folder)
  const all = declared.length > 1 ? declared.filter(each => isThere(each, input, findings)) : declared
  if (all.length <= 1) return { ...(all[0] && { overlay: all[0].declared }), comment: [] }
  const isTaken = (name: string) =>
    [layout.from, layout.to].some(folder => existsSync(join(root, folder, name)))
  let name = 'rootfs-overlay'
  for (let n = 2; isTaken(name); n++) name = `rootfs-overlay-${n}`
  for (const [path, file] of inOneFolder(all.map(({ path }) => files.below(path))))
    files.add(bsp.name, posix.join(layout.to, name, path), file)
  const places = all.map(({ path }) => layout.place(path))
  return {
    overlay: `./${name}`,
    comment: commentLines(`Made of several, each over those before: ${places.join(', ')}`),
  }
}

/** A build product does not exist yet, so it cannot be combined with the others. */
function isThere({ path }: Overlay, { root, lossy }: BspExport, findings: Finding[]): boolean {
  const keys = ['rootfs', 'overlay']
  if (leadsOutside(root, path)) {
    findings.push(outside('bsp', path, keys))
    return false
  }
  if (!isProduct(path) && isFolder(join(root, path))) return true
  const why = isProduct(path) ? `${path} is made by a build` : `there is no folder ${path}`
  const message = `YAML can name one overlay only, and the others cannot be put into one folder with this: ${why}`
  findings.push({
    severity: lossy ? 'warning' : 'error',
    code: 'not_in_yaml',
    message: lossy ? `${message}, so it is left out` : message,
    ...(lossy ? {} : { hint: '--lossy leaves it out' }),
    origin: { source: 'bsp', keys },
    at: 'value',
  })
  return false
}

interface Tree {
  readonly entries: Map<string, Tree | ExportedFile>
  mode: number
}
type Entries = Iterable<readonly [path: string, file: ExportedFile]>

/**
 * Copies one overlay over the other, as on the device: later files replace earlier ones, a folder keeps its first
 * mode, and a folder that meets a link is copied to the link's target.
 */
export function inOneFolder(overlays: readonly Entries[]): [path: string, file: ExportedFile][] {
  const root = emptyTree()
  for (const entries of overlays) {
    for (const [path, file] of neutralModes([...entries])) {
      const names = path.split('/')
      if (file.content.kind === 'folder') folderAt(root, names, file.mode)
      else folderAt(root, names.slice(0, -1)).entries.set(names.at(-1)!, file)
    }
  }
  return [...filesIn(root)]
}

/** The modes of a checkout without its umask, by the rule of `neutral_modes` in checkout.sh. */
export function neutralModes(
  entries: readonly (readonly [path: string, file: ExportedFile])[],
): (readonly [path: string, file: ExportedFile])[] {
  const tops = entries.filter(
    ([path, { content, mode }]) => content.kind === 'folder' && !path.includes('/') && !(mode & 0o3000),
  )
  const common = tops.length === 0 ? 0o755 : tops.reduce((bits, [, { mode }]) => bits | mode, 0)
  return entries.map(([path, file]) => {
    const { content, mode } = file
    if (content.kind === 'link' || (content.kind === 'folder' && mode & 0o3000)) return [path, file]
    let wanted = mode & 0o7700
    for (const shift of [3, 0]) {
      for (const bit of [4, 1])
        wanted |= (common >> shift) & bit ? mode & (bit << shift) : ((mode >> 6) & bit) << shift
      if (!((common >> shift) & 2)) wanted |= mode & (2 << shift)
    }
    return [path, { ...file, mode: wanted }]
  })
}

function* filesIn(tree: Tree, above = ''): Generator<[path: string, file: ExportedFile]> {
  for (const [name, entry] of tree.entries) {
    const path = posix.join(above, name)
    if (!isTree(entry)) {
      yield [path, entry]
      continue
    }
    const { entries, mode } = entry
    if (entries.size === 0 || mode !== FOLDER_MODE) yield [path, { content: { kind: 'folder' }, mode }]
    yield* filesIn(entry, path)
  }
}

const emptyTree = (): Tree => ({ entries: new Map(), mode: FOLDER_MODE })

function isTree(entry: Tree | ExportedFile | undefined): entry is Tree {
  return entry !== undefined && 'entries' in entry
}

/** The folder at that path, created if missing; replaces a file or a dangling link. */
function folderAt(root: Tree, names: readonly string[], mode = FOLDER_MODE): Tree {
  let path: string[] = []
  let folder = root
  for (const [index, name] of names.entries()) {
    path = followed(root, [...path, name]) ?? [...path, name]
    folder = root
    for (const [depth, part] of path.entries()) {
      const there = folder.entries.get(part)
      const isLast = index === names.length - 1 && depth === path.length - 1
      const next = isTree(there) ? there : { ...emptyTree(), ...(isLast && { mode }) }
      folder.entries.set(part, next)
      folder = next
    }
  }
  return folder
}

/** Linux's own limit. */
const MOST_LINKS = 40

/**
 * The target of a path on a device with root `root`; undefined if it is not a folder. A missing target may
 * become one.
 */
function followed(root: Tree, names: readonly string[]): string[] | undefined {
  const path: string[] = []
  const left = [...names]
  let links = 0
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    if (name === '' || name === '.') continue
    if (name === '..') {
      path.pop()
      continue
    }
    const there = entryAt(root, [...path, name])
    if (there === undefined || isTree(there)) path.push(name)
    else if (there.content.kind !== 'link' || ++links > MOST_LINKS) return undefined
    else {
      const { target } = there.content
      if (target.startsWith('/')) path.length = 0
      left.unshift(...target.split('/'))
    }
  }
  return path
}

function entryAt(root: Tree, path: readonly string[]): Tree | ExportedFile | undefined {
  return path.reduce<Tree | ExportedFile | undefined>(
    (at, name) => (isTree(at) ? at.entries.get(name) : undefined),
    root,
  )
}
