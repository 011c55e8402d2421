/**
 * A BSP as an external tree of Buildroot. Source: facts about Buildroot's external trees: three files that each tree
 * needs, packages by folder, one configuration for each board.
 */

import { prefixOf } from '../../buildroot/debian-packages.ts'
import type { Finding } from '../../diagnostics/diagnostic.ts'
import type { PackageVariant } from '../../model/packages.ts'
import { FileSet } from '../files.ts'
import { writeConfiguration } from './configuration.ts'
import type { BuildrootExport, Tree } from './exported-tree.ts'
import { finalizeTogether } from './finalize.ts'
import { Losses } from './losses.ts'
import { writePackage } from './package.ts'
import { readme } from './readme.ts'

export function exportBuildroot(input: BuildrootExport): { files: FileSet; findings: readonly Finding[] } {
  const { root, out, bsp, lossy } = input
  const name = bsp.name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')
  const tree: Tree = {
    ...input,
    ...{ name, path: `$(BR2_EXTERNAL_${name}_PATH)`, board: `board/${bsp.name}` },
    files: new FileSet(root, out),
    losses: new Losses(lossy),
    packages: byName(bsp.packages ?? []),
  }
  checkPrefixes(tree)
  const together = finalizeTogether(tree)
  for (const variants of tree.packages.values()) writePackage(tree, variants, together)
  const names = [...tree.packages.keys()].sort()
  const text = (path: string, content: string) => tree.files.text('', path, content)
  text('external.desc', `name: ${name}\ndesc: ${bsp.data.description.replaceAll(/\s+/g, ' ').slice(0, 40)}\n`)
  text(
    'Config.in',
    names.map(each => `source "$BR2_EXTERNAL_${name}_PATH/package/${each}/Config.in"\n`).join(''),
  )
  text('external.mk', `include $(sort $(wildcard ${tree.path}/package/*/*.mk))\n${together?.makefile ?? ''}`)
  writeConfiguration(tree)
  text('README.md', readme(tree))
  return { files: tree.files, findings: tree.losses.findings }
}

function byName(variants: readonly PackageVariant[]): Map<string, PackageVariant[]> {
  const found = new Map<string, PackageVariant[]>()
  for (const each of variants) {
    const { name } = each.package.data
    found.set(name, [...(found.get(name) ?? []), each])
  }
  return found
}

/** Buildroot would silently merge the variables of two packages whose names differ only in `-` and `.`. */
function checkPrefixes({ packages, losses }: Tree): void {
  const seen = new Map<string, string>()
  for (const [name, [variant]] of packages) {
    const other = seen.get(prefixOf(name))
    if (other !== undefined)
      losses.addOf(variant!, `${name} and ${other} have the same variables in Buildroot: ${prefixOf(name)}`)
    seen.set(prefixOf(name), name)
  }
}
