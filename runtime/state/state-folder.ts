/** The runtime's own folder in a project, dist/.strux, and the paths inside it. */
import { join } from 'node:path'

export function stateFolder(root: string): string {
  return join(root, 'dist/.strux')
}

export function lockFolder(root: string): string {
  return join(stateFolder(root), 'locks')
}
