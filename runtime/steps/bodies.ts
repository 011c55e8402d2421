/** The bodies of the built-in steps. */

import type { StepBodies } from '../plan/body.ts'
import { application } from './application/body.ts'
import { bootloader } from './bootloader/body.ts'
import { cage } from './cage/body.ts'
import { client } from './client/body.ts'
import { frontend } from './frontend/body.ts'
import { hostTools } from './host_tools/body.ts'
import { image } from './image/body.ts'
import { kernel } from './kernel/body.ts'
import { packageBody } from './package/body.ts'
import { packagesBody } from './packages/body.ts'
import { rootfs } from './rootfs/body.ts'
import { rootfsPost } from './rootfs_post/body.ts'
import { wpe } from './wpe/body.ts'

export const BUILT_IN_BODIES: StepBodies = {
  host_tools: hostTools,
  frontend,
  application,
  cage,
  wpe,
  client,
  kernel,
  bootloader,
  rootfs,
  rootfs_post: rootfsPost,
  image,
  package: packageBody,
  packages: packagesBody,
}
