/** Finds the files that define BSPs, and their names. */

import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { BSP_NAME } from '../model/bsp-name.ts'
import type { Origin } from '../model/origin.ts'
import type { BspLocation } from './loaded.ts'

/** The BSPs sorted by name, and their diagnostics. Of several with one name the first is kept. */
export interface FoundBsps {
  readonly bsps: readonly BspLocation[]
  readonly findings: readonly Finding[]
}

/** @param patterns globs relative to `root`, the value of the project's key `bsps` */
export async function findBsps(root: string, patterns: readonly string[]): Promise<FoundBsps> {
  const files = await match(root, patterns)
  const byName = new Map<string, BspLocation>()
  const findings: Finding[] = []
  for (const file of files) {
    const location = locationOf(root, file)
    const { name } = location
    const other = byName.get(name)
    if (file.startsWith('../')) findings.push(outside(file))
    else if (!BSP_NAME.test(name) || RESERVED.includes(name)) findings.push(badName(location))
    else if (other) findings.push(twice(name, other.file, file))
    else byName.set(name, location)
  }
  if (files.length === 0) findings.push(none(patterns))
  return { bsps: [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), findings }
}

/** Folders of dist/cache that all BSPs share. */
const RESERVED = ['frontend']

function locationOf(root: string, file: string): BspLocation {
  const folder = dirname(file)
  const stem = basename(file).replace(/\.([cm]?[jt]s|ya?ml)$/, '')
  const name = stem === 'bsp' || stem === 'index' ? basename(join(root, folder)) : stem.replace(/\.bsp$/, '')
  return { name, file, folder }
}

const ORIGIN: Origin = { source: 'project', keys: ['bsps'] }

function badName({ name, file }: BspLocation): Finding {
  const message = `'${name}' cannot be the name of a BSP (${file})`
  const hint = RESERVED.includes(name)
    ? 'rename it: the build uses this name for another folder'
    : 'rename it: letters, digits, dot, underscore and hyphen, beginning with a letter or digit'
  return { severity: 'error', code: 'bad_bsp_name', message, hint, origin: ORIGIN, at: 'value' }
}

function outside(file: string): Finding {
  const message = `the BSP ${file} lies outside the project`
  const hint = 'move it into the project: only the project is mounted where scripts run'
  return { severity: 'error', code: 'path_escapes', message, hint, origin: ORIGIN, at: 'value' }
}

function twice(name: string, first: string, second: string): Finding {
  const message = `two BSPs are called '${name}': ${first} and ${second}`
  const twoLanguages = dirname(first) === dirname(second) && isYaml(first) !== isYaml(second)
  const hint = twoLanguages
    ? 'a BSP is written in TypeScript or in YAML: delete one of the two'
    : 'rename one of the two, or leave it out of bsps'
  return { severity: 'error', code: 'duplicate_bsp', message, hint, origin: ORIGIN, at: 'value' }
}

const isYaml = (file: string) => /\.ya?ml$/.test(file)

function none(patterns: readonly string[]): Finding {
  const message = `no BSP matches ${patterns.map(pattern => `'${pattern}'`).join(', ')}`
  const hint = 'add one (bsp/NAME/bsp.ts or bsp.yaml), or say with bsps where they are'
  return { severity: 'error', code: 'no_bsps', message, hint, origin: ORIGIN, at: 'value' }
}

/** Matching files relative to `root`, without duplicates, sorted. */
async function match(root: string, patterns: readonly string[]): Promise<string[]> {
  if (patterns.every(isSimple)) return [...new Set(patterns.flatMap(pattern => expand(root, pattern)))].sort()
  const { glob } = await import('tinyglobby')
  const ignore = ['**/node_modules/**', 'dist/**']
  return (await glob([...patterns], { cwd: root, ignore, expandDirectories: false })).sort()
}

/** Patterns with only names and `*`: matched by reading folders, without loading a glob library. */
function isSimple(pattern: string): boolean {
  return !/\*\*|[?[\]{}()!+@\\]/.test(pattern) && !pattern.startsWith('/')
}

function expand(root: string, pattern: string): string[] {
  let found = ['']
  const segments = pattern.split('/').filter(segment => segment !== '' && segment !== '.')
  for (const segment of segments) {
    found = found.flatMap(above => {
      const names = segment.includes('*') ? namesIn(join(root, above), segment) : [segment]
      return names.map(name => (above === '' ? name : `${above}/${name}`))
    })
  }
  return found.filter(file => isFile(join(root, file)))
}

/** False also for paths that cannot be inspected: a name is too long, or a parent is a file. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function namesIn(folder: string, segment: string): string[] {
  const pattern = new RegExp(
    `^${segment.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('$', '\\$')}$`,
  )
  try {
    return readdirSync(folder).filter(
      name =>
        pattern.test(name) && (!name.startsWith('.') || segment.startsWith('.')) && name !== 'node_modules',
    )
  } catch {
    return []
  }
}
