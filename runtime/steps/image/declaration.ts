/** The disk image, if the BSP declares one. */

import { cacheFolder, outputFolder } from '../../model/paths.ts'
import type { PathRef } from '../../model/plan.ts'
import type { StepDeclaration, StepFacts } from '../../plan/step.ts'
import { type Keys, named } from '../named.ts'
import { file, inCache, optional, placed } from '../refs.ts'
import { kernelArguments } from './arguments.ts'
import { imageName } from './name.ts'

export const image: StepDeclaration = {
  name: 'image',
  title: 'Disk image',
  follows: 'before_bundle',
  exists: ({ bsp }) => bsp.image !== undefined,
  tools: () => ['image'],
  shared: false,
  inputs: imageInputs,
  outputs: imageOutputs,
  config: ({ project, bsp, bspName, bspFolder, target }) => ({
    arch: target,
    bsp: bspName,
    folder: bspFolder,
    image: bsp.image,
    image_name: bsp.image && imageName(bsp.image),
    'boot.cmdline': kernelArguments(project, bsp),
    'boot.bootloader': bsp.boot?.bootloader?.enabled ? bsp.boot.bootloader : undefined,
    'boot.kernel.device_tree': bsp.boot?.kernel?.custom_kernel ? bsp.boot.kernel.device_tree : undefined,
  }),
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
    return [named({ ...placed(facts, path), optional: false }, kind, ['image', ...keys], { kind })]
  }
  return [
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
