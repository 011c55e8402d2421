/** All components of a built BSP. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PackageURL } from 'packageurl-js'
import { StruxError } from '../diagnostics/error.ts'
import { packageRoot, selfVersion } from '../state/own-package.ts'
import { bootParts } from './boot-parts.ts'
import { type Built, cached, stepConfig } from './built.ts'
import type { Component, LicenseText } from './component.ts'
import { commonLicenses, DEBIAN_FILES, debianPackages } from './debian-packages.ts'
import { goModules } from './go-modules.ts'
import { npmPackages } from './npm-packages.ts'
import { unpackFiles } from './root-filesystem.ts'
import { sourcePackages } from './source-packages.ts'

export interface Collected {
  /** Each id once, in a stable order. */
  readonly components: readonly Component[]
  /** The licence texts that copyright files of Debian refer to. */
  readonly commonLicenses: readonly LicenseText[]
}

/**
 * Throws a StruxError if the BSP has not been built.
 * @param scratch an empty folder, which has to exist as long as the result is used
 */
export async function collect(built: Built, scratch: string): Promise<Collected> {
  const tarball = cached(built, 'rootfs-post.tar.gz')
  if (!existsSync(tarball)) {
    throw new StruxError(`${built.plan.bsp} has not been built: there is no root filesystem`, {
      hint: `strux build ${built.plan.bsp} makes it.`,
    })
  }
  await unpackFiles(tarball, DEBIAN_FILES, scratch)
  const all = [
    ...(await sourcePackages(built)),
    ...(await bootParts(built)),
    ...onDevicePrograms(built),
    ...frontendPackages(built),
    ...['app/main', 'client'].flatMap(path => goModules(cached(built, path), cached(built, '..', '.go/mod'))),
    ...debianPackages(scratch, built.suite),
  ]
  const byId = new Map<string, Component>()
  for (const each of all) if (!byId.has(each.id)) byId.set(each.id, each)
  return { components: [...byId.values()].sort(byName), commonLicenses: commonLicenses(scratch) }
}

function byName(a: Component, b: Component): number {
  return a.name === b.name ? (a.id < b.id ? -1 : 1) : a.name < b.name ? -1 : 1
}

function frontendPackages(built: Built): Component[] {
  const config = stepConfig(built, 'frontend')
  return config ? npmPackages(join(built.root, String(config.application), 'frontend')) : []
}

/** The programs of this package that run on the device. */
function onDevicePrograms(built: Built): Component[] {
  if (!['client', 'cage', 'wpe'].some(step => stepConfig(built, step))) return []
  const purl = new PackageURL('npm', undefined, 'strux-bsp', selfVersion()).toString()
  return [
    {
      ...{ id: purl, name: 'strux-bsp', version: selfVersion(), purl, type: 'application', part: 'target' },
      licensing: { expression: 'MIT' },
      texts: [{ name: 'LICENSE', from: join(packageRoot(), 'LICENSE') }].filter(each =>
        existsSync(each.from),
      ),
    },
  ]
}
