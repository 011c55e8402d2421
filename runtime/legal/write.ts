/** Writes the folder with all legal information of an image. */
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { packTar } from 'modern-tar/fs'
import { StruxError } from '../diagnostics/error.ts'
import { temporaryFor } from '../state/atomic-file.ts'
import { makeFolder } from '../state/folder.ts'
import { isVersionControl } from '../steps/package/declaration.ts'
import type { Collected } from './collect.ts'
import { type Component, folderName, type SourceFile } from './component.ts'
import { git } from './kept-sources.ts'
import { manifest } from './manifest.ts'
import { cycloneDx, type DescribedImage } from './sbom.ts'

const SBOM = 'sbom.cdx.json'
const MANIFESTS = { target: 'manifest.csv', host: 'host-manifest.csv' } as const
const FOLDERS = { target: '', host: 'host-' } as const

/**
 * Replaces the folder as a whole. Throws a StruxError if it has files that are none of an earlier run.
 * @param missing what could not be found, for the README
 */
export async function writeLegalInfo(
  out: string,
  image: DescribedImage,
  { components, commonLicenses }: Collected,
  missing: readonly string[],
): Promise<void> {
  if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, SBOM))) {
    throw new StruxError(`${out} has files that strux legal-info did not make`, {
      hint: 'Choose an empty folder, or one that is not there yet.',
      exitCode: 2,
    })
  }
  const draft = temporaryFor(out)
  makeFolder(draft)
  try {
    const sums = new Map<string, string>()
    for (const each of components) await writeComponent(draft, each, sums)
    for (const { name, from } of commonLicenses) copy(from, join(draft, 'licenses/common-licenses', name))
    for (const part of ['target', 'host'] as const)
      writeFileSync(join(draft, MANIFESTS[part]), manifest(components, part))
    writeFileSync(join(draft, SBOM), cycloneDx(image, components, sums))
    writeFileSync(join(draft, 'README'), readme(image, missing))
    rmSync(out, { recursive: true, force: true })
    renameSync(draft, out)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    throw error
  }
}

async function writeComponent(draft: string, component: Component, sums: Map<string, string>): Promise<void> {
  const { part, texts = [], sources = [] } = component
  const folder = folderName(component)
  for (const { name, from } of texts) copy(from, join(draft, `${FOLDERS[part]}licenses`, folder, name))
  for (const source of sources) {
    const file = join(draft, `${FOLDERS[part]}sources`, folder, source.name)
    mkdirSync(dirname(file), { recursive: true })
    await writeSource(source, file)
    sums.set(source.from, await sumOf(file))
  }
  const patches = sources.filter(each => each.name.endsWith('.patch')).map(each => each.name)
  if (patches.length > 0)
    writeFileSync(join(draft, `${FOLDERS[part]}sources`, folder, 'series'), `${patches.join('\n')}\n`)
}

async function writeSource(source: SourceFile, file: string): Promise<void> {
  const name = source.name.replace(/\.tar\.gz$/, '')
  if (source.kind === 'file') copyFileSync(source.from, file)
  else if (source.kind === 'folder') await packFolder(source, name, file)
  else {
    const { prefix = name } = source
    const args = ['archive', '--format=tar.gz', `--prefix=${prefix}/`, `--output=${file}`, source.commit]
    const { exitCode, stderr } = await git(source.from, ...args)
    if (exitCode !== 0)
      throw new StruxError(`the source ${source.name} cannot be read from ${source.from}: ${stderr}`)
  }
}

/** The same files give the same archive: no times, no owners, sorted. Without folders of version control. */
async function packFolder(
  { from: folder, without = [] }: SourceFile & { readonly kind: 'folder' },
  prefix: string,
  file: string,
): Promise<void> {
  const sources = readdirSync(folder, { recursive: true, withFileTypes: true })
    .map(each => ({ each, path: join(each.parentPath, each.name).slice(folder.length + 1) }))
    .filter(
      ({ each, path }) =>
        !isVersionControl(path) &&
        !without.includes(path.split('/')[0]!) &&
        (each.isFile() || each.isSymbolicLink() || each.isDirectory()),
    )
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ each, path }) => ({
      ...{
        type: each.isDirectory() ? 'directory' : 'file',
        source: join(folder, path),
        target: `${prefix}/${path}`,
      },
      ...{ mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' },
    }))
  await pipeline(packTar(sources as Parameters<typeof packTar>[0]), createGzip(), createWriteStream(file))
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

function readme({ name, version }: DescribedImage, missing: readonly string[]): string {
  const lines = [
    `Legal information of ${name} ${version}, made by strux legal-info.`,
    '',
    'manifest.csv        the components of the device, with licences and sources',
    'host-manifest.csv   the components that were only used to build it',
    'sbom.cdx.json       all components as a CycloneDX 1.6 document',
    'licenses/           licence texts by component; common-licenses/ has those that Debian packages refer to',
    'sources/            sources and patches of source packages, kernel and bootloader',
    'host-licenses/, host-sources/   the same for the components of host-manifest.csv',
    '',
    'Sources of Debian packages are not here: the manifest has the address of each.',
  ]
  if (missing.length > 0) lines.push('', 'Not found:', ...missing.map(each => `- ${each}`))
  return `${lines.join('\n')}\n`
}
