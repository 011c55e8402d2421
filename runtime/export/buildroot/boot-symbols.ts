/** Kernel and bootloader as symbols of Buildroot. */
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { BspData } from '../../../lib/schema.ts'
import { isTarball } from '../../model/tarball.ts'
import { KERNEL_IMAGE } from '../../plan/arch.ts'
import type { Tree } from './exported-tree.ts'

type Symbols = Record<string, string | boolean>
type Boot = NonNullable<BspData['boot']>

/** Where a source comes from: the symbols for kernel and U-Boot differ only in their beginning. */
function sourceSymbols(
  tree: Tree,
  part: 'kernel' | 'bootloader',
  source: string | undefined,
  version: string | undefined,
): Symbols {
  const start = part === 'kernel' ? 'BR2_LINUX_KERNEL' : 'BR2_TARGET_UBOOT'
  const [url = '', ref = ''] = (source ?? '').split('#')
  if (/^(https?|ftp):/.test(url) && isTarball(url) && ref === '')
    return { [`${start}_CUSTOM_TARBALL`]: true, [`${start}_CUSTOM_TARBALL_LOCATION`]: url }
  if (/^[a-z+]+:\/\/|@/.test(url))
    return {
      [`${start}_CUSTOM_GIT`]: true,
      [`${start}_CUSTOM_REPO_URL`]: url,
      [`${start}_CUSTOM_REPO_VERSION`]: ref,
    }
  const [, ofPackage] = /^deb:linux-source-(.*)$/.exec(source ?? '') ?? []
  const wanted = ofPackage ?? version
  const keys = ['boot', part, ...(source === undefined ? ['version'] : ['source'])]
  if (/^\.{0,2}\//.test(url)) tree.losses.add('bsp', keys, `a source in the project (${source})`)
  else
    tree.losses.add(
      'bsp',
      keys,
      `Debian's source with Debian's changes; Buildroot takes the original ${wanted ?? 'of its own version'}`,
    )
  if (wanted === undefined) return { [`${start}_LATEST_VERSION`]: true }
  return { [`${start}_CUSTOM_VERSION`]: true, [`${start}_CUSTOM_VERSION_VALUE`]: wanted }
}

/** Copies files of the BSP, and returns their paths in makefiles. */
function placed(tree: Tree, paths: readonly string[], folder: string): string[] {
  return paths.map(path => {
    const to = posix.join(tree.board, folder, posix.basename(path))
    tree.files.copy('', posix.join(tree.bsp.folder, path), to)
    return `${tree.path}/${to}`
  })
}

/** Fragments are files, or lines, which become a file. */
function fragments(tree: Tree, given: readonly string[] = [], name: string): string[] {
  const lines = given.filter(each => !each.startsWith('./'))
  const files = placed(
    tree,
    given.filter(each => each.startsWith('./')),
    name,
  )
  if (lines.length === 0) return files
  const file = `${tree.board}/${name}-lines.fragment`
  tree.files.text('', file, lines.map(line => `${line}\n`).join(''))
  return [...files, `${tree.path}/${file}`]
}

export function kernelSymbols(tree: Tree): Symbols {
  const { kernel } = tree.bsp.data.boot ?? {}
  const general = {
    BR2_LINUX_KERNEL: true,
    [`BR2_LINUX_KERNEL_${KERNEL_IMAGE[tree.plan.arch].toUpperCase()}`]: true,
  }
  if (!kernel?.custom_kernel) {
    tree.losses.add(
      'bsp',
      ['boot'],
      "Debian's kernel; the tree asks for Buildroot's kernel with the configuration of the architecture",
    )
    return { ...general, BR2_LINUX_KERNEL_USE_ARCH_DEFAULT_CONFIG: true, ...deviceTrees(tree) }
  }
  if (kernel.sha256 !== undefined)
    tree.losses.add('bsp', ['boot', 'kernel', 'sha256'], 'the SHA-256 of a kernel source')
  const ownConfig = 'configs/kernel.config'
  const hasConfig = existsSync(join(tree.root, tree.bsp.folder, ownConfig))
  const { defconfig = 'defconfig' } = kernel
  const config: Symbols = hasConfig
    ? {
        BR2_LINUX_KERNEL_USE_CUSTOM_CONFIG: true,
        BR2_LINUX_KERNEL_CUSTOM_CONFIG_FILE: placed(tree, [ownConfig], 'linux')[0]!,
      }
    : defconfig === 'defconfig'
      ? { BR2_LINUX_KERNEL_USE_ARCH_DEFAULT_CONFIG: true }
      : {
          BR2_LINUX_KERNEL_USE_DEFCONFIG: true,
          BR2_LINUX_KERNEL_DEFCONFIG: defconfig.replace(/_defconfig$/, ''),
        }
  return {
    ...general,
    ...sourceSymbols(tree, 'kernel', kernel.source, kernel.version),
    ...config,
    ...listed('BR2_LINUX_KERNEL_CONFIG_FRAGMENT_FILES', fragments(tree, kernel.fragments, 'linux')),
    ...listed('BR2_LINUX_KERNEL_PATCH', placed(tree, kernel.patches ?? [], 'linux')),
    ...deviceTrees(tree),
  }
}

/** Those of the kernel, and the one that the disk image names. */
function deviceTrees(tree: Tree): Symbols {
  const { boot, image } = tree.bsp.data
  const { dts = [], overlays = [], include_paths = [] } = boot?.kernel?.device_tree ?? {}
  const trees = [dts].flat().map(each => each.replace(/\.dt[sb]$/, ''))
  const wanted = image?.device_tree?.replace(/\.dtb$/, '')
  const isBuilt = trees.some(each => wanted === undefined || posix.basename(each) === posix.basename(wanted))
  const inTree = [
    ...trees.filter(each => !each.startsWith('./')),
    ...(isBuilt || wanted === undefined ? [] : [wanted]),
  ]
  const own = [...[dts].flat().filter(each => each.startsWith('./')), ...overlays]
  if (include_paths.length > 0)
    tree.losses.add(
      'bsp',
      ['boot', 'kernel', 'device_tree', 'include_paths'],
      'include folders of device trees',
    )
  return {
    ...(inTree.length + own.length > 0 && { BR2_LINUX_KERNEL_DTS_SUPPORT: true }),
    ...listed('BR2_LINUX_KERNEL_INTREE_DTS_NAME', inTree),
    ...listed('BR2_LINUX_KERNEL_CUSTOM_DTS_PATH', placed(tree, own, 'dts')),
  }
}

const listed = (name: string, words: readonly string[]): Symbols =>
  words.length > 0 ? { [name]: words.join(' ') } : {}

export function bootloaderSymbols(tree: Tree): Symbols {
  const { bootloader } = tree.bsp.data.boot ?? {}
  if (!bootloader?.enabled || bootloader.type === 'none') return {}
  const { type = 'u-boot' } = bootloader
  const efi = { x86_64: 'X86_64_EFI', arm64: 'ARM64_EFI', armhf: 'ARM_EFI' }[tree.plan.arch]
  if (type === 'grub') return { BR2_TARGET_GRUB2: true, [`BR2_TARGET_GRUB2_${efi}`]: true }
  if (type === 'systemd-boot') return { BR2_PACKAGE_SYSTEMD_BOOT: true }
  if (type === 'custom') {
    tree.losses.add('bsp', ['boot', 'bootloader', 'type'], 'a bootloader that scripts build')
    return {}
  }
  return uBootSymbols(tree, bootloader)
}

function uBootSymbols(tree: Tree, bootloader: NonNullable<Boot['bootloader']>): Symbols {
  const { defconfig, source, version, patches = [], device_tree, blobs = [], sha256 } = bootloader
  const key = ['boot', 'bootloader']
  if (device_tree) tree.losses.add('bsp', [...key, 'device_tree'], 'device trees for U-Boot')
  if (blobs.length > 0) tree.losses.add('bsp', [...key, 'blobs'], "the vendor's files for U-Boot")
  if (sha256 !== undefined) tree.losses.add('bsp', [...key, 'sha256'], 'the SHA-256 of a source of U-Boot')
  return {
    ...{ BR2_TARGET_UBOOT: true, BR2_TARGET_UBOOT_BUILD_SYSTEM_KCONFIG: true },
    ...sourceSymbols(tree, 'bootloader', source, version),
    ...(defconfig !== undefined && {
      BR2_TARGET_UBOOT_BOARD_DEFCONFIG: defconfig.replace(/_defconfig$/, ''),
    }),
    ...listed('BR2_TARGET_UBOOT_CONFIG_FRAGMENT_FILES', fragments(tree, bootloader.fragments, 'u-boot')),
    ...listed('BR2_TARGET_UBOOT_PATCH', placed(tree, patches, 'u-boot')),
  }
}
