/** The base root filesystem: it depends on settings alone. */
import type { StepDeclaration } from '../../plan/step.ts'
import { inCache } from '../refs.ts'
import { hasStep, suiteOf } from '../settings.ts'

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
    splash: project.boot?.splash?.enabled === true,
    debian_kernel: bsp.boot?.kernel?.custom_kernel !== true,
  }),
}
