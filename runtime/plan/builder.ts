/**
 * The image that a script runs in: the user's own, or a recipe of Debian packages for the tool groups that the
 * script asks for. Pure: the executor finds out whether such an image exists.
 */
import { createHash } from 'node:crypto'
import { DEFAULT_TOOL_GROUPS, type ToolGroup } from '../../lib/tools.ts'
import type { BuilderRecipe, BuilderRef, TargetArch } from '../model/plan.ts'
import { DEBIAN_ARCH } from './arch.ts'

export interface BuilderWish {
  /** The image that the user named; no other field counts then. */
  readonly image?: string | undefined
  /** The Debian suite to build on, such as `trixie`. */
  readonly suite: string
  /** Undefined: the default groups. An empty list: only the base. */
  readonly tools: readonly ToolGroup[] | undefined
  /** Additional Debian packages. */
  readonly packages?: readonly string[]
  readonly target: TargetArch
  readonly host: TargetArch
  /** The project's `build.host_packages`. */
  readonly hostPackages: readonly string[]
}

type Layer = BuilderRecipe['layers'][number]

export function builderFor(wish: BuilderWish): BuilderRef {
  if (wish.image !== undefined) return { kind: 'named', image: wish.image, key: wish.image }
  const asked = new Set(wish.tools ?? DEFAULT_TOOL_GROUPS)
  const layers: Layer[] = [layer('base', BASE)]
  // Always in this order, whatever the author's order: recipes with the same first layers share them.
  for (const group of GROUP_ORDER) if (asked.has(group)) layers.push(...GROUPS[group](wish))
  const { packages = [] } = wish
  if (packages.length > 0) layers.push(layer('packages', packages))
  const extra = [...new Set(wish.hostPackages)].sort()
  if (extra.length > 0) layers.push(layer('host', extra))
  const recipe: BuilderRecipe = { suite: wish.suite, layers }
  return { kind: 'recipe', recipe, key: recipeKey(recipe) }
}

/**
 * The SHA-256 of a recipe in its canonical form: the suite and each layer's packages, without the names of
 * layers.
 */
export function recipeKey(recipe: BuilderRecipe): string {
  const canonical = [recipe.suite, ...recipe.layers.map(({ packages }) => packages)]
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex')
}

/** The recipes that lead to this one: without any layer, with the first layer, …, the recipe itself. */
export function recipePrefixes(recipe: BuilderRecipe): BuilderRecipe[] {
  return Array.from({ length: recipe.layers.length + 1 }, (_, count) => ({
    suite: recipe.suite,
    layers: recipe.layers.slice(0, count),
  }))
}

const GROUP_ORDER = [
  'image',
  'cross',
  'kernel',
  'bootloader',
  'rootfs',
  'go',
  'node',
  'wayland',
] as const satisfies readonly ToolGroup[]

/** Tools that every script may use without asking for them. */
const BASE =
  'bash bc bzip2 ca-certificates coreutils curl file findutils gawk gettext-base git jq openssl patch procps python3 rsync ' +
  'tar unzip util-linux wget xz-utils yq zip zstd'

/** Checked against trixie; `strux.md` 1.7 has the original's single package list. */
const GROUPS: Readonly<Record<ToolGroup, (wish: BuilderWish) => Layer[]>> = {
  image: ({ host }) => [
    layer(
      'image',
      'android-sdk-libsparse-utils bmap-tools cpio cryptsetup-bin device-tree-compiler dosfstools e2fsprogs e2tools fdisk ' +
        'gdisk genimage kmod kpartx mount mtools parted qemu-utils squashfs-tools u-boot-tools udev xorriso ' +
        GRUB[host],
    ),
  ],
  cross: ({ target, host }) => [
    layer('compiler', 'build-essential pkgconf'),
    ...(target === host ? [] : [layer(`cross-${target}`, `crossbuild-essential-${DEBIAN_ARCH[target]}`)]),
  ],
  kernel: () => [
    layer(
      'kernel',
      'bison cpio device-tree-compiler dwarves flex gcc kmod libc6-dev libdw-dev libelf-dev libncurses-dev libssl-dev make ' +
        'pkgconf zlib1g-dev',
    ),
  ],
  bootloader: () => [
    layer(
      'bootloader',
      'bison device-tree-compiler flex gcc libc6-dev libgnutls28-dev libssl-dev make pkgconf python3-cryptography ' +
        'python3-dev python3-libfdt python3-pyelftools python3-serial python3-setuptools python3-tomli swig ' +
        'u-boot-tools uuid-dev',
    ),
  ],
  rootfs: () => [
    layer(
      'rootfs',
      'arch-test binfmt-support debian-archive-keyring debootstrap fakeroot gpg kmod mmdebstrap pigz qemu-user-static ' +
        'squashfs-tools-ng',
    ),
  ],
  go: () => [layer('go', 'golang-go')],
  node: () => [layer('node', 'nodejs npm')],
  wayland: ({ target, host }) => [layer('wayland-tools', WAYLAND_TOOLS), waylandLibraries(target, host)],
}

const GRUB: Readonly<Record<TargetArch, string>> = {
  x86_64: 'grub-common grub-efi-amd64-bin grub-pc-bin',
  arm64: 'grub-common grub-efi-arm64-bin',
  armhf: 'grub-common grub-efi-arm-bin',
}

const WAYLAND_TOOLS =
  'cmake libglib2.0-dev-bin libwayland-bin meson ninja-build pkgconf scdoc wayland-protocols'

/** Libraries that Cage and the WPE extension compile against. */
const WAYLAND_LIBRARIES =
  'libcairo2-dev libdrm-dev libegl-dev libepoxy-dev libglib2.0-dev libinput-dev libjson-glib-dev libpixman-1-dev ' +
  'libpng-dev libseat-dev libsoup-3.0-dev libudev-dev libwayland-dev libwlroots-0.18-dev libwpe-1.0-dev ' +
  'libwpebackend-fdo-1.0-dev libwpewebkit-2.0-dev libxkbcommon-dev'

/** For a foreign target: its own libraries, installed beside the build machine's (`name:arch`). */
function waylandLibraries(target: TargetArch, host: TargetArch): Layer {
  const suffix = target === host ? '' : `:${DEBIAN_ARCH[target]}`
  return layer(
    `wayland-${target}`,
    WAYLAND_LIBRARIES.split(' ').map(name => `${name}${suffix}`),
  )
}

function layer(name: string, packages: string | readonly string[]): Layer {
  const list = typeof packages === 'string' ? packages.split(' ') : packages
  return { name, packages: [...new Set(list)].sort() }
}
