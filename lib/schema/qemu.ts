/** How QEMU emulates a board. */
import * as z from 'zod'
import { artifactPath, shellSafe } from './path.ts'
import { choice, type Rule, text } from './rule.ts'

const memoryRule: Rule<string> = {
  code: 'bad_size',
  hint: "a number with M or G, such as '2G'",
  holds: value => /^[1-9]\d*[MG]$/.test(value),
  message: value => `'${value}' is not a memory size`,
  json: { pattern: '^[1-9]\\d*[MG]$' },
}

export const boardQemuSchema = z.strictObject({
  /** How the kernel is started: `direct` by QEMU itself, `uefi` by UEFI firmware from the image, `firmware` by the file in `firmware`. Default: `direct`. */
  boot: choice(['direct', 'uefi', 'firmware'], 'unknown_value', 'a way to boot')
    .optional()
    .describe(
      'How the kernel is started: `direct` by QEMU itself, `uefi` by UEFI firmware from the image, `firmware` by the file in `firmware`. Default: `direct`.',
    ),
  /** The firmware file for `boot: 'firmware'`, such as `'cache/bootloader/u-boot.bin'`. */
  firmware: text(...artifactPath)
    .optional()
    .describe("The firmware file for `boot: 'firmware'`, such as `'cache/bootloader/u-boot.bin'`."),
  /** The disk image. Default: the declared image, otherwise `'output/rootfs.ext4'`. */
  image: text(...artifactPath)
    .optional()
    .describe("The disk image. Default: the declared image, otherwise `'output/rootfs.ext4'`."),
  /** QEMU's machine type. Default: `'q35'` for x86_64 and `'virt'` for ARM. */
  machine: text(shellSafe)
    .optional()
    .describe("QEMU's machine type. Default: `'q35'` for x86_64 and `'virt'` for ARM."),
  /** QEMU's processor type, if it emulates one. Default: `'max,avx=off,avx2=off'` for x86_64, `'cortex-a72'` for arm64. */
  cpu: text(shellSafe)
    .optional()
    .describe(
      "QEMU's processor type, if it emulates one. Default: `'max,avx=off,avx2=off'` for x86_64, `'cortex-a72'` for arm64.",
    ),
  /** Memory of the machine. Default: `'2G'`. */
  memory: text(memoryRule).optional().describe("Memory of the machine. Default: `'2G'`."),
  /** Additional arguments for QEMU, each with its value: `'-device usb-audio'`. */
  flags: z
    .array(text(shellSafe))
    .readonly()
    .optional()
    .describe("Additional arguments for QEMU, each with its value: `'-device usb-audio'`."),
})

export type BoardQemuData = z.output<typeof boardQemuSchema>
