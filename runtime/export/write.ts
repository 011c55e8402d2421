/**
 * Writes an exported project to disk. A hidden file records the written files, so that the next export removes
 * files that are no longer needed, skips unchanged ones, and never touches files that someone else made.
 */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmdirSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { StruxError } from '../diagnostics/error.ts'
import { replaceFile } from '../state/atomic-file.ts'
import { type ExportedFile, type FileSet, FOLDER_MODE } from './files.ts'

const MANIFEST = '.strux-export.json'

interface Manifest {
  readonly format: 1
  /** The paths that each part needs, and a digest of each written path. */
  readonly parts: Readonly<Record<string, readonly string[]>>
  readonly files: Readonly<Record<string, string>>
}

export type Change = 'written' | 'unchanged' | 'removed'

export interface Written {
  readonly path: string
  readonly change: Change
}

/** The BSPs that earlier exports wrote. */
export function exportedBsps(out: string): string[] {
  return Object.keys(readManifest(out).parts).filter(part => part !== '')
}

/**
 * @param out absolute path
 * @param complete whether parts that are not in the set were removed from the project
 * @param force also overwrite and remove files that someone else made or changed
 */
export function writeExport(out: string, set: FileSet, complete: boolean, force: boolean): Written[] {
  const before = readManifest(out)
  const parts: Record<string, readonly string[]> = {}
  for (const [part, paths] of Object.entries(before.parts)) if (!complete) parts[part] = paths
  for (const [part, paths] of set.parts) parts[part] = [...paths].sort()
  const wanted = new Set(Object.values(parts).flat())
  const folders = new Set([...wanted].flatMap(foldersAbove))
  /** Whether the path is a folder that files of the export lie in. */
  const holds = (path: string) => folders.has(path)
  const stale = Object.keys(before.files).filter(path => !wanted.has(path))

  const digests = new Map([...set.files].map(([path, file]) => [path, digestOf(file)]))
  const conflicts: string[] = []
  const writes: string[] = []
  for (const [path, digest] of [...digests].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const there = digestAt(join(out, path))
    const isOurs = digest !== FOLDER || before.files[path] === FOLDER
    if (there === digest && isOurs && hasItsMode(join(out, path), set.files.get(path)!)) continue
    // A folder that only held our files, or receives some, becomes ours.
    const isFree = there === undefined || isUntouched(out, path, before) || (there === digest && holds(path))
    if (there === digest && !isFree) continue
    writes.push(path)
    if (!isFree) conflicts.push(path)
  }
  const removals = stale.filter(path => {
    const there = digestAt(join(out, path))
    if (there === FOLDER && holds(path)) return false
    if (there !== undefined && there !== before.files[path]) conflicts.push(path)
    // A folder that was empty now holds someone else's file.
    else if (there === FOLDER && !isUntouched(out, path, before)) return false
    return there !== undefined
  })
  // Links that will be removed do not count when files are written.
  const links = new Set(removals)
  const throughLinks = [
    ...writes.filter(path => leadsThroughLink(out, path, links)),
    ...removals.filter(path => leadsThroughLink(out, path)),
  ]
  if (throughLinks.length > 0) {
    throw new StruxError(`${listed(throughLinks)} would be written through a symlink`, {
      hint: 'remove the link, or choose another folder with --out',
    })
  }
  if (conflicts.length > 0 && !force) {
    throw new StruxError(`${listed(conflicts)} was not made by strux export, or changed since`, {
      hint: '--force overwrites it; --out exports to another folder',
    })
  }

  for (const path of removals) remove(out, path)
  for (const path of writes) put(out, path, set.files.get(path)!)
  // Last, and deepest first: a mode may deny access even to the owner.
  for (const path of [...writes].reverse()) {
    const { content, mode } = set.files.get(path)!
    if (content.kind === 'folder') chmodSync(join(out, path), mode)
  }
  for (const path of stale)
    if (before.files[path] === FOLDER && holds(path)) chmodSync(join(out, path), FOLDER_MODE)
  const files = Object.fromEntries(
    [...wanted].sort().flatMap(path => {
      const digest = digests.get(path) ?? before.files[path]
      // A file that existed before with the same content still belongs to someone else.
      const isOurs = before.files[path] !== undefined || writes.includes(path) || !digests.has(path)
      return digest !== undefined && isOurs ? [[path, digest]] : []
    }),
  )
  const sorted = Object.fromEntries(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1)))
  const manifest = `${JSON.stringify({ format: 1, parts: sorted, files } satisfies Manifest, null, 1)}\n`
  if (textAt(join(out, MANIFEST)) !== manifest) {
    mkdirSync(out, { recursive: true })
    writeFileSync(join(out, MANIFEST), manifest)
  }
  const changed = new Set(writes)
  const written = [...digests.keys()].map(
    (path): Written => ({ path, change: changed.has(path) ? 'written' : 'unchanged' }),
  )
  const removed = removals.map((path): Written => ({ path, change: 'removed' }))
  return [...written, ...removed].sort((a, b) => (a.path < b.path ? -1 : 1))
}

