/** A disk image in words: partition table, filesystems, and what lies where. */
import * as z from 'zod'
import { sourcePath } from './path.ts'
import { choice, obey, type Rule, text } from './rule.ts'

const sizeRule: Rule<string> = {
  code: 'bad_size',
  hint: "a number of bytes, or one with K, M or G (powers of 1024), such as '64M'",
  holds: value => /^[1-9]\d*[KMG]?$/.test(value),
  message: value => `'${value}' is no size`,
  json: { pattern: '^[1-9]\\d*[KMG]?$' },
}
/** Zero is an offset too. */
const offsetRule: Rule<string> = {
  ...sizeRule,
  code: 'bad_offset',
  holds: value => /^(0|[1-9]\d*[KMG]?)$/.test(value),
  message: value => `'${value}' is no offset`,
  json: { pattern: '^(0|[1-9]\\d*[KMG]?)$' },
}
const nameRule: Rule<string> = {
  code: 'bad_partition_name',
  hint: 'letters, digits, dot, underscore and hyphen, 36 at most',
  holds: value => /^[A-Za-z0-9._-]{1,36}$/.test(value),
  message: value => `'${value}' cannot be the name of a partition`,
  json: { pattern: '^[A-Za-z0-9._-]{1,36}$' },
}
const typeRule: Rule<string> = {
  code: 'bad_partition_type',
  hint: "'esp', 'boot', 'root', 'data', 'swap', a GUID (GPT), or two hexadecimal digits (MBR)",
  holds: value =>
    ['esp', 'boot', 'root', 'data', 'swap'].includes(value) ||
    /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/.test(value) ||
    /^[0-9A-Fa-f]{2}$/.test(value),
  message: value => `'${value}' is no type of partition`,
}
const fileNameRule: Rule<string> = {
  code: 'bad_file_name',
  hint: "a file name without folders, such as 'disk.img'",
  holds: value => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value),
  message: value => `'${value}' is no file name`,
  json: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
}

const partitionSchema = z.strictObject({
  /** Its name: the GPT partition name, and the label of the filesystem unless that is too long for it. */
  name: text(nameRule).describe(
    'Its name: the GPT partition name, and the label of the filesystem unless that is too long for it.',
  ),
  /** What it is for: `esp`, `boot`, `root`, `data`, `swap`, a GUID (GPT) or two hexadecimal digits (MBR). By default `data`. */
  type: text(typeRule)
    .optional()
    .describe(
      'What it is for: `esp`, `boot`, `root`, `data`, `swap`, a GUID (GPT) or two hexadecimal digits (MBR). By default `data`.',
    ),
  /** The filesystem. By default `vfat` for `esp`, `none` where `file` is given, else `ext4`. */
  filesystem: choice(['ext4', 'vfat', 'squashfs', 'swap', 'none'], 'unknown_value', 'filesystem')
    .optional()
    .describe('The filesystem. By default `vfat` for `esp`, `none` where `file` is given, else `ext4`.'),
  /** What is in it: `rootfs`, `boot` (kernel, initrd, device trees, bootloader), or a folder of the BSP (`./x`). By default by type. */
  content: text(...sourcePath)
    .optional()
    .describe(
      'What is in it: `rootfs`, `boot` (kernel, initrd, device trees, bootloader), or a folder of the BSP (`./x`). By default by type.',
    ),
  /** A file that is written into it as it is, such as `'cache/bootloader/u-boot.itb'`. */
  file: text(...sourcePath)
    .optional()
    .describe("A file that is written into it as it is, such as `'cache/bootloader/u-boot.itb'`."),
  /** Its size, such as `'256M'`. By default what its content needs, with room to work (a fifth and 64 MiB). */
  size: text(sizeRule)
    .optional()
    .describe(
      "Its size, such as `'256M'`. By default what its content needs, with room to work (a fifth and 64 MiB).",
    ),
  /** Where it begins, from the start of the image. By default behind the one before, at a multiple of 1 MiB. */
  offset: text(offsetRule)
    .optional()
    .describe(
      'Where it begins, from the start of the image. By default behind the one before, at a multiple of 1 MiB.',
    ),
})

const rawSchema = z.strictObject({
  /** The file, such as `'cache/bootloader/u-boot-rockchip.bin'`. */
  file: text(...sourcePath).describe("The file, such as `'cache/bootloader/u-boot-rockchip.bin'`."),
  /** Where it is written, from the start of the image: `'32K'`. */
  offset: text(offsetRule).describe("Where it is written, from the start of the image: `'32K'`."),
})

export const imageSchema = z.strictObject({
  /** The image's file in `output/`. By default `'disk.img'`, without a partition table `'rootfs.ext4'`. */
  name: text(fileNameRule)
    .optional()
    .describe(
      "The image's file in `output/`. By default `'disk.img'`, without a partition table `'rootfs.ext4'`.",
    ),
  /** The partition table; `none` makes an image of one filesystem. By default `gpt`. */
  table: choice(['gpt', 'mbr', 'none'], 'unknown_value', 'partition table')
    .optional()
    .describe('The partition table; `none` makes an image of one filesystem. By default `gpt`.'),
  /** The partitions in their order on the disk. */
  partitions: obey(z.array(partitionSchema).readonly(), {
    code: 'empty_list',
    hint: "begin with one of type 'root'",
    holds: value => value.length > 0,
    message: () => 'an image has at least one partition',
    json: { minItems: 1 },
  }).describe('The partitions in their order on the disk.'),
  /** The device tree that the bootloader hands to the kernel, by its name in the kernel: `'rockchip/rk3399-rock-pi-4b.dtb'`. */
  device_tree: z
    .string()
    .optional()
    .describe(
      "The device tree that the bootloader hands to the kernel, by its name in the kernel: `'rockchip/rk3399-rock-pi-4b.dtb'`.",
    ),
  /** Files that are written at fixed places outside partitions, as bootloaders want it. */
  raw: z
    .array(rawSchema)
    .readonly()
    .optional()
    .describe('Files that are written at fixed places outside partitions, as bootloaders want it.'),
})

export type ImageData = z.output<typeof imageSchema>
export type PartitionData = ImageData['partitions'][number]
