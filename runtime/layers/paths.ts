/**
 * Which values of a BSP are paths relative to its module's folder, and how to rewrite them relative to another
 * folder. A board writes its paths relative to its own folder; all later code expects them relative to the
 * BSP's.
 */
import { posix } from 'node:path'

/**
 * - `always`: with or without `./`
 * - `dot`: only with `./`; other values have another meaning
 * - `glob`: the same, with special glob characters
 * - `fragment`: `./x` and bare `x.config`; other values are the text of the fragment
 */
export type PathMeaning = 'always' | 'dot' | 'glob' | 'fragment'

/** The complete list. `*` is any element of a list, or a single value in its place; `**` is any string below. */
const PATHS: readonly (readonly [place: string, meaning: PathMeaning])[] = [
  ['scripts.*.location', 'always'],
  ['scripts.*.depends_on.*', 'glob'],
  ['boot.kernel.source', 'dot'],
  ['boot.kernel.fragments.*', 'fragment'],
  ['boot.kernel.patches.*', 'always'],
  ['boot.kernel.device_tree.dts.*', 'dot'],
  ['boot.kernel.device_tree.overlays.*', 'dot'],
  ['boot.kernel.device_tree.include_paths.*', 'always'],
  ['boot.bootloader.source', 'dot'],
  ['boot.bootloader.fragments.*', 'fragment'],
  ['boot.bootloader.patches.*', 'always'],
  ['boot.bootloader.device_tree.dts.*', 'always'],
  ['boot.bootloader.device_tree.dtsi.*', 'always'],
  ['boot.bootloader.device_tree.include_paths.*', 'always'],
  ['boot.bootloader.boot_config', 'dot'],
  ['boot.bootloader.blobs.*.path', 'dot'],
  ['rootfs.overlay.*', 'dot'],
  ['rootfs.packages.*', 'dot'],
  ['rootfs.repositories.*.key', 'dot'],
  ['runtime.extensions.*.path', 'always'],
  ['image.**', 'dot'],
  ['packages.*.buildroot', 'dot'],
  ['packages.*.site', 'dot'],
  ['packages.*.override_srcdir', 'dot'],
  ['packages.*.patches.*', 'dot'],
  ['post_image.tree.path', 'dot'],
  ...['post_build', 'post_fakeroot', 'post_image.scripts'].flatMap(list =>
    ['*', '*.location', '*.cwd'].map(key => [`${list}.${key}`, 'dot'] as const),
  ),
]

/**
 * A copy of `data` with its paths rewritten relative to another folder. Parts without paths are shared with the
 * original.
 *
 * @param from the folder that `./` means in `data`, and `to` the one it means in the result; relative to the
 * project
 */
export function relocate<T>(data: T, from: string, to: string): T {
  const way = posix.relative(posix.join('/', to), posix.join('/', from))
  if (way === '') return data
  return mapPaths(data, (text, meaning) => written(text, way, meaning))
}

/**
 * A copy of `data` with mapped paths. Parts without paths are shared with the original. `map` is only called
 * for paths relative to the folder.
 */
export function mapPaths<T>(data: T, map: (text: string, meaning: PathMeaning, place: string) => string): T {
  let mapped: unknown = data
  for (const [place, meaning] of PATHS) {
    mapped = mapAt(mapped, place.split('.'), text =>
      isPath(text, meaning) ? map(text, meaning, place) : text,
    )
  }
  return mapped as T
}

function isPath(text: string, meaning: PathMeaning): boolean {
  const dot = text === '.' || text.startsWith('./')
  if (meaning === 'dot' || meaning === 'glob') return dot
  if (meaning === 'fragment') return dot || /^[^/\n]+\.config$/.test(text)
  // Absolute and empty paths stay as they are, and are reported later.
  return text !== '' && !text.startsWith('/') && !/^[a-z][a-z0-9+.-]*:/i.test(text)
}

function written(text: string, way: string, meaning: PathMeaning): string {
  const folder = meaning === 'glob' ? way.replaceAll(/[*?{}[\]\\]|[!+@](?=\()/g, '\\$&') : way
  return `./${posix.join(folder, text)}`
}

function mapAt(value: unknown, place: readonly string[], map: (text: string) => string): unknown {
  const [key, ...rest] = place
  if (key === undefined) return typeof value === 'string' ? map(value) : value
  if (key === '**') {
    if (typeof value === 'string') return map(value)
    return mapParts(value, part => mapAt(part, place, map))
  }
  if (key === '*') {
    if (!Array.isArray(value)) return mapAt(value, rest, map)
    return mapParts(value, part => mapAt(part, rest, map))
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value
  const part = (value as Record<string, unknown>)[key]
  const mapped = mapAt(part, rest, map)
  return mapped === part ? value : { ...value, [key]: mapped }
}

/** Entries that are more than data (inline scripts) stay as they are. */
function mapParts(value: unknown, map: (part: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    const mapped = value.map(map)
    return mapped.some((part, index) => part !== value[index]) ? mapped : value
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, part]) => [key, map(part)] as const)
  const changed = entries.some(([key, part]) => part !== (value as Record<string, unknown>)[key])
  return changed ? Object.fromEntries(entries) : value
}
