/**
 * The hooks of whole-image scripts: scripts for the finished root filesystem and for the finished images. Source:
 * the page about post-image scripts, and the facts about the order of all scripts of an image.
 */
import type { HookRow } from './row.ts'

export const POST_SCRIPT_HOOKS = [
  {
    name: 'post_image',
    relation: 'after',
    step: 'bundle',
    runs_in: 'container',
    called: 'build',
    user: 'caller',
    folders: true,
    harness: 'post_image',
    doc: 'After all images exist, as the user who builds: the scripts of post_image, each with the folder of images as its first argument.',
  },
] as const satisfies readonly HookRow[]

/** A list of whole-image scripts in a definition. */
export type PostScriptHook = (typeof POST_SCRIPT_HOOKS)[number]['name']
