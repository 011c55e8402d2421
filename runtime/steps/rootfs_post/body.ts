/**
 * The device's root filesystem: the base with packages, programs, kernel, overlays and the device's own
 * settings. Handlers of extensions work between the phases, in the unpacked root filesystem.
 */

import type { StepBody, StepCommand } from '../../plan/body.ts'
import { selfVersion } from '../../state/own-package.ts'
import { deviceSourcesDigest, stepScript } from '../package-files.ts'

const LIBRARY = [
  'shell/start.sh',
  'shell/step.sh',
  'shell/places.sh',
  'shell/foreign.sh',
  'shell/chroot.sh',
  'shell/pack.sh',
  'shell/extension-clean-up.sh',
  'shell/checkout.sh',
  'shell/inside.sh',
  'rootfs_post/lay-over.sh',
  'rootfs_post/repositories.sh',
  'rootfs_post/packages.sh',
  'rootfs_post/device.sh',
  'rootfs_post/splash.sh',
  'rootfs_post/kernel.sh',
  'rootfs_post/source-packages.sh',
  'rootfs_post/phases.sh',
]

/** A phase is a line of bash that calls functions of the library; `{ at }` is a point. */
type Phase = string | { readonly at: string; readonly env?: Readonly<Record<string, string>> }

const PHASES: readonly Phase[] = [
  'unpack_base',
  { at: 'repositories', env: { CUSTOM_REPO_WHEN: 'image-early' } },
  'configure_repositories',
  { at: 'before_packages' },
  'install_packages; forget_identity; mark_first_login',
  'install_programs',
  'choose_kernel',
  { at: 'before_kernel' },
  'install_kernel',
  { at: 'after_kernel' },
  'open_board_files',
  { at: 'board_files' },
  'merge_board_files',
  'merge_source_packages',
  { at: 'before_services' },
  'enable_units; describe_device; install_splash',
  { at: 'before_customize' },
  'finalize_target',
  // The author's overlays win over everything that the steps install.
  'apply_overlays',
  { at: 'customize' },
  { at: 'after_customize' },
  { at: 'repositories', env: { CUSTOM_REPO_WHEN: 'image-late' } },
  { at: 'after_repositories' },
  { at: 'post_build' },
  'unmark_first_login; finish_kernel; settle; restore_chroot; leave_chroot',
  { at: 'last_change' },
  { at: 'post_fakeroot' },
  'pack',
]

/** The phases around the handlers that a finished root filesystem can repeat. */
const REPEATED: Readonly<Record<string, string>> = {
  unpack_base: 'unpack_finished',
  install_kernel: 'install_wanted_headers',
  open_board_files: 'open_board_files',
  merge_board_files: 'merge_board_files',
  'finish_kernel; settle; restore_chroot; leave_chroot':
    'finish_kernel; settle; restore_chroot; leave_chroot',
  pack: 'pack',
}

function commandsOf(phases: readonly Phase[], env: Readonly<Record<string, string>>): StepCommand[] {
  return [
    ...phases.map(
      (phase): StepCommand =>
        typeof phase === 'string' ? { kind: 'run', script: phase, env } : { kind: 'point', ...phase },
    ),
    { kind: 'run', script: 'clean_up', env, always: true },
  ]
}

/**
 * The handlers alone, in a root filesystem that is finished already: for an export, where another tool makes it.
 * Handlers of early hooks then run after packages and overlays.
 */
export const handlersAfterwards: StepBody = {
  get source() {
    return this.library!
  },
  get library() {
    return stepScript(...LIBRARY, 'rootfs_post/finished.sh')
  },
  commands: () =>
    commandsOf(
      PHASES.flatMap(phase => (typeof phase === 'string' ? (REPEATED[phase] ?? []) : phase)),
      {},
    ),
}

export const rootfsPost: StepBody = {
  /** Includes the version, which is written to the device. */
  get source() {
    return [this.library, JSON.stringify(PHASES), deviceSourcesDigest('system'), selfVersion()].join('\n')
  },
  get library() {
    return stepScript(...LIBRARY)
  },
  commands: ({ node }) => {
    const env = { STEP_CONFIG: JSON.stringify({ ...node.config, strux_version: selfVersion() }) }
    return [{ kind: 'sources', name: 'system' }, ...commandsOf(PHASES, env)]
  },
}
