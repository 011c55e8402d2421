/** Dependencies of a package: on others of the tree, and on Buildroot's own in place of Debian's. */
import { debianPackages, KNOWN_PACKAGES } from '../../buildroot/debian-packages.ts'
import type { PackageVariant } from '../../model/packages.ts'
import type { Tree } from './exported-tree.ts'

/** Buildroot's packages by the Debian packages that stand for them; of several, the first in the table. */
const COUNTERPARTS = new Map<string, string>()
for (const name of KNOWN_PACKAGES)
  for (const debian of debianPackages(name) ?? [])
    if (!COUNTERPARTS.has(debian)) COUNTERPARTS.set(debian, name)

/** Names in Buildroot. */
export function dependenciesOf(tree: Tree, variant: PackageVariant): string[] {
  const {
    needs,
    debian,
    package: { data },
  } = variant
  const counterparts = debian.flatMap(name => {
    // Buildroot builds modules against its own kernel, which the infrastructure depends on.
    if (data.infra === 'kernel-module' && name.startsWith('linux-headers-')) return []
    const plain = name.replace(/:native$/, '')
    const known = COUNTERPARTS.get(plain)
    const found = plain !== name && known !== undefined ? `host-${known.replace(/^host-/, '')}` : known
    if (found === undefined) tree.losses.addOf(variant, `${variant.id} depends on Debian's package ${name}`)
    return found ?? []
  })
  const asVariant = (name: string) =>
    variant.variant === 'host' && !name.startsWith('host-') ? `host-${name}` : name
  return [...new Set([...needs, ...counterparts.map(asVariant)])]
}
