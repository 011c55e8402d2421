/** The source packages of a BSP, each variant with its licences and sources. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { PackageURL } from 'packageurl-js'
import { StruxError } from '../diagnostics/error.ts'
import type { PackageVariant } from '../model/packages.ts'
import { ownOrProject } from '../model/paths.ts'
import { outputsOf } from '../steps/package/places.ts'
import { sourceOf } from '../steps/package/source.ts'
import type { Built } from './built.ts'
import type { Component, LicenseText, SourceFile } from './component.ts'
import { keptCommit, keptSource } from './kept-sources.ts'
import { licensingOf } from './licensing.ts'
import { patchSources } from './patch-sources.ts'

/** Throws a StruxError if a package has not been built. */
export async function sourcePackages(built: Built): Promise<Component[]> {
  const found: Component[] = []
  for (const variant of built.packages) found.push(await sourcePackage(built, variant))
  return found
}

async function sourcePackage(built: Built, variant: PackageVariant): Promise<Component> {
  const { data, folder } = variant.package
  const outputs = join(built.root, outputsOf(built.plan.bsp, variant))
  if (!existsSync(join(outputs, 'digest'))) {
    throw new StruxError(`the package ${variant.id} has not been built`, {
      hint: `Build it first: strux build ${built.plan.bsp}`,
    })
  }
  const source = sourceOf(data, folder)
  const site = source.kind === 'local' ? source.folder : source.kind === 'fetched' ? source.source : undefined
  return {
    id: variant.id,
    name: data.name,
    ...(data.version !== undefined && { version: data.version }),
    purl: purlOf(variant, site),
    type: 'application',
    part: variant.variant,
    licensing: licensingOf(data.license === undefined ? [] : [data.license]),
    texts: licenseTexts(join(outputs, 'legal-info/licenses')),
    sources: [
      ...(await sourcesOf(built, variant)),
      ...patchSources(
        built,
        variant.id,
        (data.patches ?? []).map(path => ownOrProject(path, folder)),
      ),
    ],
    ...(site !== undefined && { site }),
    needs: variant.needs,
    properties: { 'strux:package': variant.id },
  }
}

function purlOf({ package: { data } }: PackageVariant, site: string | undefined): string {
  const isUrl = site !== undefined && /^[a-z+]+:\/\//.test(site)
  const [key, value] =
    isUrl && site.includes('#') ? ['vcs_url', `git+${site.replace('#', '@')}`] : ['download_url', site]
  return new PackageURL(
    'generic',
    undefined,
    data.name,
    data.version,
    isUrl ? { [key!]: value! } : undefined,
  ).toString()
}

async function sourcesOf(
  built: Built,
  { id, package: { data, folder } }: PackageVariant,
): Promise<SourceFile[]> {
  const source = sourceOf(data, folder)
  const name = `${data.name}-${data.version ?? 'local'}`
  if (source.kind === 'none') return []
  if (source.kind === 'local')
    return keptSource(built, { owner: id, name, source: `./${source.folder}`, folder: '.' })
  return [
    ...(await keptSource(built, { owner: id, name, folder, ...source })),
    ...(source.submodules ? await submoduleSources(built, id, name) : []),
  ]
}

/** The submodules, as the build recorded them. All archives, unpacked in one folder, are the source as it was built. */
async function submoduleSources(built: Built, id: string, name: string): Promise<SourceFile[]> {
  const record = join(built.root, outputsOf(built.plan.bsp, { id }), 'legal-info/submodules')
  const lines = existsSync(record) ? readFileSync(record, 'utf8').split('\n') : []
  const found: SourceFile[] = []
  for (const line of lines.filter(line => line !== '')) {
    const [commit = '', url = '', path = ''] = line.split('\t')
    const [source] = await keptCommit(built, url, commit, `${name}-${path.replaceAll('/', '-')}`)
    if (source) found.push({ ...source, prefix: `${name}/${path}` })
    else built.missing(`the submodule ${path} of ${id} is not in dist/cache/.sources: ${url}`)
  }
  return found
}

function licenseTexts(folder: string): LicenseText[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(each => each.isFile())
    .map(each => join(each.parentPath, each.name))
    .map(from => ({ name: posix.relative(folder, from), from }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
