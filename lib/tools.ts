/**
 * The package groups that a script can request for its builder container. A container holds only the requested
 * groups, so a BSP that only makes a disk image never waits for a kernel toolchain.
 */

/** One line each, for editors, `strux hooks` and the reference, by the name that an author writes. */
export const TOOL_GROUP_DOCS = {
  image: 'Disk images and filesystems: genimage, mkfs.*, sfdisk, mtools, squashfs-tools, dtc, rsync.',
  cross: 'The C and C++ cross compiler of the target architecture, with binutils, make and pkg-config.',
  kernel:
    'Tools for a Linux kernel build, without the compiler: flex, bison, bc, libssl, libelf, kmod, cpio, dtc.',
  bootloader:
    'Tools for U-Boot, without the compiler: dtc, swig, Python with pyelftools, libgnutls, mkimage.',
  rootfs: 'Debian root filesystems of any architecture: mmdebstrap and the qemu user emulators.',
  go: 'The Go toolchain.',
  node: 'Node.js and npm.',
  wayland: 'Headers and libraries for compiling Cage and the WPE WebKit extension.',
} as const satisfies Record<string, string>

/** The name of a group of packages in the builder container. */
export type ToolGroup = Extract<keyof typeof TOOL_GROUP_DOCS, string>

/** The names alone. */
export const TOOL_GROUPS = Object.keys(TOOL_GROUP_DOCS) as [ToolGroup, ...ToolGroup[]]

/** The default groups of a script without `tools`. A list in `tools`, even an empty one, replaces them. */
export const DEFAULT_TOOL_GROUPS: readonly ToolGroup[] = ['image', 'cross']
