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
/** Places that the system needs before it mounts filesystems, and those that the kernel fills. */
const NO_MOUNT_POINTS = /^\/(usr|etc|bin|sbin|lib|lib32|lib64|libx32|dev|proc|sys|run|strux)(\/|$)/
const mountRule: Rule<string> = {
  code: 'bad_mount_point',
  hint: "an absolute path such as '/data', not '/' (type 'root' is mounted there) and not in /usr, /etc, /dev, /proc, /sys, /run or /strux",
  holds: value => /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(value) && !NO_MOUNT_POINTS.test(value),
  message: value => `'${value}' cannot be the mount point of a partition`,
  json: { pattern: '^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$' },
}
const mountOptionsRule: Rule<string> = {
  code: 'bad_mount_options',
  hint: "as in /etc/fstab, such as 'noatime,nofail'",
  holds: value => /^[^\s,#]+(,[^\s,#]+)*$/.test(value),
  message: value => `'${value}' are no mount options`,
  json: { pattern: '^[^\\s,#]+(,[^\\s,#]+)*$' },
}
const seedRule: Rule<string> = {
  code: 'bad_seed',
  hint: "any text on one line, such as 'panel-7'",
  holds: value => value !== '' && !/[\r\n\0]/.test(value),
  message: () => 'a seed is a text on one line',
  json: { minLength: 1 },
}
const fileNameRule: Rule<string> = {
  code: 'bad_file_name',
  hint: "a file name without folders, such as 'disk.img'",
  holds: value => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value),
  message: value => `'${value}' is not a file name`,
  json: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
}

const partitionKeys = z.strictObject({
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
  /** Where the device mounts it, such as `'/data'`. Default: `/boot/efi` for `esp`, `/boot` for `boot` with ext4 and `/boot/firmware` with vfat; nowhere for others. */
  mount: text(mountRule)
    .optional()
    .describe(
      "Where the device mounts it, such as `'/data'`. Default: `/boot/efi` for `esp`, `/boot` for `boot` with ext4 and `/boot/firmware` with vfat; nowhere for others.",
    ),
  /** Options of the mount, as in `/etc/fstab`. Default: `defaults` for `root`, `umask=0077,nofail` for vfat, otherwise `defaults,nofail`. */
  mount_options: text(mountOptionsRule)
    .optional()
    .describe(
      'Options of the mount, as in `/etc/fstab`. Default: `defaults` for `root`, `umask=0077,nofail` for vfat, otherwise `defaults,nofail`.',
    ),
  /** Features of an ext4: `'current'`, or only those that older bootloaders and kernels read (`'compatible'`). Default: `'compatible'` if the bootloader reads the partition. */
  ext4_features: choice(['current', 'compatible'], 'unknown_value', 'a set of features')
    .optional()
    .describe(
      "Features of an ext4: `'current'`, or only those that older bootloaders and kernels read (`'compatible'`). Default: `'compatible'` if the bootloader reads the partition.",
    ),
})

const partitionSchema = obey(partitionKeys, {
  code: 'mount_without_effect',
  hint: "The root is mounted at '/', and swap areas are used without a mount point.",
  holds: ({ type, filesystem, mount }) =>
    mount === undefined || !(type === 'root' || type === 'swap' || filesystem === 'swap'),
  message: ({ name }) => `the partition '${name}' cannot have a mount point`,
})

const rawSchema = z.strictObject({
  /** The file, such as `'cache/bootloader/u-boot-rockchip.bin'`. */
  file: text(...sourcePath).describe("The file, such as `'cache/bootloader/u-boot-rockchip.bin'`."),
  /** Offset from the start of the image: `'32K'`. */
  offset: text(offsetRule).describe("Offset from the start of the image: `'32K'`."),
})

function twiceMounted(partitions: readonly { readonly mount?: string | undefined }[]): string | undefined {
  const places = partitions.flatMap(({ mount }) => mount ?? [])
  return places.find((place, index) => places.indexOf(place) !== index)
}

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
  partitions: obey(
    obey(z.array(partitionSchema).readonly(), {
      code: 'empty_list',
      hint: "begin with one of type 'root'",
      holds: value => value.length > 0,
      message: () => 'an image needs at least one partition',
      json: { minItems: 1 },
    }),
    {
      code: 'mount_point_taken',
      hint: 'Give each of them a place of its own.',
      holds: value => twiceMounted(value) === undefined,
      message: value => `two partitions are mounted at ${twiceMounted(value)}`,
    },
  ).describe('The partitions, in their order on the disk.'),
  /** What the ids of disk, partitions and filesystems are made of. Without it, of all content: images that differ have different ids. */
  seed: text(seedRule)
    .optional()
    .describe(
      'What the ids of disk, partitions and filesystems are made of. Without it, of all content: images that differ have different ids.',
    ),
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
