/** The whole-image scripts of a definition, with their arguments. Source: the page about post-image scripts. */
import type { PostScriptHook } from '../../../lib/hooks/post-scripts.ts'
import type { BspData } from '../../../lib/schema.ts'
import { sh } from '../../../lib/sh.ts'
import type { EntryCall, PlanInput, ScriptEntry } from '../../plan/input.ts'
import { isTreesOwn, pathInTree, treeCall } from './tree.ts'

type Entry = NonNullable<NonNullable<BspData['post_image']>['scripts']>[number]

export function postScripts(input: PlanInput): ScriptEntry[] {
  const { args = [], image_args = [], scripts = [], tree } = input.bsp.post_image ?? {}
  const ofImage = scripts.map((entry, index) => {
    const data = typeof entry === 'string' ? { location: entry } : entry
    const inTree = tree && treeCall(tree, index === 0, input)
    return scriptEntry(
      'post_image',
      tree ? seenFromTree(data, tree.path) : data,
      ['post_image', 'scripts', index],
      [...args, ...image_args],
      inTree,
    )
  })
  const inRootfs = (['post_build', 'post_fakeroot'] as const).flatMap(hook =>
    (input.bsp[hook] ?? []).map((entry, index) =>
      scriptEntry(hook, typeof entry === 'string' ? { location: entry } : entry, [hook, index], args),
    ),
  )
  return [...inRootfs, ...ofImage]
}

type EntryData = Exclude<Entry, string>

/** The entry with its paths relative to the project or to the BSP, where it writes them relative to the tree. */
function seenFromTree({ location, cwd, ...entry }: EntryData, tree: string): EntryData {
  const inTree = (path: string) => pathInTree(tree, path)
  const place = { cwd: cwd === undefined ? tree : inTree(cwd) }
  // A script of Buildroot itself, of which an external tree has no file.
  if (location !== undefined && isTreesOwn(location))
    return { description: location, ...entry, ...place, run: sh`set -e; exec ${location} "$@"` }
  return { ...entry, ...place, ...(location !== undefined && { location: inTree(location) }) }
}

function scriptEntry(
  hook: PostScriptHook,
  { args = [], cwd, runs_in, ...data }: EntryData,
  keys: readonly (string | number)[],
  shared: readonly string[],
  inTree?: Pick<EntryCall, 'setup' | 'packages'>,
): ScriptEntry {
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
      ...inTree,
    },
  }
}
