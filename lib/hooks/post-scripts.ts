/**
 * The hooks of whole-image scripts: scripts for the finished root filesystem and for the finished images. Source:
 * the page about post-image scripts, and the facts about the order of all scripts of an image.
 */
import type { HookRow } from './row.ts'

/** In the unpacked root filesystem, in the session of its step, as root. */
const IN_ROOTFS = {
  relation: 'within',
  step: 'rootfs_post',
  runs_in: 'session',
  called: 'step',
  feeds: true,
  folders: true,
  harness: 'post_rootfs',
} as const

export const POST_SCRIPT_HOOKS = [
  {
    ...IN_ROOTFS,
    name: 'post_build',
    at: 'post_build',
    doc: 'When the root filesystem is complete, overlays included: the scripts of post_build, each with TARGET_DIR as its first argument.',
  },
  {
    ...IN_ROOTFS,
    name: 'post_fakeroot',
    at: 'post_fakeroot',
    doc: 'Right before the root filesystem is packed, after everything else: the scripts of post_fakeroot, each with TARGET_DIR as its first argument.',
  },
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
