/** Debian packages that an extension adds to the image. */
import type { ConfigurationDraft } from '../extension-draft.ts'

export function addPackages({ bsp }: Pick<ConfigurationDraft, 'bsp'>, ...names: readonly string[]): void {
  bsp.rootfs ??= {}
  bsp.rootfs.packages = [...new Set([...(bsp.rootfs.packages ?? []), ...names])]
}
