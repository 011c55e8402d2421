/** The BSP's own kernel. Without one, rootfs_post installs the suite's package. */
import type { StepDeclaration } from '../../plan/step.ts'
import { deviceTreeFiles, fragmentFiles } from '../kbuild/refs.ts'
import { namedSource, ownFiles } from '../named.ts'
import { inCache, localSource, own } from '../refs.ts'
import { suiteOf } from '../settings.ts'

const KEYS = ['boot', 'kernel']
const TREE = [...KEYS, 'device_tree']

export const kernel: StepDeclaration = {
  name: 'kernel',
  title: 'Linux kernel',
  follows: 'before_kernel',
  exists: ({ bsp }) => bsp.boot?.kernel?.custom_kernel === true,
  tools: () => ['cross', 'kernel'],
  shared: false,
  inputs: facts => {
    const kernel = facts.bsp.boot?.kernel
    const tree = kernel?.device_tree
    return [
      ...namedSource(localSource(kernel?.source, facts.bspFolder), [...KEYS, 'source']),
      { ...own(facts, 'configs/kernel.config'), optional: true },
      ...fragmentFiles(facts, kernel?.fragments, [...KEYS, 'fragments']),
      ...ownFiles(facts, 'patch', kernel?.patches, [...KEYS, 'patches']),
      ...deviceTreeFiles(facts, tree?.dts, [...TREE, 'dts']),
      ...deviceTreeFiles(facts, tree?.overlays, [...TREE, 'overlays']),
      ...ownFiles(facts, 'folder of includes', tree?.include_paths, [...TREE, 'include_paths'], 'folder'),
    ]
  },
  outputs: inCache('kernel', 'kernel-source'),
  config: ({ project, bsp, bspFolder, target }) => ({
    arch: target,
    suite: suiteOf(project),
    folder: bspFolder,
    'boot.kernel': bsp.boot?.kernel,
  }),
}
