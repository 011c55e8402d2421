/** The base root filesystem: it depends only on settings. */
import { PROJECT_DEFAULTS } from '../../../lib/schema.ts'
import type { StepDeclaration } from '../../plan/step.ts'
import { inCache } from '../refs.ts'
import { hasStep, suiteOf } from '../settings.ts'

const DEFAULTS = PROJECT_DEFAULTS.rootfs

export const rootfs: StepDeclaration = {
  name: 'rootfs',
  title: 'Base root filesystem',
  follows: 'before_rootfs',
  exists: () => true,
  tools: () => ['rootfs'],
  shared: false,
  inputs: () => [],
  outputs: inCache('rootfs-base.tar.gz'),
  config: ({ project, bsp, target }) => ({
    arch: target,
    suite: suiteOf(project),
    cage: hasStep(project, 'cage'),
    wpe: hasStep(project, 'wpe'),
    media: hasStep(project, 'wpe') && (project.rootfs?.media ?? DEFAULTS.media),
    fonts: hasStep(project, 'cage') ? (project.rootfs?.fonts ?? DEFAULTS.fonts) : undefined,
    gpu_drivers: hasStep(project, 'cage') ? (project.rootfs?.gpu_drivers ?? DEFAULTS.gpu_drivers) : undefined,
    splash: project.boot?.splash?.enabled === true,
    debian_kernel: bsp.boot?.kernel?.custom_kernel !== true && bsp.boot?.kernel?.package === undefined,
  }),
}
