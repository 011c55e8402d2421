/** How QEMU imitates a board. */
import * as z from 'zod'
import { artifactPath, shellSafe } from './path.ts'
import { choice, type Rule, text } from './rule.ts'

const memoryRule: Rule<string> = {
  code: 'bad_size',
  hint: "a number with M or G, such as '2G'",
  holds: value => /^[1-9]\d*[MG]$/.test(value),
  message: value => `'${value}' is no size of memory`,
  json: { pattern: '^[1-9]\\d*[MG]$' },
}

export const boardQemuSchema = z.strictObject({
  /** What starts the kernel: `direct` is QEMU itself, `uefi` UEFI firmware on the image, `firmware` the file of `firmware`. By default `direct`. */
  boot: choice(['direct', 'uefi', 'firmware'], 'unknown_value', 'way to boot')
    .optional()
    .describe(
      'What starts the kernel: `direct` is QEMU itself, `uefi` UEFI firmware on the image, `firmware` the file of `firmware`. By default `direct`.',
    ),
  /** The firmware file for `boot: 'firmware'`, such as `'cache/bootloader/u-boot.bin'`. */
  firmware: text(...artifactPath)
    .optional()
    .describe("The firmware file for `boot: 'firmware'`, such as `'cache/bootloader/u-boot.bin'`."),
  /** The image that is the disk. By default the declared one, else `'output/rootfs.ext4'`. */
  image: text(...artifactPath)
    .optional()
    .describe("The image that is the disk. By default the declared one, else `'output/rootfs.ext4'`."),
  /** QEMU's machine type. By default `'q35'` for x86_64 and `'virt'` for ARM. */
  machine: text(shellSafe)
    .optional()
    .describe("QEMU's machine type. By default `'q35'` for x86_64 and `'virt'` for ARM."),
  /** QEMU's processor type, where it emulates one. By default `'max,avx=off,avx2=off'` for x86_64, `'cortex-a72'` for arm64. */
  cpu: text(shellSafe)
    .optional()
    .describe(
      "QEMU's processor type, where it emulates one. By default `'max,avx=off,avx2=off'` for x86_64, `'cortex-a72'` for arm64.",
    ),
  /** Memory of the machine. By default `'2G'`. */
  memory: text(memoryRule).optional().describe("Memory of the machine. By default `'2G'`."),
  /** Further arguments for QEMU, each with its value: `'-device usb-audio'`. */
  flags: z
    .array(text(shellSafe))
    .readonly()
    .optional()
    .describe("Further arguments for QEMU, each with its value: `'-device usb-audio'`."),
})

export type BoardQemuData = z.output<typeof boardQemuSchema>