function readManifest(out: string): Manifest {
  try {
    const manifest = JSON.parse(readFileSync(join(out, MANIFEST), 'utf8')) as Manifest
    if (manifest.format === 1 && typeof manifest.files === 'object' && typeof manifest.parts === 'object')
      return withoutForeign(manifest)
  } catch {}
  return { format: 1, parts: {}, files: {} }
}

/** The manifest may have been edited: ignore every path outside the folder. */
function withoutForeign({ parts, files }: Manifest): Manifest {
  const isInside = (path: string) => !path.startsWith('/') && !path.split('/').includes('..') && path !== ''
  return {
    format: 1,
    parts: Object.fromEntries(Object.entries(parts).map(([part, paths]) => [part, paths.filter(isInside)])),
    files: Object.fromEntries(Object.entries(files).filter(([path]) => isInside(path))),
  }
}

function listed(paths: readonly string[]): string {
  const [first, ...others] = paths
  return others.length === 0 ? first! : `${first} (and ${others.length} more)`
}

const FOLDER = 'folder'

/** Kind, content and executable bit: the properties that survive in git. */
function digestOf({ content, mode }: ExportedFile): string {
  if (content.kind === 'folder') return FOLDER
  if (content.kind === 'link') return `link ${content.target}`
  const hash = content.kind === 'text' ? hashText(content.text) : hashFile(content.from)
  return `${(mode & 0o111) === 0 ? '-' : 'x'} ${hash}`
}

function digestAt(path: string): string | undefined {
  const stat = lookAt(path)
  if (!stat) return undefined
  if (stat.isSymbolicLink()) return `link ${readlinkSync(path)}`
  if (stat.isDirectory()) return FOLDER
  if (!stat.isFile()) return 'other'
  return `${(stat.mode & 0o111) === 0 ? '-' : 'x'} ${hashFile(path)}`
}

/** Explicit permissions must match exactly. For generated text, permissions that the umask gives are accepted. */
function hasItsMode(path: string, { content, mode }: ExportedFile): boolean {
  if (content.kind === 'link') return true
  if (content.kind === 'text' && [0o644, 0o755].includes(mode)) return true
  return (lookAt(path)!.mode & 0o7777) === mode
}

function foldersAbove(path: string): string[] {
  const above = dirname(path)
  return above === '.' ? [] : [above, ...foldersAbove(above)]
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    // A parent is a file: nothing exists at that path.
    return undefined
  }
}

/**
 * Whether an earlier export wrote the path, with all its content if it is a folder, and nothing has changed
 * since.
 */
function isUntouched(out: string, path: string, before: Manifest): boolean {
  const full = join(out, path)
  if (!lookAt(full)?.isDirectory()) return digestAt(full) === before.files[path]
  return readdirSync(full).every(name => isUntouched(out, `${path}/${name}`, before))
}

function leadsThroughLink(out: string, path: string, gone: ReadonlySet<string> = new Set()): boolean {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    if (lookAt(join(out, folder))?.isSymbolicLink() && !gone.has(folder)) return true
  }
  return false
}

const hashText = (text: string) => createHash('sha256').update(text).digest('hex')

/** Reads in pieces, because vendor images are large. */
function hashFile(path: string): string {
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(1024 * 1024)
  const file = openSync(path, 'r')
  try {
    for (let length = readSync(file, piece); length > 0; length = readSync(file, piece))
      hash.update(piece.subarray(0, length))
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}

function put(out: string, path: string, { content, mode }: ExportedFile): void {
  const full = join(out, path)
  clearTheWay(out, path, content.kind === 'folder')
  if (content.kind === 'folder') {
    mkdirSync(full, { recursive: true })
    return
  }
  replaceFile(full, temporary => {
    if (content.kind === 'link') return symlinkSync(content.target, temporary)
    if (content.kind === 'text') writeFileSync(temporary, content.text, { mode })
    else copyFileSync(content.from, temporary)
    chmodSync(temporary, mode)
  })
}

/** Files may be in the way of folders, and folders in the way of files. */
function clearTheWay(out: string, path: string, forFolder: boolean): void {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    if (lookAt(join(out, folder))?.isFile()) rmSync(join(out, folder))
  }
  const there = lookAt(join(out, path))
  if (there && there.isDirectory() !== forFolder) rmSync(join(out, path), { recursive: true })
}

function remove(out: string, path: string): void {
  if (lookAt(join(out, path))?.isDirectory()) removeEmpty(join(out, path))
  else rmSync(join(out, path), { force: true })
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    if (!removeEmpty(join(out, folder))) return
  }
}

function removeEmpty(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch {
    return false
  }
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
