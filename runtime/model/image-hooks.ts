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

/** The kernel branch that bash files see as BRANCH. */
export const KERNEL_BRANCH = 'current'

const BRANCH_HOOK = /^(post_family_config)_branch_(\w+)$/

/** The hook that is called for one kernel branch only, directly after the hook for all; undefined for other names. */
export function branchHook(
  name: string,
): { readonly hook: NamedImageHookRow; readonly branch: string } | undefined {
  const [, hook = '', branch = ''] = BRANCH_HOOK.exec(name) ?? []
  const row = imageHook(hook)
  return row && { hook: row, branch }
}
