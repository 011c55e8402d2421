/**
 * The hooks of the build pipeline: the single table behind the types, the documentation, the order of a plan
 * and the JSON Schema. Rows are in execution order. Source of names, order and conditions: the
 * lifecycle-scripts document; for the two flash hooks: the same document, "flash scripts".
 */

import type { HookCondition, HookRow } from './row.ts'

/** The built-in steps of the pipeline, by their id in a plan. */
export type StepName =
  | 'host_tools'
  | 'frontend'
  | 'application'
  | 'cage'
  | 'wpe'
  | 'client'
  | 'kernel'
  | 'bootloader'
  | 'packages'
  | 'rootfs'
  | 'rootfs_post'
  | 'image'
  | 'bundle'

/** The settings that hooks need, by their name in the rows. */
export const BUILD_CONDITIONS = {
  custom_kernel: { key: ['boot', 'kernel', 'custom_kernel'], is: true },
  bootloader: { key: ['boot', 'bootloader', 'enabled'], is: true },
} as const satisfies Record<string, HookCondition>

export const BUILD_HOOKS = [
  {
    name: 'before_build',
    relation: 'point',
    runs_in: 'container',
    doc: 'The very first hook of a build.',
  },
  {
    name: 'before_frontend',
    relation: 'before',
    step: 'frontend',
    runs_in: 'container',
    doc: 'Before the web frontend is compiled.',
  },
  {
    name: 'after_frontend',
    relation: 'after',
    step: 'frontend',
    runs_in: 'container',
    doc: 'After the web frontend has been compiled or found up to date.',
  },
  {
    name: 'before_application',
    relation: 'before',
    step: 'application',
    runs_in: 'container',
    doc: 'Before the application (main.go) is compiled.',
  },
  {
    name: 'after_application',
    relation: 'after',
    step: 'application',
    runs_in: 'container',
    doc: 'After the application has been compiled or found up to date.',
  },
  {
    name: 'before_cage',
    relation: 'before',
    step: 'cage',
    runs_in: 'container',
    doc: 'Before the Cage compositor is built.',
  },
  {
    name: 'after_cage',
    relation: 'after',
    step: 'cage',
    runs_in: 'container',
    doc: 'After the Cage compositor has been built or found up to date.',
  },
  {
    name: 'before_wpe',
    relation: 'before',
    step: 'wpe',
    runs_in: 'container',
    doc: 'Before the WPE WebKit extension is built.',
  },
  {
    name: 'after_wpe',
    relation: 'after',
    step: 'wpe',
    runs_in: 'container',
    doc: 'After the WPE WebKit extension has been built or found up to date.',
  },
  {
    name: 'before_client',
    relation: 'before',
    step: 'client',
    runs_in: 'container',
    doc: 'Before the on-device client is built.',
  },
  {
    name: 'after_client',
    relation: 'after',
    step: 'client',
    runs_in: 'container',
    doc: 'After the on-device client has been built or found up to date.',
  },
  {
    name: 'before_kernel',
    relation: 'before',
    step: 'kernel',
    when: 'custom_kernel',
    runs_in: 'container',
    feeds: true,
    doc: 'Before the kernel is built; its scripts and their inputs count as inputs of the kernel step.',
  },
  {
    name: 'custom_kernel',
    relation: 'replaces',
    step: 'kernel',
    when: 'custom_kernel',
    runs_in: 'container',
    tools: ['kernel'],
    doc: 'Replaces the built-in kernel build; before_kernel and after_kernel still run around it.',
  },
  {
    name: 'after_kernel_extract',
    relation: 'within',
    step: 'kernel',
    when: 'custom_kernel',
    runs_in: 'container',
    at: 'extracted',
    called: 'step',
    feeds: true,
    doc: 'Between fetching and patching the kernel source and configuring and compiling it, only when the built-in kernel step really runs.',
  },
  {
    name: 'after_kernel',
    relation: 'after',
    step: 'kernel',
    when: 'custom_kernel',
    runs_in: 'container',
    doc: 'After the kernel has been built, replaced or found up to date.',
  },
  {
    name: 'before_bootloader',
    relation: 'before',
    step: 'bootloader',
    when: 'bootloader',
    runs_in: 'container',
    feeds: true,
    doc: 'Before the bootloader is built; its scripts and their inputs count as inputs of the bootloader step.',
  },
  {
    name: 'custom_bootloader',
    relation: 'replaces',
    step: 'bootloader',
    when: 'bootloader',
    runs_in: 'container',
    tools: ['bootloader'],
    doc: 'Replaces the built-in bootloader build; before_bootloader and after_bootloader still run around it.',
  },
  {
    name: 'after_bootloader',
    relation: 'after',
    step: 'bootloader',
    when: 'bootloader',
    runs_in: 'container',
    doc: 'After the bootloader has been built, replaced or found up to date.',
  },
  {
    name: 'before_rootfs',
    relation: 'before',
    step: 'rootfs',
    runs_in: 'container',
    doc: 'Before the base root filesystem is created.',
  },
  {
    name: 'after_rootfs',
    relation: 'after',
    step: 'rootfs',
    runs_in: 'container',
    doc: 'After the base root filesystem has been created, before its post-processing.',
  },
  {
    name: 'before_bundle',
    relation: 'point',
    runs_in: 'container',
    doc: 'After the root filesystem is complete, right before the image is made.',
  },
  {
    name: 'make_image',
    relation: 'point',
    runs_in: 'container',
    doc: 'Makes the final disk image; nearly every BSP has a script here.',
  },
  {
    name: 'after_build',
    relation: 'point',
    runs_in: 'container',
    doc: 'The very last hook of a build.',
  },
  {
    name: 'flash_script_tool',
    relation: 'point',
    runs_in: 'host',
    called: 'flash',
    doc: 'Prepares the flashing tools; run on the host by strux flash, before every flash_script, never by a build.',
  },
  {
    name: 'flash_script',
    relation: 'point',
    runs_in: 'host',
    called: 'flash',
    essential: true,
    doc: 'Writes the image to the device; run on the host by strux flash, never by a build.',
  },
] as const satisfies readonly (HookRow & { readonly when?: keyof typeof BUILD_CONDITIONS })[]

/** The name of a hook of the build pipeline. */
export type Hook = Extract<(typeof BUILD_HOOKS)[number]['name'], string>
/** The hooks that exist only with `boot.kernel.custom_kernel: true`. */
export type KernelHook = Extract<(typeof BUILD_HOOKS)[number], { when: 'custom_kernel' }>['name']
/** The hooks that exist only with `boot.bootloader.enabled: true`. */
export type BootloaderHook = Extract<(typeof BUILD_HOOKS)[number], { when: 'bootloader' }>['name']

/** The names alone, in execution order. */
export const HOOK_NAMES = BUILD_HOOKS.map(row => row.name) as [Hook, ...Hook[]]

/** The hook for scripts in `strux.yaml`. Source: project scripts (`rootfs_post`) of strux.yaml. */
export const PROJECT_HOOKS = [
  {
    name: 'rootfs_post',
    relation: 'after',
    step: 'rootfs_post',
    runs_in: 'container',
    changes: ['cache/rootfs-post.tar.gz'],
    harness: 'rootfs',
    foreign_tools: ['rootfs'],
    doc: 'Changes the finished root filesystem, unpacked at ROOTFS_DIR; only for scripts of the project.',
  },
] as const satisfies readonly HookRow[]
