/** The update bundle: declared, but not built yet. */
import { outputFolder } from '../../model/paths.ts'
import type { StepDeclaration } from '../../plan/step.ts'
import { file } from '../refs.ts'

export const bundle: StepDeclaration = {
  name: 'bundle',
  title: 'Update bundle',
  follows: 'make_image',
  // `update` is accepted and exported, but has no effect; the loader warns about it.
  exists: () => false,
  tools: () => ['image'],
  shared: false,
  inputs: ({ bspName }) => [file(`${outputFolder(bspName)}/rootfs.ext4`)],
  outputs: ({ bspName }) => [file(`${outputFolder(bspName)}/rootfs.ext4.struxb`)],
  config: ({ project }) => ({ update: project.update }),
}
