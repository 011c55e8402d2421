/** The source of a package, in the notation of other steps' sources. */
import { posix } from 'node:path'
import { type PackageData, siteMethod } from '../../../lib/schema/package.ts'

export type PackageSource =
  /** A folder of the project that is copied, relative to the project. */
  | { readonly kind: 'local'; readonly folder: string }
  /** A source for `unpack_source`; `./x` is in the package's folder. */
  | { readonly kind: 'fetched'; readonly source: string; readonly sha256?: string }
  /** Only commands and hooks. */
  | { readonly kind: 'none' }

/** @param folder the package's folder, relative to the project */
export function sourceOf(data: PackageData, folder: string): PackageSource {
  const { name, version = '', site, sha256, override_srcdir } = data
  const local = (path: string) => posix.join(path.startsWith('./') || path === '.' ? folder : '.', path)
  if (override_srcdir !== undefined) return { kind: 'local', folder: local(override_srcdir) }
  const method = siteMethod(data)
  if (method === 'debian')
    return { kind: 'fetched', source: `deb-src:${site ?? name}${version && `=${version}`}` }
  if (site === undefined) return { kind: 'none' }
  if (method === 'local') return { kind: 'local', folder: local(site) }
  const summed = { kind: 'fetched', ...(sha256 !== undefined && { sha256 }) } as const
  if (method === 'git') return { kind: 'fetched', source: `${site}#${version}` }
  const file = data.source ?? `${name}-${version}.tar.gz`
  if (method === 'http') return { ...summed, source: `${site.replace(/\/$/, '')}/${file}` }
  return { ...summed, source: `./${posix.relative(folder, posix.join(local(site), file))}` }
}
