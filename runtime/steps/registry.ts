/**
 * The built-in steps in pipeline order. Each step's folder has its declaration, without the body. Bodies are
 * added in bodies.ts; a step without one stops a build.
 */

import type { StepDeclaration } from '../plan/step.ts'
import { application } from './application/declaration.ts'
import { bootloader } from './bootloader/declaration.ts'
import { bundle } from './bundle/declaration.ts'
import { cage } from './cage/declaration.ts'
import { client } from './client/declaration.ts'
import { frontend } from './frontend/declaration.ts'
import { hostTools } from './host_tools/declaration.ts'
import { image } from './image/declaration.ts'
import { kernel } from './kernel/declaration.ts'
import { packages } from './packages/declaration.ts'
import { rootfs } from './rootfs/declaration.ts'
import { rootfsPost } from './rootfs_post/declaration.ts'
import { wpe } from './wpe/declaration.ts'

export const STEPS: readonly StepDeclaration[] = [
  hostTools,
  frontend,
  application,
  cage,
  wpe,
  client,
  kernel,
  bootloader,
  packages,
  rootfs,
  rootfsPost,
  image,
  bundle,
]
