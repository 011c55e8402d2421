/**
 * A BSP as an external tree of Buildroot. Source: facts about Buildroot's external trees: three files that each tree
 * needs, packages by folder, one configuration for each board.
 */

import { prefixOf } from '../../buildroot/debian-packages.ts'
import type { Finding } from '../../diagnostics/diagnostic.ts'
import type { Bsp, Project } from '../../load/loaded.ts'
import type { PackageVariant } from '../../model/packages.ts'
import type { Plan } from '../../model/plan.ts'
import { FileSet } from '../files.ts'
import { writeConfiguration } from './configuration.ts'
import { finalizeTogether } from './finalize.ts'
import { Losses } from './losses.ts'
import { writePackage } from './package.ts'
import { readme } from './readme.ts'

export interface BuildrootExport {
  readonly root: string
  readonly project: Project
  readonly bsp: Bsp
  readonly plan: Plan
  /** Absolute path of the target folder. */
  readonly out: string
  readonly lossy: boolean
}

/** What all parts of an export write to. */
export interface Tree extends BuildrootExport {
  readonly files: FileSet
  readonly losses: Losses
  /** The name in external.desc, and the variable with the tree's path. */
  readonly name: string
  readonly path: string
  /** The folder of the board's files. */
  readonly board: string
  /** The variants of each package by its name, in the order in which they are built. */
  readonly packages: ReadonlyMap<string, readonly PackageVariant[]>
}

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
