/** Where the locks of a project lie. */
import { join } from 'node:path'

export const lockName = (bsp: string): string => `bsp-${bsp}`

export function lockFolder(root: string, name: string): string {
  return join(root, 'dist/.strux/locks', name)
}
