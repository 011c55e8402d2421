/** The source of a package, with its patches and hashes, as variables of a makefile. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join, posix } from 'node:path'
import type { PackageData } from '../../../lib/schema/package.ts'
import { siteMethod } from '../../../lib/schema/package-rules.ts'
import type { PackageVariant } from '../../model/packages.ts'
import { ownOrProject } from '../../model/paths.ts'
import { isVersionControl } from '../../steps/package/declaration.ts'
import { patchFiles } from '../../steps/package/patches.ts'
import type { Tree } from './exported-tree.ts'
import { inMakefile } from './makefile-text.ts'

/** Variables without their prefix. Writes copies of local sources, tarballs, patches and the file of hashes. */
export function writeSource(tree: Tree, variant: PackageVariant): Record<string, string> {
  const { folder } = variant.package
  // A source that is only meant for work on the package is none of the board.
  const { override_srcdir: _, ...data } = variant.package.data
  const found = sourceVariables(tree, variant, data, folder)
  if (data.site !== undefined && siteMethod(data) !== 'local') writePatches(tree, variant)
  return { ...(data.version !== undefined && { VERSION: inMakefile(data.version) }), ...found }
}

function sourceVariables(
  tree: Tree,
  variant: PackageVariant,
  data: PackageData,
  folder: string,
): Record<string, string> {
  const { name, version, site, sha256 } = data
  const place = `package/${name}`
  const method = siteMethod(data)
  if (method === 'debian') {
    tree.losses.addOf(variant, `${name} is built from a source package of Debian`)
    return {}
  }
  if (site === undefined) return {}
  if (method === 'git') {
    if (!/^[a-z+]+:\/\/|@/.test(site))
      tree.losses.addOf(variant, `${name} is built from a repository in the project`)
    return {
      ...{ SITE: inMakefile(site), SITE_METHOD: 'git' },
      ...(data.git_submodules && { GIT_SUBMODULES: 'YES' }),
    }
  }
  if (method === 'local') {
    const from = ownOrProject(site, folder)
    if (existsSync(join(tree.root, from))) tree.files.copy('', from, `${place}/src`, isVersionControl)
    return { SITE: `${tree.path}/${place}/src`, SITE_METHOD: 'local' }
  }
  const source = data.source ?? `${name}-${version}.tar.gz`
  const named = data.source === undefined ? {} : { SOURCE: inMakefile(source) }
  if (method === 'http') {
    if (sha256 !== undefined) writeHash(tree, name, sha256, source)
    return { SITE: inMakefile(site.replace(/\/$/, '')), ...named }
  }
  const file = posix.join(ownOrProject(site, folder), source)
  const full = join(tree.root, file)
  if (existsSync(full)) {
    tree.files.copy('', file, `${place}/source/${source}`)
    writeHash(tree, name, createHash('sha256').update(readFileSync(full)).digest('hex'), source)
  }
  return { SITE: `${tree.path}/${place}/source`, SITE_METHOD: 'file', ...named }
}

function writeHash({ files }: Tree, name: string, sum: string, file: string): void {
  files.text(
    '',
    `package/${name}/${name}.hash`,
    `# Given by the definition of the package\nsha256  ${sum.toLowerCase()}  ${file}\n`,
  )
}

/** Buildroot applies the patches of the folder in the order of their names. */
function writePatches({ files, root }: Tree, { package: { data, folder } }: PackageVariant): void {
  const all = patchFiles(
    root,
    (data.patches ?? []).map(path => ownOrProject(path, folder)),
  )
  all.forEach((path, index) => {
    const number = String(index + 1).padStart(4, '0')
    const name = basename(path)
      .replace(/^\d+-/, '')
      .replace(/(\.patch)?$/, '.patch')
    files.copy('', path, `package/${data.name}/${number}-${name}`)
  })
}
