/** Look-ups in the table of image hooks. */
import { IMAGE_HOOKS, type ImageHook, type ImageHookRow } from '../../lib/hooks/image.ts'

export type NamedImageHookRow = ImageHookRow & { readonly name: ImageHook }

/** In calling order. */
export const IMAGE_HOOK_ROWS: readonly NamedImageHookRow[] = IMAGE_HOOKS

/** Names and aliases. */
export const IMAGE_HOOK_NAMES: readonly string[] = IMAGE_HOOK_ROWS.flatMap(row => [
  row.name,
  ...(row.aliases ?? []),
])

/** The row of a hook by its name or an alias. */
export function imageHook(name: string): NamedImageHookRow | undefined {
  return IMAGE_HOOK_ROWS.find(row => row.name === name || row.aliases?.includes(name))
}
