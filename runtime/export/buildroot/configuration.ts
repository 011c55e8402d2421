/** configs/BSP_defconfig: the board's configuration of Buildroot. */
import { symbolOf } from '../../buildroot/debian-packages.ts'
import { configText } from '../../steps/post_scripts/tree.ts'
import { bspOverlays } from '../../steps/rootfs_post/overlays.ts'
import { scriptSymbols } from './board-scripts.ts'
import { bootloaderSymbols, kernelSymbols } from './boot-symbols.ts'
import { exportImage } from './disk-image.ts'
import type { Tree } from './exported-tree.ts'

const ARCH = {
  arm64: { BR2_aarch64: true },
  x86_64: { BR2_x86_64: true },
  armhf: { BR2_arm: true, BR2_cortex_a7: true, BR2_ARM_EABIHF: true },
} as const

export function writeConfiguration(tree: Tree): void {
  const { bsp, project, files, plan } = tree
  const image = exportImage(tree)
  const symbols = {
    ...ARCH[plan.arch],
    // Debian's C library and init system.
    ...{ BR2_TOOLCHAIN_BUILDROOT_GLIBC: true, BR2_TOOLCHAIN_BUILDROOT_CXX: true, BR2_INIT_SYSTEMD: true },
    BR2_TARGET_GENERIC_HOSTNAME: project.config.hostname ?? bsp.data.hostname,
    ...overlaySymbols(tree, image.overlay),
    ...capabilitySymbols(tree),
    ...scriptSymbols(tree, image.script),
    ...kernelSymbols(tree),
    ...bootloaderSymbols(tree),
    ...image.symbols,
    ...Object.fromEntries((bsp.packages ?? []).map(each => [symbolOf(each.id), true])),
  }
  files.text('', `configs/${bsp.name}_defconfig`, configText(symbols))
  reportRest(tree)
}

/** @param own a folder of the tree */
function overlaySymbols(
  { bsp, project, files, board, path }: Tree,
  own: string | undefined,
): Record<string, string> {
  const ofProject = [project.config.rootfs?.overlay ?? []].flat()
  const all = [...bspOverlays(bsp.data, bsp.folder).map(each => each.path), ...ofProject]
  const places = all.map((from, index) => {
    const to = `${board}/overlay${index === 0 ? '' : `-${index + 1}`}`
    files.copy('', from, to)
    return `${path}/${to}`
  })
  if (own !== undefined) places.push(`${path}/${own}`)
  return places.length === 0 ? {} : { BR2_ROOTFS_OVERLAY: places.join(' ') }
}

/** Without the symbol, Buildroot does not know the capabilities in tables of permissions. */
function capabilitySymbols({ bsp: { packages = [] } }: Tree): Record<string, boolean> {
  const has = packages.some(each =>
    each.package.data.permissions?.some(({ capabilities }) => capabilities !== undefined),
  )
  return has ? { BR2_ROOTFS_DEVICE_TABLE_SUPPORTS_EXTENDED_ATTRIBUTES: true } : {}
}

/** Parts of a BSP and project that no symbol or file of the tree stands for. */
function reportRest({ bsp: { data, extensions }, project: { config }, plan, losses }: Tree): void {
  const packages = data.rootfs?.packages ?? []
  if (packages.length > 0)
    losses.add('bsp', ['rootfs', 'packages'], `Debian packages: ${packages.join(', ')}`)
  const ofProject = config.rootfs?.packages ?? []
  if (ofProject.length > 0)
    losses.add('project', ['rootfs', 'packages'], `Debian packages: ${ofProject.join(', ')}`)
  for (const [index, script] of (data.scripts ?? []).entries())
    losses.add('bsp', ['scripts', index], `a script at ${script.step}`)
  if (extensions && plan.nodes.some(node => node.kind === 'script' && node.handler))
    losses.add('bsp', ['extensions'], 'handlers of extensions')
  const steps = plan.nodes.flatMap(node =>
    node.kind === 'step' && ['frontend', 'application', 'cage', 'wpe', 'client'].includes(node.id)
      ? node.id
      : [],
  )
  if (steps.length > 0) losses.add('project', [], `the application and its screen (${steps.join(', ')})`)
}
