/** The declaration of a disk image: partition table, filesystems, and files at fixed offsets. */
import * as z from 'zod'
import { sourcePath } from './path.ts'
import { choice, obey, type Rule, text } from './rule.ts'

const sizeRule: Rule<string> = {
  code: 'bad_size',
  hint: "a number of bytes, or one with K, M or G (powers of 1024), such as '64M'",
  holds: value => /^[1-9]\d*[KMG]?$/.test(value),
  message: value => `'${value}' is not a size`,
  json: { pattern: '^[1-9]\\d*[KMG]?$' },
}
/** An offset may be zero. */
const offsetRule: Rule<string> = {
  ...sizeRule,
  code: 'bad_offset',
  holds: value => /^(0|[1-9]\d*[KMG]?)$/.test(value),
  message: value => `'${value}' is not an offset`,
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
  message: value => `'${value}' is not a partition type`,
}
const fileNameRule: Rule<string> = {
  code: 'bad_file_name',
  hint: "a file name without folders, such as 'disk.img'",
  holds: value => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value),
  message: value => `'${value}' is not a file name`,
  json: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
}

const partitionSchema = z.strictObject({
  /** Name of the partition: its GPT name, and the filesystem's label unless it is too long for that. */
  name: text(nameRule).describe(
    "Name of the partition: its GPT name, and the filesystem's label unless it is too long for that.",
  ),
  /** Type of the partition: `esp`, `boot`, `root`, `data`, `swap`, a GUID (GPT) or two hexadecimal digits (MBR). Default: `data`. */
  type: text(typeRule)
    .optional()
    .describe(
      'Type of the partition: `esp`, `boot`, `root`, `data`, `swap`, a GUID (GPT) or two hexadecimal digits (MBR). Default: `data`.',
    ),
  /** The filesystem. Default: `vfat` for `esp`, `none` with `file`, otherwise `ext4`. */
  filesystem: choice(['ext4', 'vfat', 'squashfs', 'swap', 'none'], 'unknown_value', 'a filesystem')
    .optional()
    .describe('The filesystem. Default: `vfat` for `esp`, `none` with `file`, otherwise `ext4`.'),
  /** Content of the partition: `rootfs`, `boot` (kernel, initrd, device trees, bootloader), or a folder of the BSP (`./x`). The default depends on the type. */
  content: text(...sourcePath)
    .optional()
    .describe(
      'Content of the partition: `rootfs`, `boot` (kernel, initrd, device trees, bootloader), or a folder of the BSP (`./x`). The default depends on the type.',
    ),
  /** A file that is written to the partition unchanged, such as `'cache/bootloader/u-boot.itb'`. */
  file: text(...sourcePath)
    .optional()
    .describe("A file that is written to the partition unchanged, such as `'cache/bootloader/u-boot.itb'`."),
  /** Size of the partition, such as `'256M'`. Default: the size of the content plus a fifth and 64 MiB. */
  size: text(sizeRule)
    .optional()
    .describe(
      "Size of the partition, such as `'256M'`. Default: the size of the content plus a fifth and 64 MiB.",
    ),
  /** Offset from the start of the image. Default: after the previous partition, at a multiple of 1 MiB. */
  offset: text(offsetRule)
    .optional()
    .describe(
      'Offset from the start of the image. Default: after the previous partition, at a multiple of 1 MiB.',
    ),
})

const rawSchema = z.strictObject({
  /** The file, such as `'cache/bootloader/u-boot-rockchip.bin'`. */
  file: text(...sourcePath).describe("The file, such as `'cache/bootloader/u-boot-rockchip.bin'`."),
  /** Offset from the start of the image: `'32K'`. */
  offset: text(offsetRule).describe("Offset from the start of the image: `'32K'`."),
})

export const imageSchema = z.strictObject({
  /** The image's file in `output/`. Default: `'disk.img'`, or `'rootfs.ext4'` without a partition table. */
  name: text(fileNameRule)
    .optional()
    .describe(
      "The image's file in `output/`. Default: `'disk.img'`, or `'rootfs.ext4'` without a partition table.",
    ),
  /** The partition table; `none` makes an image of one filesystem. Default: `gpt`. */
  table: choice(['gpt', 'mbr', 'none'], 'unknown_value', 'a partition table')
    .optional()
    .describe('The partition table; `none` makes an image of one filesystem. Default: `gpt`.'),
  /** The partitions, in their order on the disk. */
  partitions: obey(z.array(partitionSchema).readonly(), {
    code: 'empty_list',
    hint: "begin with one of type 'root'",
    holds: value => value.length > 0,
    message: () => 'an image needs at least one partition',
    json: { minItems: 1 },
  }).describe('The partitions, in their order on the disk.'),
  /** The device tree that the bootloader passes to the kernel, by its path in the kernel tree: `'rockchip/rk3399-rock-pi-4b.dtb'`. */
  device_tree: z
    .string()
    .optional()
    .describe(
      "The device tree that the bootloader passes to the kernel, by its path in the kernel tree: `'rockchip/rk3399-rock-pi-4b.dtb'`.",
    ),
  /** Files at fixed offsets outside partitions, as some bootloaders need. */
  raw: z
    .array(rawSchema)
    .readonly()
    .optional()
    .describe('Files at fixed offsets outside partitions, as some bootloaders need.'),
})

export type ImageData = z.output<typeof imageSchema>
export type PartitionData = ImageData['partitions'][number]
