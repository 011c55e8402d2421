/** The bodies of the built-in steps. */
import { application } from './application/body.ts'
import type { StepBodies } from './body.ts'
import { bootloaderBody } from './bootloader/body.ts'
import { cage } from './cage/body.ts'
import { client } from './client/body.ts'
import { frontend } from './frontend/body.ts'
import { imageBody } from './image/body.ts'
import { kernelBody } from './kernel/body.ts'
import { rootfsBody } from './rootfs/body.ts'
import { rootfsPostBody } from './rootfs_post/body.ts'
import { wpe } from './wpe/body.ts'

export const BUILT_IN_BODIES: StepBodies = {
  frontend,
  application,
  cage,
  wpe,
  client,
  kernel: kernelBody,
  bootloader: bootloaderBody,
  rootfs: rootfsBody,
  rootfs_post: rootfsPostBody,
  image: imageBody,
}
