/** Buildroot trees, used as they are. */
import type * as z from 'zod'
import type { treePackagesSchema, treeSchema } from './schema/buildroot.ts'

/** A Buildroot tree with its configuration: the result of `buildrootTree`. */
export type BuildrootTree = z.input<typeof treeSchema>

/** The configuration of a tree. */
export type BuildrootOptions = Omit<BuildrootTree, 'path'>

/** The packages of a Buildroot tree: the result of `buildrootPackages`. */
export type BuildrootPackages = z.input<typeof treePackagesSchema>

/** The configuration of packages. */
export type BuildrootPackagesOptions = Omit<BuildrootPackages, 'buildroot'>

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

/**
 * The packages of an external tree of Buildroot, as an entry of `packages`: those that the configuration enables, or all
 * if it enables none. Each is a package like those of `definePackage`. Never throws.
 *
 * @example
 * packages: [buildrootPackages('./br-external', { config: { BR2_PACKAGE_BEACON_TLS: true } })]
 */
export function buildrootPackages(path: string, options: BuildrootPackagesOptions = {}): BuildrootPackages {
  return { ...options, buildroot: path }
}
