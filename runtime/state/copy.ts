/**
 * Copies below dist/ of folders elsewhere: boards, and the sources of on-device programs. Each request for a
 * copy repairs its differences from the source and leaves the rest untouched, because another build may be
 * reading it. Stats alone show that nothing has changed.
 */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { replaceFile, temporaryFor, writeAtomic } from './atomic-file.ts'
import { readEngineJson } from './engine-file.ts'
import { settledBefore } from './file-stamp.ts'
import { removeWhole } from './remove.ts'
import { stateFolder } from './state-folder.ts'

/** Left out of copies: installed packages and version history. */
const LEFT_OUT = new Set(['node_modules', '.git'])

interface CopyRecord {
  readonly format: 1
  readonly from: string
  /** Time of the check, in ms. A change at that very moment is not trusted. */
  readonly recorded: number
  /** By path: the stats of source and copy. */
  readonly entries: Readonly<Record<string, readonly [source: string, copy: string]>>
}

/**
 * @param from absolute path of a folder
 * @param to where its copy lies, relative to the project
 * @param modeOf the permissions of an entry's copy; the source's own by default
 */
export function keepCopy(root: string, from: string, to: string, modeOf: ModeOf = permissions): void {
  const file = join(stateFolder(root), 'copies', `${encodeURIComponent(to)}.json`)
  const sources = entriesBelow(from)
  const known = readRecord(file)
  const copies = entriesBelow(join(root, to))
  if (known?.from === from && isUnchanged(known, sources, copies)) return
  const recorded = Date.now()
  for (const path of [...copies.keys()].reverse()) {
    const kept = sources.get(path)
    if (!kept || kindOf(kept) !== kindOf(copies.get(path)!)) removeWhole(join(root, to, path))
  }
  for (const folder of [join(root, to), dirname(file)]) mkdirSync(folder, { recursive: true })
  for (const [path, stat] of sources)
    put(join(from, path), stat, join(root, to, path), temporaryFor(file), modeOf)
  const now = entriesBelow(join(root, to))
  const entries = [...sources].map(([path, stat]) => [path, [print(stat), print(now.get(path))]] as const)
  const record: CopyRecord = { format: 1, from, recorded, entries: Object.fromEntries(entries) }
  writeAtomic(file, JSON.stringify(record))
}

/** All entries in a folder, folders before their content; empty if the folder does not exist. */
function entriesBelow(folder: string): Map<string, Stats> {
  const found = new Map<string, Stats>()
  const visit = (below: string) => {
    let names: string[]
    try {
      names = readdirSync(join(folder, below)).sort()
    } catch {
      return
    }
    for (const name of names) {
      if (LEFT_OUT.has(name)) continue
      const path = below === '' ? name : `${below}/${name}`
      const stat = lstatSync(join(folder, path), { throwIfNoEntry: false })
      if (!stat || kindOf(stat) === 'other') continue
      found.set(path, stat)
      if (stat.isDirectory()) visit(path)
    }
  }
  visit('')
  return found
}

function isUnchanged(
  { entries, recorded }: CopyRecord,
  sources: ReadonlyMap<string, Stats>,
  copies: ReadonlyMap<string, Stats>,
): boolean {
  if (sources.size !== copies.size || sources.size !== Object.keys(entries).length) return false
  for (const [path, stat] of sources) {
    const seen = entries[path]
    if (!seen || seen[0] !== print(stat) || seen[1] !== print(copies.get(path))) return false
    if (!stat.isDirectory() && !settledBefore(stat, recorded)) return false
  }
  return true
}

type Kind = 'file' | 'folder' | 'link' | 'other'

function kindOf(stat: Stats): Kind {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'folder'
  return stat.isSymbolicLink() ? 'link' : 'other'
}

/** Tells a changed entry from an unchanged one. A folder's times are left out: its entries say the same. */
function print(stat: Stats | undefined): string {
  if (!stat) return ''
  const mode = permissions(stat)
  return stat.isDirectory()
    ? `folder ${mode}`
    : `${kindOf(stat)} ${mode} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`
}

type ModeOf = (source: Stats) => number

function permissions(stat: Stats): number {
  return stat.mode & 0o7777
}

/** Rewrites only what differs, so that cached facts about unchanged files stay true. */
function put(source: string, stat: Stats, copy: string, temporary: string, modeOf: ModeOf): void {
  const there = lstatSync(copy, { throwIfNoEntry: false })
  // The owner must be able to change it next time.
  if (stat.isDirectory()) {
    mkdirSync(copy, { recursive: true })
    const mode = modeOf(stat) | 0o700
    if (!there || permissions(there) !== mode) chmodSync(copy, mode)
    return
  }
  if (stat.isSymbolicLink()) {
    const target = readlinkSync(source)
    if (there?.isSymbolicLink() && readlinkSync(copy) === target) return
    replaceFile(copy, () => symlinkSync(target, temporary), temporary)
    return
  }
  const content = readFileSync(source)
  if (!there || there.size !== content.length || !readFileSync(copy).equals(content)) {
    const write = () => {
      writeFileSync(temporary, content)
      chmodSync(temporary, modeOf(stat))
    }
    // Another process may be reading the file or making the same copy.
    replaceFile(copy, write, temporary)
  } else if (permissions(there) !== modeOf(stat)) chmodSync(copy, modeOf(stat))
}

function readRecord(file: string): CopyRecord | undefined {
  const record = readEngineJson(file) as CopyRecord | undefined
  return record?.format === 1 && typeof record.entries === 'object' && record.entries ? record : undefined
}
