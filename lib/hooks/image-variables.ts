/** The variables of handlers of image hooks. Source: the facts about extensions and about files that people have. */

/** Variables of handlers: name, type and meaning. */
export const IMAGE_VARIABLES = {
  // Every handler.
  HOOK_POINT: { type: 'string', doc: 'Name of the hook; of the alias if the handler uses one.' },
  HOOK_ORDER: { type: 'number', doc: 'Position of the handler among those of its hook, from 1.' },
  HOOK_POINT_TOTAL_FUNCS: { type: 'number', doc: 'Number of handlers of the hook.' },
  EXTENSION: { type: 'string', doc: 'Name of the extension.' },
  EXTENSION_DIR: { type: 'string', doc: "The extension's folder." },
  EXTENSION_FILE: { type: 'string', doc: "The extension's file." },
  EXTENSION_ADDED_BY: { type: 'string', doc: 'The definition that enables the extension.' },
  SRC: { type: 'string', doc: 'A folder with writable `cache/sources`, `cache/tools` and `output`.' },
  DEST: { type: 'string', doc: 'The output folder.' },
  USERPATCHES_PATH: { type: 'string', doc: "The project's folder of user files, `userpatches`." },
  BOARD: { type: 'string', doc: 'Name of the BSP.' },
  BOARDFAMILY: { type: 'string', doc: 'Family of the board: its lowest layer, else the BSP.' },
  LINUXFAMILY: { type: 'string', doc: 'Family of the kernel.' },
  BRANCH: { type: 'string', doc: 'Kernel branch, `current`.' },
  RELEASE: { type: 'string', doc: 'Debian suite, such as `trixie`.' },
  DISTRIBUTION: { type: 'string', doc: '`Debian`.' },
  ARCH: { type: 'string', doc: "Debian's name of the architecture: `amd64`, `arm64`, `armhf`." },
  version: { type: 'string', doc: 'Base name of the image, without `.img`.' },
  BUILD_DESKTOP: { type: 'string', doc: '`no`.' },
  BUILD_MINIMAL: { type: 'string', doc: '`yes` without an application, else `no`.' },
  EXTENSION_MANAGER_TMP_DIR: { type: 'string', doc: 'Folder with the records of hook calls.' },
  CTHREADS: { type: 'string', doc: "Make's parallelism, `-jN`." },
  // Host tools.
  EXTRA_BUILD_DEPS: { type: 'string', doc: 'Debian packages for the builder image; text or array.' },
  // Kernel.
  opts_y: { type: 'list', doc: 'Symbols of the kernel configuration to build in, without `CONFIG_`.' },
  opts_m: { type: 'list', doc: 'Symbols of the kernel configuration to build as modules.' },
  opts_n: { type: 'list', doc: 'Symbols of the kernel configuration to switch off.' },
  opts_val: { type: 'map', doc: 'Values of symbols of the kernel configuration: numbers and strings.' },
  // Root filesystem.
  SDCARD: { type: 'string', doc: 'The unpacked root filesystem, with the mounts for chroot.' },
  KERNELSOURCE: { type: 'string', doc: 'Unset, empty or `none` before the kernel is installed: no kernel.' },
  INSTALL_HEADERS: { type: 'string', doc: '`yes`: install the kernel headers.' },
  IMAGE_INSTALLED_KERNEL_VERSION: { type: 'string', doc: 'Version of the installed kernel.' },
  KERNEL_MAJOR_MINOR: { type: 'string', doc: 'The first two numbers of the kernel version.' },
  destination: { type: 'string', doc: 'A folder that is copied over the root filesystem.' },
  CUSTOM_REPO_WHEN: {
    type: 'string',
    doc: '`image-early`: before any package; `image-late`: after customising.',
  },
  // Disk image.
  parttype: { type: 'map', doc: 'Partition type by filesystem.' },
  mkopts: { type: 'map', doc: "mkfs's options by filesystem." },
  mkopts_label: { type: 'map', doc: "mkfs's option for the label by filesystem." },
  mkfs: { type: 'map', doc: 'Name of the mkfs program by filesystem, without `mkfs.`.' },
  mountopts: { type: 'map', doc: 'Mount options by filesystem.' },
  ROOTFS_TYPE: { type: 'string', doc: 'Filesystem of the root partition.' },
  BOOTFS_TYPE: { type: 'string', doc: 'Filesystem of the boot partition; empty without one.' },
  BOOTSIZE: { type: 'number', doc: 'Size of the boot partition in MiB.' },
  UEFISIZE: { type: 'number', doc: 'Size of the EFI system partition in MiB; 0: none.' },
  OFFSET: { type: 'number', doc: 'Free space before the first partition in MiB.' },
  IMAGE_PARTITION_TABLE: { type: 'string', doc: '`gpt` or `msdos`.' },
  ROOT_FS_LABEL: { type: 'string', doc: 'Label of the root filesystem.' },
  rootfs_size: { type: 'number', doc: 'Measured size of the root filesystem in MiB.' },
  FIXED_IMAGE_SIZE: { type: 'number', doc: 'Size of the whole image in MiB.' },
  EXTRA_ROOTFS_MIB_SIZE: { type: 'number', doc: 'Additional free space in the root partition in MiB.' },
  USE_HOOK_FOR_PARTITION: { type: 'string', doc: '`yes`: create_partition_table makes the partition table.' },
  LOOP: { type: 'string', doc: "The image's loop device; `${LOOP}p1` is its first partition." },
  rootdevice: { type: 'string', doc: 'Device of the root filesystem.' },
  ROOT_PART_UUID: { type: 'string', doc: 'UUID of the root filesystem.' },
  MOUNT: { type: 'string', doc: 'The mounted image.' },
  DESTIMG: {
    type: 'string',
    doc: 'Folder of finished files: those that begin with `$version.` go to the output folder.',
  },
  FINAL_IMAGE_FILE: { type: 'string', doc: 'The finished image.' },
  CARD_DEVICE: { type: 'string', doc: 'The device that is to be written; empty.' },
  EXTRA_IMAGE_SUFFIXES: { type: 'list', doc: "Parts that are added to the image's name." },
} as const satisfies Record<string, { type: 'string' | 'number' | 'list' | 'map'; doc: string }>

export type ImageVariable = keyof typeof IMAGE_VARIABLES

/** The variables of every handler that runs in a session. */
export const EVERY_HANDLER = [
  'HOOK_POINT',
  'HOOK_ORDER',
  'HOOK_POINT_TOTAL_FUNCS',
  'EXTENSION',
  'EXTENSION_DIR',
  'EXTENSION_FILE',
  'EXTENSION_ADDED_BY',
  'EXTENSION_MANAGER_TMP_DIR',
  'SRC',
  'DEST',
  'USERPATCHES_PATH',
  'BOARD',
  'BOARDFAMILY',
  'LINUXFAMILY',
  'BRANCH',
  'RELEASE',
  'DISTRIBUTION',
  'ARCH',
  'version',
  'BUILD_DESKTOP',
  'BUILD_MINIMAL',
  'CTHREADS',
] as const satisfies readonly ImageVariable[]

export type EveryHandlerVariable = (typeof EVERY_HANDLER)[number]
