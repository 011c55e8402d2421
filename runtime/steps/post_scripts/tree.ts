/** What post-image scripts of a Buildroot tree find around them, as far as the definition says it. */
import { posix } from 'node:path'
import type { ConfigData, TreeData } from '../../../lib/schema/buildroot.ts'
import { isOwn, ownOrProject } from '../../model/paths.ts'
import type { TargetArch } from '../../model/plan.ts'
import { targetArch } from '../../plan/arch.ts'
import type { EntryCall, PlanInput } from '../../plan/input.ts'

/** Programs of Debian that trees expect, beside the tool groups. */
const PROGRAMS = ['fakeroot', 'libarchive-tools', 'lz4', 'lzop', 'mtd-utils']

const GENIMAGE = 'support/scripts/genimage.sh'

/** Whether a path names a script that this package brings. */
export const isTreesOwn = (path: string): boolean => path === GENIMAGE

/** A path that is written relative to the tree: `./x` is not. */
export function pathInTree(tree: string, path: string): string {
  if (isOwn(path) || path.startsWith('/')) return path
  const joined = posix.join(tree, path)
  return isOwn(tree) ? `./${joined}` : joined
}

/**
 * The surroundings for the harness.
 *
 * @param first whether it is the first script of a build, for which everything is made anew
 */
export function treeCall(
  tree: TreeData,
  first: boolean,
  { bsp, bspFolder, host }: Pick<PlanInput, 'bsp' | 'bspFolder' | 'host'>,
): Pick<EntryCall, 'setup' | 'packages'> {
  return {
    packages: PROGRAMS,
    setup: {
      tree_folder: ownOrProject(tree.path, bspFolder).replace(/\/$/, ''),
      tree_first: first ? 'yes' : '',
      tree_defconfig: tree.defconfig === undefined ? '' : defconfigFile(tree.defconfig),
      tree_symbols: configText(symbolsOf(bsp, targetArch(bsp.arch, host))),
      tree_config: configText(tree.config ?? {}),
      tree_kernel: bsp.boot?.kernel?.custom_kernel ? 'own' : 'debian',
    },
  }
}

/** `acme`, `acme_defconfig` or `configs/acme_defconfig`. */
export function defconfigFile(name: string): string {
  const file = name.endsWith('_defconfig') || name.includes('/') ? name : `${name}_defconfig`
  return file.includes('/') ? file : `configs/${file}`
}

/** Lines of a `.config`. */
export function configText(config: ConfigData): string {
  return Object.entries(config)
    .map(([name, value]) => {
      if (value === false) return `# ${name} is not set\n`
      if (value === true) return `${name}=y\n`
      return `${name}=${typeof value === 'number' ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`}\n`
    })
    .join('')
}

/** Symbols of an architecture, and of the kind of image that its kernel is. */
export const ARCH_SYMBOLS: Readonly<Record<TargetArch, ConfigData>> = {
  arm64: { BR2_aarch64: true, BR2_ARCH: 'aarch64', BR2_ARCH_IS_64: true, BR2_LINUX_KERNEL_IMAGE: true },
  x86_64: { BR2_x86_64: true, BR2_ARCH: 'x86_64', BR2_ARCH_IS_64: true, BR2_LINUX_KERNEL_BZIMAGE: true },
  armhf: { BR2_arm: true, BR2_ARCH: 'arm', BR2_LINUX_KERNEL_ZIMAGE: true },
}

/** The symbols that stand for a BSP's settings. */
function symbolsOf(bsp: PlanInput['bsp'], target: TargetArch): ConfigData {
  const { kernel, bootloader } = bsp.boot ?? {}
  const trees = [kernel?.device_tree?.dts ?? []].flat().map(path => path.replace(/\.dt[sb]$/, ''))
  const inTree = trees.filter(path => !path.startsWith('./'))
  const ownTrees = trees.filter(path => path.startsWith('./')).map(path => posix.basename(path))
  return {
    ...ARCH_SYMBOLS[target],
    BR2_LINUX_KERNEL: true,
    BR2_PACKAGE_HOST_GENIMAGE: true,
    BR2_PACKAGE_HOST_DOSFSTOOLS: true,
    BR2_PACKAGE_HOST_MTOOLS: true,
    BR2_PACKAGE_HOST_UBOOT_TOOLS: true,
    BR2_TARGET_GENERIC_HOSTNAME: bsp.hostname,
    ...(trees.length > 0 && { BR2_LINUX_KERNEL_DTS_SUPPORT: true }),
    ...(inTree.length > 0 && { BR2_LINUX_KERNEL_INTREE_DTS_NAME: inTree.join(' ') }),
    ...(ownTrees.length > 0 && { BR2_LINUX_KERNEL_CUSTOM_DTS_PATH: ownTrees.join(' ') }),
    ...(kernel?.version !== undefined && { BR2_LINUX_KERNEL_VERSION: kernel.version }),
    ...(bootloader?.enabled && bootloader.type === 'u-boot' && { BR2_TARGET_UBOOT: true }),
    ...(bootloader?.defconfig !== undefined && {
      BR2_TARGET_UBOOT_BOARD_DEFCONFIG: bootloader.defconfig.replace(/_defconfig$/, ''),
    }),
  }
}
