/** How lists of two layers are merged, by the keys that lead to the list. */

interface Entry {
  readonly value: unknown
}

/**
 * How a list of two layers is merged:
 * - `union`: both, without entries that exist already
 * - `latest`: the same, but a repeated entry moves to its last position, for lists in which the last one wins
 * - `variables`: `NAME=value`; an entry with the same name is replaced in its position
 * - `scripts`: both; an entry with the same id is replaced in its position, `without` removes
 * - `all`: both, with entries that exist already
 * - `blobs`: both; an entry with the same role and id is replaced in its position
 * - `packages`: both; a package with the same name is replaced in its position
 * - `replace`: only the higher layer's list
 */
export type ListRule = 'union' | 'latest' | 'all' | 'variables' | 'scripts' | 'blobs' | 'packages' | 'replace'

/** Lists that are not named here are replaced. A single value in place of a list counts as a list of one. */
export const LIST_RULES: Readonly<Record<string, ListRule>> = {
  scripts: 'scripts',
  extensions: 'all',
  skip_hooks: 'all',
  'cage.env': 'variables',
  'boot.kernel.fragments': 'latest',
  'boot.kernel.patches': 'union',
  'boot.kernel.device_tree.dts': 'replace',
  'boot.kernel.device_tree.overlays': 'union',
  'boot.kernel.device_tree.include_paths': 'union',
  'boot.bootloader.fragments': 'latest',
  'boot.bootloader.patches': 'union',
  'boot.bootloader.device_tree.dts': 'replace',
  'boot.bootloader.device_tree.dtsi': 'replace',
  'boot.bootloader.device_tree.include_paths': 'union',
  'boot.bootloader.blobs': 'blobs',
  'rootfs.overlay': 'latest',
  'rootfs.packages': 'union',
  'rootfs.repositories': 'union',
  'runtime.compatible_strux_api': 'replace',
  'runtime.extensions': 'union',
  'image.partitions': 'replace',
  'image.raw': 'replace',
  'qemu.flags': 'union',
  packages: 'packages',
  target_finalize: 'all',
  post_build: 'scripts',
  post_fakeroot: 'scripts',
  'post_image.scripts': 'scripts',
  'post_image.args': 'replace',
  'post_image.image_args': 'replace',
}

/** The key by which an entry replaces another; undefined for entries that replace none. */
const KEY_OF: Partial<Record<ListRule, (value: unknown) => string | undefined>> = {
  scripts: value => (value as { id?: string }).id,
  packages: value => {
    if (typeof value === 'string') return value
    const { name, buildroot } = value as { name?: string; buildroot?: string }
    return name ?? `tree ${buildroot}`
  },
  blobs: value => JSON.stringify([(value as { role: string }).role, (value as { id: string }).id]),
  variables: value => String(value).split('=', 1)[0],
}

/** The entries of both lists, merged by the rule. */
export function mergeEntries<T extends Entry>(
  lower: readonly T[],
  upper: readonly T[],
  rule: ListRule,
): readonly T[] {
  const key = KEY_OF[rule]
  return key ? inPlace(lower, upper, key) : distinct([...lower, ...upper], rule)
}

/** If one layer has a key twice, its second entry replaces the second one below, and so on. */
function inPlace<T extends Entry>(
  lower: readonly T[],
  upper: readonly T[],
  key: (value: unknown) => string | undefined,
): T[] {
  const places = new Map<string, number>()
  const merged = [...lower]
  const numbered = counter(key)
  for (const [index, item] of lower.entries()) {
    const name = numbered(item.value)
    if (name !== undefined) places.set(name, index)
  }
  const next = counter(key)
  for (const item of upper) {
    const name = next(item.value)
    const place = name === undefined ? undefined : places.get(name)
    if (place === undefined) merged.push(item)
    else merged[place] = item
  }
  return merged
}

function counter(key: (value: unknown) => string | undefined): (value: unknown) => string | undefined {
  const seen = new Map<string, number>()
  return value => {
    const name = key(value)
    if (name === undefined) return undefined
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return `${count} ${name}`
  }
}

/** The entries without repeated ones, where the rule drops them. */
export function distinct<T extends Entry>(items: readonly T[], rule: ListRule): readonly T[] {
  if (rule !== 'union' && rule !== 'latest') return items
  const kept = new Map<string, T>()
  for (const item of items) {
    const name = JSON.stringify(item.value)
    if (rule === 'latest') kept.delete(name)
    if (!kept.has(name)) kept.set(name, item)
  }
  return [...kept.values()]
}
