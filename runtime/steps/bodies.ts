/** The bodies of the built-in steps. */
import type { StepBodies } from './body.ts'
import { bootloaderBody } from './bootloader/body.ts'
import { imageBody } from './image/body.ts'
import { kernelBody } from './kernel/body.ts'
import { rootfsBody } from './rootfs/body.ts'
import { rootfsPostBody } from './rootfs_post/body.ts'

export const BUILT_IN_BODIES: StepBodies = {
  application: application,
  bootloader: bootloaderBody,
  cage: cage,
  client: client,
  frontend: frontend,
  image: imageBody,
  kernel: kernelBody,
  rootfs: rootfsBody,
  rootfs_post: rootfsPostBody,
  wpe: wpe,
}
