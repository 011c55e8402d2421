/** Buildroot trees, used as they are. */
import type * as z from 'zod'
import type { treeSchema } from './schema/buildroot.ts'

/** A Buildroot tree with its configuration: the result of `buildrootTree`. */
export type BuildrootTree = z.input<typeof treeSchema>

/** The configuration of a tree. */
export type BuildrootOptions = Omit<BuildrootTree, 'path'>

/**
 * A Buildroot tree whose post-image scripts run unedited, for `post_image.tree`. The path is like that of a script:
 * `./x` is in the folder of the BSP or board, other paths are relative to the project. Never throws.
 *
 * @example
 * post_image: {
 *   tree: buildrootTree('./br-external', { defconfig: 'acme_panel_defconfig' }),
 *   scripts: ['board/acme/post-image.sh'],
 * }
 */
export function buildrootTree(path: string, options: BuildrootOptions = {}): BuildrootTree {
  return { ...options, path }
}
