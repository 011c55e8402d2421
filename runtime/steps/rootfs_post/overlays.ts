/** The folders of a BSP that are copied over the root filesystem. */
import { posix } from 'node:path'
import type { BspData } from '../../../lib/schema.ts'
import { entries, type Keys } from '../named.ts'
import { ownOrProject } from '../refs.ts'

export interface Overlay {
  /** The path as declared. */
  readonly declared: string
  /** Relative to the project. */
  readonly path: string
  /** The keys of the path in the definition. */
  readonly keys: Keys
}

/**
 * The overlays in copying order: if several contain the same file, the last one wins. A folder that is named
 * twice, in any spelling, is copied once, at its last position.
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
