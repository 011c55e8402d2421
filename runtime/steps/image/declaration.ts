/** The disk image, if the BSP declares one. */

import { IMAGE_HOOK_ROWS } from '../../model/image-hooks.ts'
import { cacheFolder, outputFolder } from '../../model/paths.ts'
import type { PathRef } from '../../model/plan.ts'
import { imageName, imageVersion } from '../../plan/image-name.ts'
import type { StepDeclaration, StepFacts } from '../../plan/step.ts'
import { toolsOfExtensions } from '../host_tools/declaration.ts'
import { type Keys, named } from '../named.ts'
import { file, inCache, optional, placed } from '../refs.ts'
import { kernelArguments } from './arguments.ts'

export const image: StepDeclaration = {
  name: 'image',
  title: 'Disk image',
  follows: 'before_bundle',
  exists: ({ bsp }) => bsp.image !== undefined,
  // Foreign programs run in a mounted image.
  tools: facts => (mounted(facts) ? ['image', 'rootfs'] : ['image']),
  loopDevices: facts => mounted(facts),
  shared: false,
  inputs: imageInputs,
  outputs: imageOutputs,
  config: facts => {
    const { project, bsp, bspName, bspFolder, target } = facts
    return {
      ...ofHandlers(facts),
      arch: target,
      bsp: bspName,
      folder: bspFolder,
      image: bsp.image,
      image_name: bsp.image && imageName(bsp.image),
      'boot.cmdline': kernelArguments(project, bsp),
      'boot.bootloader': bsp.boot?.bootloader?.enabled ? bsp.boot.bootloader : undefined,
      'boot.kernel.package': bsp.boot?.kernel?.package,
      'boot.kernel.device_tree': bsp.boot?.kernel?.custom_kernel ? bsp.boot.kernel.device_tree : undefined,
    }
  },
}

/** Whether a handler needs the image as a loop device. */
const mounted = ({ handled }: Pick<StepFacts, 'handled'>): boolean =>
  IMAGE_HOOK_ROWS.some(row => row.needs !== undefined && handled.has(row.name))

/** How handlers change the way of the image; nothing without handlers. */
function ofHandlers(facts: StepFacts) {
  const { handled, bsp, bspName } = facts
  const changesTable = handled.has('create_partition_table') || handled.has('post_create_partitions')
  return {
    ...(mounted(facts) && { mounted: true }),
    ...((mounted(facts) || changesTable) && { late: true }),
    ...(handled.has('pre_update_initramfs') && { initramfs: true }),
    version: imageVersion(bsp.image, bspName),
  }
}

/**
 * The paths of `file`, `content` and `raw` in an image: in the BSP's folder with `./`, otherwise as for
 * artifacts.
 */
function imageInputs(facts: StepFacts): PathRef[] {
  const { bsp, bspName } = facts
  const { partitions = [], raw = [] } = bsp.image ?? {}
  const place = (path: string | undefined, keys: Keys, kind: 'file' | 'folder' = 'file'): PathRef[] => {
    if (path === undefined || ['rootfs', 'boot'].includes(path)) return []
    const ref = {
      ...placed(facts, path),
      optional: false,
      ...(kind === 'folder' && { ownMode: true as const }),
    }
    return [named(ref, kind, ['image', ...keys], { kind })]
  }
  return [
    ...toolsOfExtensions(facts),
    ...inCache(
      'rootfs-post.tar.gz',
      'vmlinuz',
      'initrd.img',
    )(facts).map((ref, index) => (index === 0 ? ref : { ...ref, optional: true })),
    ...partitions.flatMap(({ file, content }, index) => [
      ...place(file, ['partitions', index, 'file']),
      ...place(content, ['partitions', index, 'content'], 'folder'),
    ]),
    ...raw.flatMap(({ file }, index) => place(file, ['raw', index, 'file'])),
    ...(bsp.boot?.bootloader?.enabled ? [optional(`${cacheFolder(bspName)}/bootloader/efi`)] : []),
    ...(bsp.boot?.kernel?.custom_kernel ? [optional(`${cacheFolder(bspName)}/kernel/dtbs`)] : []),
  ]
}

/** The image, the kernel and initrd for a direct start, and (in the cache) the kernel's start parameters. */
function imageOutputs(facts: StepFacts): PathRef[] {
  const { bsp, bspName } = facts
  if (!bsp.image) return []
  const outputs = [imageName(bsp.image), 'vmlinuz', 'initrd.img']
  return [...outputs.map(name => file(`${outputFolder(bspName)}/${name}`)), ...inCache('.image.json')(facts)]
}
