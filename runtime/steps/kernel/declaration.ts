/** A kernel of the BSP's own; without it the suite's package is taken, by rootfs_post. */
import type { StepDeclaration } from '../declaration.ts'
import { deviceTreeFiles, fragmentFiles } from '../kbuild/refs.ts'
import { inCache, localSource, own } from '../refs.ts'
import { list, suiteOf } from '../settings.ts'

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
      ...localSource(kernel?.source, facts.bspFolder),
      { ...own(facts, 'configs/kernel.config'), optional: true },
      ...fragmentFiles(facts, kernel?.fragments),
      ...list(kernel?.patches).map(path => own(facts, path)),
      ...deviceTreeFiles(facts, [...list(tree?.dts), ...list(tree?.overlays)]),
      ...list(tree?.include_paths).map(path => own(facts, path)),
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
