/** The source of a package, in the notation of other steps' sources. */
import { posix } from 'node:path'
import type { PackageData } from '../../../lib/schema/package.ts'
import { siteMethod } from '../../../lib/schema/package-rules.ts'
import { ownOrProject } from '../../model/paths.ts'

export type PackageSource =
  /** A folder of the project that is copied, relative to the project. */
  | { readonly kind: 'local'; readonly folder: string }
  | FetchedSource
  /** Only commands and hooks. */
  | { readonly kind: 'none' }

export interface FetchedSource {
  readonly kind: 'fetched'
  readonly method: 'git' | 'http' | 'file' | 'debian'
  /** A URL, `URL#ref`, `deb-src:NAME`, or `./x` in the package's folder. */
  readonly source: string
  /** For `http` and `file`: the file's name. */
  readonly file?: string
  readonly sha256?: string
  /** For `git`: whether the submodules are fetched too. */
  readonly submodules?: boolean
}

/** @param folder the package's folder, relative to the project */
export function sourceOf(data: PackageData, folder: string): PackageSource {
  const { name, version = '', site, sha256, override_srcdir } = data
  const local = (path: string) => ownOrProject(path, folder)
  if (override_srcdir !== undefined) return { kind: 'local', folder: local(override_srcdir) }
  const method = siteMethod(data)
  if (method === 'debian')
    return { kind: 'fetched', method, source: `deb-src:${site ?? name}${version && `=${version}`}` }
  if (site === undefined) return { kind: 'none' }
  if (method === 'local') return { kind: 'local', folder: local(site) }
  if (method === 'git') {
    const submodules = data.git_submodules === true && { submodules: true }
    return { kind: 'fetched', method, source: `${site}#${version}`, ...submodules }
  }
  const path = data.source ?? `${name}-${version}.tar.gz`
  const source =
    method === 'http'
      ? `${site.replace(/\/$/, '')}/${path}`
      : `./${posix.relative(folder, posix.join(local(site), path))}`
  const file = posix.basename(path)
  return { kind: 'fetched', method, source, file, ...(sha256 !== undefined && { sha256 }) }
}
