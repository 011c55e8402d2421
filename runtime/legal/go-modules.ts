/**
 * The modules in a program that was compiled with Go: the compiler records them in the program itself. Source:
 * debug/buildinfo of Go's standard library, the form of Go 1.18 and later.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PackageURL } from 'packageurl-js'
import type { Component } from './component.ts'
import { licenseFiles } from './license-files.ts'

/** In bytes that do not occur in this form elsewhere; the record begins at a multiple of 16. */
const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1')
const INLINE_STRINGS = 2
/** The length of the record's fixed part, and of the marks around the list of modules: bytes. */
const HEADER = 32
const MARK = 16

export interface GoBuild {
  /** Such as `1.24.4`. */
  readonly version: string
  readonly modules: readonly { readonly path: string; readonly version: string; readonly sum?: string }[]
}

/** The record in a program; undefined if it has none. */
export function readGoBuild(program: Buffer): GoBuild | undefined {
  for (let at = program.indexOf(MAGIC); at !== -1; at = program.indexOf(MAGIC, at + 1)) {
    if (at % 16 !== 0 || !((program[at + 15] ?? 0) & INLINE_STRINGS)) continue
    const [version, next] = text(program, at + HEADER)
    const [list] = text(program, next)
    const lines = list.subarray(MARK, -MARK).toString('utf8').split('\n')
    return { version: version.toString('utf8').replace(/^go/, '').split(' ')[0]!, modules: modulesOf(lines) }
  }
  return undefined
}

/** A text with its length as a variable-length number before it, and the place after it. */
function text(bytes: Buffer, start: number): readonly [Buffer, number] {
  let length = 0
  let at = start
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0
    length += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  return [bytes.subarray(at, at + length), at + length]
}

/**
 * Lines `dep PATH VERSION SUM`; a line `=> PATH VERSION SUM` replaces the one before. A folder that replaces a module
 * has no name of its own.
 */
function modulesOf(lines: readonly string[]): GoBuild['modules'] {
  const found: { path: string; version: string; sum?: string }[] = []
  for (const line of lines) {
    const [kind, path, version, sum] = line.split('\t')
    const isFolder = /^[./]/.test(path ?? '')
    if (kind === '=>' && !isFolder) found.pop()
    else if (kind !== 'dep') continue
    found.push({ path: path!, version: version ?? '', ...(sum && { sum }) })
  }
  return found
}

/** @param kept the folder of Go's module cache */
export function goModules(program: string, kept: string): Component[] {
  if (!existsSync(program)) return []
  const build = readGoBuild(readFileSync(program))
  if (!build) return []
  const modules = build.modules.map(({ path, version, sum }): Component => {
    const purl = purlOf(path, version)
    const folder = join(kept, `${escaped(path)}@${escaped(version)}`)
    return {
      ...{ id: purl, name: path, purl, type: 'library', part: 'target', site: `https://${path}` },
      ...(version !== '' && { version }),
      // A module says nothing about its licence but the text.
      licensing: { unknown: true },
      texts: licenseFiles(folder),
      ...(sum !== undefined && { properties: { 'strux:go:sum': sum } }),
    }
  })
  const std = purlOf('std', build.version)
  const standardLibrary: Component = {
    ...{ id: std, name: 'std', version: build.version, purl: std, type: 'library', part: 'target' },
    ...{ licensing: { expression: 'BSD-3-Clause' }, site: 'https://go.dev' },
  }
  return [standardLibrary, ...modules]
}

function purlOf(path: string, version: string): string {
  const parts = path.split('/')
  return new PackageURL(
    'golang',
    parts.slice(0, -1).join('/'),
    parts.at(-1)!,
    version || undefined,
  ).toString()
}

/** As in the module cache: a capital letter is `!` and the small one. */
const escaped = (path: string): string => path.replaceAll(/[A-Z]/g, letter => `!${letter.toLowerCase()}`)
