/** The folders of a BSP whose files are copied over the root filesystem. */
import { posix } from 'node:path'
import type { BspData } from '../../../lib/schema.ts'
import { entries, type Keys } from '../named.ts'
import { ownOrProject } from '../refs.ts'

export interface Overlay {
  /** As the definition has it. */
  readonly declared: string
  /** Relative to the project. */
  readonly path: string
  /** Where the definition names it. */
  readonly keys: Keys
}

/**
 * In the order in which they are copied: of files that several have, the last one counts. A folder that is named twice, in
 * whatever way, is copied once, at its last place.
 */
export function bspOverlays(bsp: Pick<BspData, 'rootfs'>, bspFolder: string): readonly Overlay[] {
  const all = entries(bsp.rootfs?.overlay, ['rootfs', 'overlay'])
    .filter(([declared]) => declared !== '')
    .map(([declared, keys]) => {
      const { path } = ownOrProject({ bspFolder }, declared)
      return { declared, path: posix.join(path, '.'), keys }
    })
  return all.filter(({ path }, index) => !all.slice(index + 1).some(later => later.path === path))
}
