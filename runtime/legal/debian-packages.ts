/** The Debian packages of a root filesystem, from dpkg's records and the packages' copyright files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PackageURL } from 'packageurl-js'
import type { Component, LicenseText } from './component.ts'
import { paragraphs } from './control-file.ts'
import { licensingOfCopyright } from './debian-copyright.ts'

/** The paths in the root filesystem that are read here. */
export const DEBIAN_FILES =
  /^(var\/lib\/dpkg\/status|usr\/lib\/os-release|usr\/share\/common-licenses\/[^/]+|usr\/share\/doc\/[^/]+(\/copyright)?)$/

type Fields = ReadonlyMap<string, string>

/** @param root a folder with at least the files of DEBIAN_FILES, @param suite the Debian suite of the root filesystem */
export function debianPackages(root: string, suite: string): Component[] {
  const status = join(root, 'var/lib/dpkg/status')
  if (!existsSync(status)) return []
  const installed = paragraphs(readFileSync(status, 'utf8')).filter(each =>
    /\binstalled$/.test(each.get('status') ?? ''),
  )
  const idOf = idsByName(installed, suite)
  return installed.map(fields => {
    const copyright = join(root, 'usr/share/doc', fields.get('package')!, 'copyright')
    const hasCopyright = existsSync(copyright)
    const [source, sourceVersion] = sourceOf(fields)
    return {
      id: purlOf(fields, suite),
      name: fields.get('package')!,
      version: fields.get('version')!,
      purl: purlOf(fields, suite),
      type: 'library',
      part: 'target',
      licensing: hasCopyright ? licensingOfCopyright(readFileSync(copyright, 'utf8')) : { unknown: true },
      ...(hasCopyright && { texts: [{ name: 'copyright', from: copyright }] }),
      site: `https://snapshot.debian.org/package/${source}/${sourceVersion}/`,
      needs: neededBy(fields, idOf),
      properties: { 'strux:debian:source': `${source}=${sourceVersion}` },
    }
  })
}

/** The licence texts that copyright files refer to. */
export function commonLicenses(root: string): LicenseText[] {
  const folder = join(root, 'usr/share/common-licenses')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .map(name => ({ name, from: join(folder, name) }))
}

function purlOf(fields: Fields, suite: string): string {
  const qualifiers = { arch: fields.get('architecture')!, distro: suite }
  return new PackageURL(
    'deb',
    'debian',
    fields.get('package')!,
    fields.get('version')!,
    qualifiers,
  ).toString()
}

/** The source package and its version. */
function sourceOf(fields: Fields): readonly [string, string] {
  const [, name, version] = /^(\S+)(?:\s+\((.*)\))?$/.exec(fields.get('source') ?? '') ?? []
  return [name ?? fields.get('package')!, version ?? fields.get('version')!]
}

/** Ids by the names of packages and of what they provide. */
function idsByName(installed: readonly Fields[], suite: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const fields of installed)
    for (const name of names(fields.get('provides'))) found.set(name, purlOf(fields, suite))
  for (const fields of installed) found.set(fields.get('package')!, purlOf(fields, suite))
  return found
}

/** The first installed alternative of each dependency. */
function neededBy(fields: Fields, idOf: ReadonlyMap<string, string>): string[] {
  const wanted = [fields.get('pre-depends'), fields.get('depends')].flatMap(list => list?.split(',') ?? [])
  const found = wanted.flatMap(each => names(each.replaceAll('|', ',')).find(name => idOf.has(name)) ?? [])
  return [...new Set(found.map(name => idOf.get(name)!))].sort()
}

/** The names in a list of dependencies, without versions and architectures. */
function names(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map(each => each.trim().split(/[\s:(]/)[0]!)
    .filter(name => name !== '')
}
