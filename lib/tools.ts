/**
 * The groups of packages that a script can ask its builder container for. A container holds only what is asked for, so
 * a BSP that makes nothing but a disk image never waits for a kernel toolchain to be installed.
 */

/** One line each, for editors, `strux hooks` and the reference; the keys are the names that an author writes. */
export const TOOL_GROUP_DOCS = {
  image: 'Disk images and filesystems: genimage, mkfs.*, sfdisk, mtools, squashfs-tools, dtc, rsync.',
  cross: 'The C and C++ cross compiler of the target architecture, with binutils, make and pkg-config.',
  kernel:
    'What a Linux kernel build needs beside a compiler: flex, bison, bc, libssl, libelf, kmod, cpio, dtc.',
  bootloader: 'What U-Boot needs beside a compiler: dtc, swig, Python with pyelftools, libgnutls, mkimage.',
  rootfs: 'Debian root filesystems of any architecture: mmdebstrap and the qemu user emulators.',
  go: 'The Go toolchain.',
  node: 'Node.js and npm.',
  wayland: 'The headers and libraries that Cage and the WPE WebKit extension are compiled against.',
} as const satisfies Record<string, string>

/** The name of a group of packages in the builder container. */
export type ToolGroup = Extract<keyof typeof TOOL_GROUP_DOCS, string>

/** The names alone. */
export const TOOL_GROUPS = Object.keys(TOOL_GROUP_DOCS) as [ToolGroup, ...ToolGroup[]]

/** What a script gets that lists no `tools`. A list, also an empty one, takes the place of these. */
export const DEFAULT_TOOL_GROUPS: readonly ToolGroup[] = ['image', 'cross']
