/** Kernel and bootloader of a BSP, and the vendor's firmware files. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { PackageURL } from 'packageurl-js'
import type { BspData } from '../../lib/schema.ts'
import { cacheFolder, outputFolder } from '../model/paths.ts'
import { type Built, cached, stepConfig } from './built.ts'
import type { Component, LicenseText } from './component.ts'
import { keptSource, keptVersion } from './kept-sources.ts'
import type { Licensing } from './licensing.ts'
import { patchSources } from './patch-sources.ts'

export async function bootParts(built: Built): Promise<Component[]> {
  return [...(await kernel(built)), ...(await bootloader(built)), ...blobs(built)]
}

async function kernel(built: Built): Promise<Component[]> {
  const settings = built.bsp.boot?.kernel
  if (!stepConfig(built, 'kernel') || !settings) return []
  const tree = cached(built, 'kernel-source')
  const version = makefileVersion(tree, ['VERSION', 'PATCHLEVEL', 'SUBLEVEL']) ?? settings.version
  const source = settings.source ?? `deb:linux-source-${settings.version}`
  return [
    await fromTree(built, {
      ...{ name: 'linux', version, source, sha256: settings.sha256, patches: settings.patches, tree },
      licensing: { expression: 'GPL-2.0-only WITH Linux-syscall-note' },
      texts: ['COPYING', 'LICENSES/preferred/GPL-2.0', 'LICENSES/exceptions/Linux-syscall-note'],
    }),
  ]
}

/** The licences of bootloaders that are taken from Debian's packages. */
const FROM_DEBIAN = { grub: 'GPL-3.0-or-later', 'systemd-boot': 'LGPL-2.1-or-later' } as const

async function bootloader(built: Built): Promise<Component[]> {
  const settings = built.bsp.boot?.bootloader
  if (!stepConfig(built, 'bootloader') || !settings) return []
  const { type = 'u-boot' } = settings
  if (type === 'grub' || type === 'systemd-boot') return debianBootloader(built, type)
  const tree = cached(built, 'bootloader-source')
  const version = makefileVersion(tree, ['VERSION', 'PATCHLEVEL', 'SUBLEVEL']) ?? settings.version
  const source = settings.source ?? 'deb-src:u-boot'
  return [
    await fromTree(built, {
      ...{ name: 'u-boot', version, source, sha256: settings.sha256, patches: settings.patches, tree },
      licensing: { expression: 'GPL-2.0-or-later' },
      texts: existsSync(join(tree, 'Licenses'))
        ? readdirSync(join(tree, 'Licenses'))
            .sort()
            .map(name => `Licenses/${name}`)
        : [],
    }),
  ]
}

function debianBootloader(built: Built, type: keyof typeof FROM_DEBIAN): Component[] {
  const names = {
    grub: {
      x86_64: ['grub-efi-amd64-bin', 'grub-pc-bin'],
      arm64: ['grub-efi-arm64-bin'],
      armhf: ['grub-efi-arm-bin'],
    },
    'systemd-boot': {
      x86_64: ['systemd-boot-efi'],
      arm64: ['systemd-boot-efi'],
      armhf: ['systemd-boot-efi'],
    },
  }[type][built.plan.arch]
  const wanted = built.bsp.boot?.bootloader?.version
  return names.map(name => {
    const version = keptVersion(built, name, wanted)
    const purl = new PackageURL('deb', 'debian', name, version, { distro: built.suite }).toString()
    return {
      ...{ id: purl, name, purl, type: 'firmware', part: 'target' },
      ...(version !== undefined && { version }),
      licensing: { expression: FROM_DEBIAN[type] },
      site: `https://packages.debian.org/${built.suite}/${name}`,
    }
  })
}

interface Tree {
  readonly name: string
  readonly version: string | undefined
  readonly source: string
  readonly sha256: string | undefined
  readonly patches: readonly string[] | undefined
  readonly tree: string
  readonly licensing: Licensing
  /** Paths in the tree. */
  readonly texts: readonly string[]
}

async function fromTree(built: Built, part: Tree): Promise<Component> {
  const { name, version, source, sha256, tree } = part
  const purl = new PackageURL('generic', undefined, name, version).toString()
  const { folder } = built
  const archive = `${name}-${version ?? 'source'}`
  const wanted = { owner: name, name: archive, source, folder, ...(sha256 !== undefined && { sha256 }) }
  const texts: LicenseText[] = part.texts
    .map(path => ({ name: path, from: join(tree, path) }))
    .filter(each => existsSync(each.from) && statSync(each.from).isFile())
  if (texts.length === 0)
    built.missing(`the licence texts of ${name} are not in ${tree.slice(built.root.length + 1)}`)
  return {
    ...{
      id: purl,
      name,
      purl,
      type: name === 'linux' ? 'operating-system' : 'firmware',
      part: 'target',
      texts,
    },
    ...(version !== undefined && { version }),
    licensing: part.licensing,
    sources: [
      ...(await keptSource(built, wanted)),
      ...patchSources(
        built,
        name,
        (part.patches ?? []).map(path => posix.join(folder, path)),
      ),
    ],
    site: source,
  }
}

/** The version in a makefile of the kernel's family. */
function makefileVersion(tree: string, names: readonly string[]): string | undefined {
  const file = join(tree, 'Makefile')
  if (!existsSync(file)) return undefined
  const text = readFileSync(file, 'utf8')
  const value = (name: string) => new RegExp(`^${name} *=[ \\t]*(\\S*)`, 'm').exec(text)?.[1] ?? ''
  const numbers = names.map(value).filter(each => each !== '')
  return numbers.length === 0 ? undefined : `${numbers.join('.')}${value('EXTRAVERSION')}`
}

type Blob = NonNullable<NonNullable<NonNullable<BspData['boot']>['bootloader']>['blobs']>[number]

/** Firmware files of which only the bytes are known. */
function blobs(built: Built): Component[] {
  const { enabled, blobs: listed = [] } = built.bsp.boot?.bootloader ?? {}
  if (!enabled) return []
  return listed.map(blob => {
    const path = placeOf(built, blob)
    const file = path === undefined ? undefined : join(built.root, path)
    const sum = file !== undefined && existsSync(file) ? sumOf(file) : blob.sha256?.toLowerCase()
    const purl = new PackageURL(
      'generic',
      undefined,
      blob.id,
      undefined,
      sum === undefined ? undefined : { checksum: `sha256:${sum}` },
    )
    return {
      ...{
        id: `blob:${blob.role}:${blob.id}`,
        name: blob.id,
        purl: purl.toString(),
        type: 'firmware',
        part: 'target',
      },
      licensing: { unknown: true },
      ...(sum !== undefined && { hashes: [{ alg: 'SHA-256', content: sum } as const] }),
      site: blob.path,
      properties: { 'strux:blob:role': blob.role },
    }
  })
}

/** Relative to the project; undefined for a file in a Debian package. */
function placeOf({ folder, plan }: Built, { path }: Blob): string | undefined {
  if (path.startsWith('deb:')) return undefined
  if (/^\.\.?\//.test(path)) return posix.join(folder, path)
  if (path.startsWith('cache/')) return posix.join(cacheFolder(plan.bsp), path.slice('cache/'.length))
  if (path.startsWith('output/')) return posix.join(outputFolder(plan.bsp), path.slice('output/'.length))
  return posix.join('dist', path)
}

const sumOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')
