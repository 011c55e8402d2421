/** The runtime's own folder in a project, dist/.strux, and what lies where in it. */
import { join } from 'node:path'

export function stateFolder(root: string): string {
  return join(root, 'dist/.strux')
}

/** The lock of one BSP: who holds it builds, cleans, or otherwise changes what the BSP has in dist/. */
export function bspLock(root: string, bsp: string): string {
  return join(lockFolder(root), `bsp-${bsp}`)
}

/** The lock of what all BSPs of a project share. */
export function sharedLock(root: string): string {
  return join(lockFolder(root), 'shared')
}

export function lockFolder(root: string): string {
  return join(stateFolder(root), 'locks')
}
