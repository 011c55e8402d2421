/**
 * The device's root filesystem: the base with packages, programs, kernel, overlays and the device's own
 * settings.
 */

import type { StepBody } from '../../plan/body.ts'
import { selfVersion } from '../../state/own-package.ts'
import { deviceSourcesDigest, stepScript } from '../package-files.ts'

const SCRIPTS = [
  'shell/start.sh',
  'shell/step.sh',
  'shell/places.sh',
  'shell/foreign.sh',
  'shell/chroot.sh',
  'shell/pack.sh',
  'rootfs_post/repositories.sh',
  'rootfs_post/packages.sh',
  'rootfs_post/device.sh',
  'rootfs_post/splash.sh',
  'rootfs_post/kernel.sh',
  'rootfs_post/post.sh',
]

export const rootfsPost: StepBody = {
  /** Includes the version, which is written to the device. */
  get source() {
    return [stepScript(...SCRIPTS), deviceSourcesDigest('system'), selfVersion()].join('\n')
  },
  commands: ({ node }) => [
    { kind: 'sources', name: 'system' },
    {
      kind: 'run',
      script: stepScript(...SCRIPTS),
      env: { STEP_CONFIG: JSON.stringify({ ...node.config, strux_version: selfVersion() }) },
    },
  ],
}
