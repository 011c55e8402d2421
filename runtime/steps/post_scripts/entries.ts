/** The whole-image scripts of a definition, with their arguments. Source: the page about post-image scripts. */
import type { PostScriptHook } from '../../../lib/hooks/post-scripts.ts'
import type { BspData } from '../../../lib/schema.ts'
import type { ScriptEntry } from '../../plan/input.ts'

type Entry = NonNullable<NonNullable<BspData['post_image']>['scripts']>[number]

export function postScripts({ post_image = {} }: Pick<BspData, 'post_image'>): ScriptEntry[] {
  const { args = [], image_args = [] } = post_image
  const listed = (hook: PostScriptHook, list: readonly Entry[], keys: readonly string[], more: string[]) =>
    list.map((entry, index) => scriptEntry(hook, entry, [...keys, index], [...args, ...more]))
  return listed('post_image', post_image.scripts ?? [], ['post_image', 'scripts'], [...image_args])
}

function scriptEntry(
  hook: PostScriptHook,
  entry: Entry,
  keys: readonly (string | number)[],
  shared: readonly string[],
): ScriptEntry {
  const { args = [], cwd, runs_in, ...data } = typeof entry === 'string' ? { location: entry } : entry
  return {
    data,
    hook,
    index: Number(keys.at(-1)),
    source: 'bsp',
    keys,
    call: {
      args: [...shared, ...args],
      ...(cwd !== undefined && { cwd }),
      ...(runs_in === 'host' && { onHost: true }),
    },
  }
}
