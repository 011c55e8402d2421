/** The folders of a BSP whose files are copied over the root filesystem. */
import { posix } from 'node:path'
import type { BspData } from '../../../lib/schema.ts'
import { ownOrProject } from '../refs.ts'
import { list } from '../settings.ts'

export interface Overlay {
  /** As the definition has it. */
  readonly declared: string
  /** Relative to the project. */
  readonly path: string
}

/**
 * In the order in which they are copied: of files that several have, the last one counts. A folder that is named twice, in
 * whatever way, is copied once, at its last place.
 */
export function bspOverlays(bsp: Pick<BspData, 'rootfs'>, bspFolder: string): readonly Overlay[] {
  const all = list(bsp.rootfs?.overlay)
    .filter(declared => declared !== '')
    .map(declared => ({ declared, path: posix.join(ownOrProject({ bspFolder }, declared).path, '.') }))
  return all.filter(({ path }, index) => !all.slice(index + 1).some(later => later.path === path))
}
