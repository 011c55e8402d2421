/**
 * The hooks of extensions: configuration, root filesystem and disk image. This table is behind the types, the
 * plan, `strux hooks` and the reference. Rows are in calling order. Source of names, order and aliases: the page
 * of extension hooks; of the rows with `addition`: the facts about files that people have.
 */
import type { ImageVariable } from './image-variables.ts'
import type { HookRow } from './row.ts'

export interface ImageHookRow extends HookRow {
  /** The part of a build that calls the hook. */
  readonly phase: 'configuration' | 'host' | 'kernel' | 'root filesystem' | 'image' | 'end'
  /**
   * `once` in each build; `conditional`: only if its step runs or a setting asks for it; `repeated`: several
   * times in one build.
   */
  readonly times: 'once' | 'conditional' | 'repeated'
  /** Not on the original's page, but in many existing files. */
  readonly addition?: true
  /** Its handlers need the image as a loop device (`loop`), or also mounted (`mount`). */
  readonly needs?: 'loop' | 'mount'
  /** The working folder of its handlers, as bash between double quotes. Default: the project; for bash files, SRC. */
  readonly working_folder?: string
  /** Variables that its handlers read, in addition to those of every handler; image-variables.ts explains them. */
  readonly variables: readonly ImageVariable[]
}

/** A hook that is called while the definition is loaded: its handlers are functions without I/O. */
const AT_PLAN = { relation: 'point', runs_in: 'plan', times: 'once', variables: [] } as const
/** A hook at a point of a step, in the step's session. */
const INSIDE = {
  relation: 'within',
  runs_in: 'session',
  called: 'step',
  feeds: true,
  times: 'conditional',
  harness: 'handler',
} as const
const HOST = { ...INSIDE, step: 'host_tools', phase: 'host' } as const
const KERNEL = { ...INSIDE, step: 'kernel', phase: 'kernel', when: 'custom_kernel' } as const
const ROOTFS = { ...INSIDE, step: 'rootfs_post', phase: 'root filesystem' } as const
const IMAGE = { ...INSIDE, step: 'image', phase: 'image' } as const
/** A hook after the last step, in a container of its own, in each build. */
const AT_END = {
  relation: 'end',
  runs_in: 'container',
  called: 'build',
  times: 'once',
  phase: 'end',
  harness: 'handler',
} as const

/** The choices about partitions and filesystems. */
const PARTITIONS = [
  'parttype',
  'mkopts',
  'mkopts_label',
  'mkfs',
  'mountopts',
  'ROOTFS_TYPE',
  'BOOTFS_TYPE',
  'BOOTSIZE',
  'UEFISIZE',
  'OFFSET',
  'IMAGE_PARTITION_TABLE',
  'ROOT_FS_LABEL',
] as const

/** The table as it is, or as a handler has to make it. */
const TABLE = [
  'OFFSET',
  'BOOTSIZE',
  'UEFISIZE',
  'IMAGE_PARTITION_TABLE',
  'SECTOR_SIZE',
  'sdsize',
  'rootpart',
  'bootpart',
  'uefipart',
] as const

