/** The bodies of the built-in steps. */
import type { StepBodies } from './body.ts'
import { imageBody } from './image/body.ts'
import { rootfsBody } from './rootfs/body.ts'
import { rootfsPostBody } from './rootfs_post/body.ts'

export const BUILT_IN_BODIES: StepBodies = {
  image: imageBody,
  rootfs: rootfsBody,
  rootfs_post: rootfsPostBody,
}
