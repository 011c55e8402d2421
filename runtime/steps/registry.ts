/**
 * The built-in steps, in the order of the pipeline. Each declares itself in its own folder, without its body: bodies
 * plug in (bodies.ts), and a step without one stops a build.
 */

import type { StepDeclaration } from '../plan/step.ts'
import { application } from './application/declaration.ts'
import { bootloader } from './bootloader/declaration.ts'
import { bundle } from './bundle/declaration.ts'
import { cage } from './cage/declaration.ts'
import { client } from './client/declaration.ts'
import { frontend } from './frontend/declaration.ts'
import { image } from './image/declaration.ts'
import { kernel } from './kernel/declaration.ts'
import { rootfs } from './rootfs/declaration.ts'
import { rootfsPost } from './rootfs_post/declaration.ts'
import { wpe } from './wpe/declaration.ts'

export const STEPS: readonly StepDeclaration[] = [
  frontend,
  application,
  cage,
  wpe,
  client,
  kernel,
  bootloader,
  rootfs,
  rootfsPost,
  image,
  bundle,
]