export const IMAGE_HOOKS = [
  {
    ...AT_PLAN,
    name: 'post_family_config',
    aliases: ['config_tweaks_post_family_config'],
    phase: 'configuration',
    doc: 'Change the values of boards and layers before those of the user: called when all layers below the BSP are merged.',
  },
  {
    ...AT_PLAN,
    name: 'user_config',
    phase: 'configuration',
    doc: 'Change any value after the BSP and the project have set theirs.',
  },
  {
    ...AT_PLAN,
    name: 'extension_prepare_config',
    phase: 'configuration',
    doc: 'Default and check the settings of the extension itself, after the user has set them.',
  },
  {
    ...AT_PLAN,
    name: 'extension_finish_config',
    phase: 'configuration',
    addition: true,
    doc: 'Last settings that depend on those of other extensions.',
  },
  {
    ...AT_PLAN,
    name: 'post_aggregate_packages',
    aliases: ['user_config_post_aggregate_packages'],
    phase: 'configuration',
    doc: 'Change the complete lists of packages before they are installed.',
  },
  {
    ...AT_PLAN,
    name: 'post_determine_cthreads',
    aliases: ['config_post_determine_cthreads'],
    phase: 'configuration',
    variables: ['CTHREADS'],
    doc: "Change the number of make's parallel jobs.",
  },
  {
    ...AT_PLAN,
    name: 'add_host_dependencies',
    phase: 'host',
    variables: ['EXTRA_BUILD_DEPS'],
    sets: ['EXTRA_BUILD_DEPS'],
    doc: 'Add Debian packages to the builder image.',
  },
  {
    ...HOST,
    name: 'host_dependencies_ready',
    at: 'ready',
    variables: [],
    addition: true,
    doc: 'Check the builder image, before anything is built.',
  },
  {
    ...HOST,
    name: 'fetch_sources_tools',
    at: 'fetch',
    variables: [],
    doc: 'Fetch the sources of tools for the build; they stay in the cache.',
  },
  {
    ...HOST,
    name: 'build_host_tools',
    at: 'build',
    variables: [],
    doc: 'Build tools for the build; they stay in the cache.',
  },
  {
    ...KERNEL,
    name: 'custom_kernel_config',
    at: 'configured',
    working_folder: '$BSP_CACHE_DIR/kernel-source',
    variables: ['KERNEL_MAJOR_MINOR', 'opts_y', 'opts_m', 'opts_n', 'opts_val'],
    sets: ['opts_y', 'opts_m', 'opts_n', 'opts_val'],
    addition: true,
    doc: 'Change the configuration of the kernel, `.config` in the working folder, before the kernel is compiled.',
  },
  {
    ...ROOTFS,
    name: 'custom_apt_repo',
    at: 'repositories',
    times: 'repeated',
    variables: ['SDCARD', 'CUSTOM_REPO_WHEN'],
    addition: true,
    doc: 'Add apt repositories before packages are installed, and once more after customising.',
  },
  {
    ...ROOTFS,
    name: 'pre_install_distribution_specific',
    aliases: ['config_pre_install_distribution_specific'],
    at: 'before_packages',
    variables: ['SDCARD'],
    doc: 'After the base is unpacked, before packages and programs are installed.',
  },
  {
    ...ROOTFS,
    name: 'pre_install_kernel_debs',
    at: 'before_kernel',
    variables: ['SDCARD', 'KERNELSOURCE', 'INSTALL_HEADERS'],
    sets: ['KERNELSOURCE', 'INSTALL_HEADERS'],
    doc: 'Before the kernel is installed; the packages of the definition are there.',
  },
  {
    ...ROOTFS,
    name: 'post_install_kernel_debs',
    at: 'after_kernel',
    variables: ['SDCARD', 'IMAGE_INSTALLED_KERNEL_VERSION', 'KERNEL_MAJOR_MINOR'],
    doc: 'After kernel and headers are installed; for modules that are compiled against them.',
  },
  {
    ...ROOTFS,
    name: 'post_family_tweaks_bsp',
    at: 'board_files',
    variables: ['SDCARD', 'destination'],
    addition: true,
    doc: 'Add files of the board: they are copied from `destination` over the root filesystem.',
  },
  {
    ...ROOTFS,
    name: 'post_family_tweaks',
    at: 'before_services',
    variables: ['SDCARD'],
    doc: 'Change the root filesystem with all packages installed, before services are enabled.',
  },
  {
    ...ROOTFS,
    name: 'pre_customize_image',
    aliases: ['image_tweaks_pre_customize'],
    at: 'before_customize',
    variables: ['SDCARD'],
    doc: "Before the user's customize-image.sh.",
  },
  {
    ...ROOTFS,
    name: 'customize_image',
    at: 'customize',
    variables: ['SDCARD'],
    addition: true,
    doc: "The place of the user's customize-image.sh, after all overlays.",
  },
  {
    ...ROOTFS,
    name: 'post_customize_image',
    aliases: ['image_tweaks_post_customize'],
    at: 'after_customize',
    variables: ['SDCARD'],
    doc: "After the user's customize-image.sh.",
  },
  {
    ...ROOTFS,
    name: 'post_repo_customize_image',
    aliases: ['post_armbian_repo_customize_image'],
    at: 'after_repositories',
    variables: ['SDCARD'],
    addition: true,
    doc: 'After customising, with all repositories enabled.',
  },
  {
    ...ROOTFS,
    name: 'post_post_debootstrap_tweaks',
    aliases: ['config_post_debootstrap_tweaks'],
    at: 'last_change',
    variables: ['SDCARD'],
    doc: 'The last change of the root filesystem before it is packed.',
  },
  {
    ...IMAGE,
    name: 'pre_prepare_partitions',
    aliases: ['prepare_partitions_custom'],
    at: 'before_partitions',
    variables: ['SDCARD', ...PARTITIONS],
    sets: PARTITIONS,
    doc: 'Change the types of partitions and the options of mkfs.',
  },
  {
    ...IMAGE,
    name: 'prepare_image_size',
    aliases: ['config_prepare_image_size'],
    at: 'image_size',
    variables: [
      'SDCARD',
      'rootfs_size',
      'FIXED_IMAGE_SIZE',
      'EXTRA_ROOTFS_MIB_SIZE',
      'UEFISIZE',
      'BOOTSIZE',
      'USE_HOOK_FOR_PARTITION',
    ],
    sets: [
      'rootfs_size',
      'FIXED_IMAGE_SIZE',
      'EXTRA_ROOTFS_MIB_SIZE',
      'UEFISIZE',
      'BOOTSIZE',
      'USE_HOOK_FOR_PARTITION',
    ],
    doc: 'Choose the size of the image from the measured size of the root filesystem.',
  },
  {
    ...IMAGE,
    name: 'create_partition_table',
    at: 'partition_table',
    variables: ['SDCARD', 'rootfs_size', ...TABLE, 'PARTITION_TYPE_UUID_ROOT'],
    addition: true,
    doc: 'Make the partition table; only with USE_HOOK_FOR_PARTITION=yes.',
  },
  {
    ...IMAGE,
    name: 'post_create_partitions',
    at: 'after_partitions',
    variables: ['SDCARD', ...TABLE],
    doc: 'The partition table is written to `${SDCARD}.raw`; no filesystem exists yet.',
  },
  {
    ...IMAGE,
    name: 'prepare_root_device',
    at: 'root_device',
    needs: 'loop',
    variables: ['SDCARD', 'LOOP', 'rootdevice'],
    sets: ['rootdevice'],
    addition: true,
    doc: 'Put a device over the root partition, such as an encrypted one.',
  },
  {
    ...IMAGE,
    name: 'format_partitions',
    at: 'format',
    needs: 'mount',
    variables: ['SDCARD', 'LOOP', 'MOUNT', 'rootdevice', 'ROOT_PART_UUID', ...TABLE, 'UEFI_MOUNT_POINT'],
    doc: 'The partitions are formatted and mounted; format your own here.',
  },
  {
    ...IMAGE,
    name: 'pre_update_initramfs',
    aliases: ['config_pre_update_initramfs'],
    at: 'before_initramfs',
    needs: 'mount',
    variables: ['SDCARD', 'LOOP', 'MOUNT', 'rootdevice', 'ROOT_PART_UUID', 'DESTIMG'],
    doc: 'The root filesystem is copied to the image; the initramfs is made afterwards.',
  },
  {
    ...IMAGE,
    name: 'pre_umount_final_image',
    aliases: ['config_pre_umount_final_image'],
    at: 'before_unmount',
    needs: 'mount',
    variables: ['SDCARD', 'LOOP', 'MOUNT', 'rootdevice', 'ROOT_PART_UUID', 'DESTIMG'],
    doc: 'The last change of the mounted image.',
  },
  {
    ...IMAGE,
    name: 'post_umount_final_image',
    aliases: ['config_post_umount_final_image'],
    at: 'after_unmount',
    needs: 'loop',
    variables: ['SDCARD', 'LOOP'],
    doc: 'The image is unmounted; its loop device is still attached.',
  },
  {
    ...IMAGE,
    name: 'post_build_image',
    at: 'finished',
    variables: ['FINAL_IMAGE_FILE', 'DESTIMG', 'CARD_DEVICE'],
    sets: ['CARD_DEVICE'],
    doc: 'The image is finished: convert, compress or sign it.',
  },
  {
    ...AT_END,
    name: 'run_after_build',
    variables: ['FINAL_IMAGE_FILE'],
    doc: 'The last hook of a build without errors.',
  },
  {
    ...AT_END,
    name: 'extension_metadata_ready',
    records: true,
    variables: [],
    doc: 'Read the records of all hook calls of this build.',
  },
] as const satisfies readonly ImageHookRow[]

export type ImageHook = (typeof IMAGE_HOOKS)[number]['name']

/** The older names, which handlers may still use. */
export type ImageHookAlias = Extract<(typeof IMAGE_HOOKS)[number], { aliases: unknown }>['aliases'][number]
