/**
 * The disk image that the BSP declares. Handlers of extensions work between the phases; the image becomes a loop
 * device, and is mounted, only if a handler needs that.
 */
import type { StepBody, StepCommand } from '../../plan/body.ts'
import { stepScript } from '../package-files.ts'

const LIBRARY = [
  'shell/start.sh',
  'shell/step.sh',
  'shell/places.sh',
  'shell/foreign.sh',
  'shell/chroot.sh',
  'shell/checkout.sh',
  'shell/inside.sh',
  'shell/extension-clean-up.sh',
  'image/filesystem.sh',
  'image/boot.sh',
  'image/partitions.sh',
  'image/mounts.sh',
  'image/table.sh',
  'image/mounted.sh',
  'image/phases.sh',
]

/** A phase is a line of bash that calls functions of the library; `{ at }` is a point. */
type Phase = string | { readonly at: string; readonly when?: string }

const LAID_OUT: readonly Phase[] = [
  'begin_image',
  { at: 'before_partitions' },
  'measure_root',
  { at: 'image_size' },
  "apply_choices; choose_boot; prepare_mounts; if ! enabled '.mounted // false'; then write_fstab; fi; install_boot_updates; lay_out",
  { at: 'partition_table', when: '[ "${USE_HOOK_FOR_PARTITION:-no}" = yes ]' },
  { at: 'after_partitions' },
]
const FILLED: readonly Phase[] = ['fill_image']
const MOUNTED: readonly Phase[] = [
  'attach_image',
  { at: 'root_device' },
  'format_and_mount',
  { at: 'format' },
  'copy_root',
  { at: 'before_initramfs' },
  "if enabled '.initramfs // false'; then renew_initramfs; fi; write_bootloader",
  { at: 'before_unmount' },
  'unmount_image',
  { at: 'after_unmount' },
  'detach_image',
]
const FINISHED: readonly Phase[] = ['stage_image', { at: 'finished' }, 'put_in_place']

export const image: StepBody = {
  get source() {
    return [this.library, JSON.stringify([LAID_OUT, FILLED, MOUNTED, FINISHED])].join('\n')
  },
  get library() {
    return stepScript(...LIBRARY)
  },
  commands: ({ node }) => {
    const env = { STEP_CONFIG: JSON.stringify(node.config) }
    const phases = [...LAID_OUT, ...(node.config.mounted === true ? MOUNTED : FILLED), ...FINISHED]
    return [
      ...phases.map(
        (phase): StepCommand =>
          typeof phase === 'string' ? { kind: 'run', script: phase, env } : { kind: 'point', ...phase },
      ),
      { kind: 'run', script: 'clean_up', env, always: true },
    ]
  },
}
