/** The packages that a frontend is made of, from its package-lock.json. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PackageURL } from 'packageurl-js'
import { StruxError } from '../diagnostics/error.ts'
import type { Component, Hash } from './component.ts'
import { licenseFiles } from './license-files.ts'
import { licensingOf } from './licensing.ts'

interface Locked {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly license?: string
  readonly dev?: boolean
  readonly link?: boolean
  readonly name?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const ALGORITHMS = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' } as const

/**
 * Packages that are only needed for development are `host`. Throws a StruxError if the file is none, or older than npm 7.
 * @param folder absolute path of the frontend
 */
export function npmPackages(folder: string): Component[] {
  const file = join(folder, 'package-lock.json')
  if (!existsSync(file)) return []
  const packages = lockedPackages(file)
  const purls = new Map<string, string>()
  for (const [path, locked] of Object.entries(packages))
    if (path.includes('node_modules/') && !locked.link) purls.set(path, purlOf(nameOf(path, locked), locked))
  const found = new Map<string, Component>()
  for (const [path, purl] of purls) {
    const locked = packages[path]!
    const name = nameOf(path, locked)
    const part = locked.dev ? 'host' : 'target'
    // The same package at two places is one, and on the device if either is.
    if (found.get(purl)?.part === 'target') continue
    found.set(purl, {
      ...{ id: purl, name, purl, type: 'library', part },
      ...(locked.version !== undefined && { version: locked.version }),
      licensing: licensingOf(locked.license === undefined ? [] : [locked.license]),
      texts: licenseFiles(join(folder, path)),
      hashes: hashesOf(locked.integrity),
      ...(locked.resolved !== undefined && { site: locked.resolved }),
      needs: neededBy(path, locked, purls),
    })
  }
  return [...found.values()]
}

function lockedPackages(file: string): Readonly<Record<string, Locked>> {
  let packages: unknown
  try {
    packages = (JSON.parse(readFileSync(file, 'utf8')) as { packages?: unknown }).packages
  } catch (cause) {
    throw new StruxError(`${file} is no JSON`, { hint: '`npm install` makes it again.', cause })
  }
  if (typeof packages !== 'object' || packages === null)
    throw new StruxError(`${file} does not list packages`, {
      hint: 'It was made by an npm older than 7; `npm install` of a newer one adds the list.',
    })
  return packages as Record<string, Locked>
}

/** The name after the last `node_modules/`, unless the package is an alias for another one. */
function nameOf(path: string, { name }: Locked): string {
  return name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

function purlOf(name: string, { version }: Locked): string {
  const [scope, plain] = name.startsWith('@') ? (name.split('/') as [string, string]) : [undefined, name]
  return new PackageURL('npm', scope, plain, version).toString()
}

/** Subresource integrity: `sha512-BASE64`, several with blanks between. */
function hashesOf(integrity = ''): Hash[] {
  return integrity.split(/\s+/).flatMap(each => {
    const [, name, base64] = /^(sha\d+)-([^?]+)/.exec(each) ?? []
    const alg = ALGORITHMS[name as keyof typeof ALGORITHMS]
    return alg && base64 ? [{ alg, content: Buffer.from(base64, 'base64').toString('hex') }] : []
  })
}

/** Dependencies where Node finds them: in the package's own node_modules, or in one further up. */
function neededBy(path: string, { dependencies }: Locked, purls: ReadonlyMap<string, string>): string[] {
  const found = Object.keys(dependencies ?? {}).flatMap(name => {
    for (let place = path; ; place = place.slice(0, Math.max(place.lastIndexOf('/node_modules/'), 0))) {
      const purl = purls.get(`${place === '' ? '' : `${place}/`}node_modules/${name}`)
      if (purl !== undefined) return [purl]
      if (place === '') return []
    }
  })
  return [...new Set(found)].sort()
}
