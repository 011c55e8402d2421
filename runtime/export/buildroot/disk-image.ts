/** The disk image as genimage.cfg, and the post-image script that makes it. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { KERNEL_IMAGE } from '../../plan/arch.ts'
import { type BootPlace, bootFiles, deviceTreeFile } from './boot-files.ts'
import { bytesOf, type Disk, type DiskPartition, diskOf } from './disk.ts'
import type { Tree } from './exported-tree.ts'
import { type FilledPartition, genimageConfig, type RawFile } from './genimage.ts'

type Symbols = Record<string, string | boolean>
type Keys = readonly (string | number)[]

export interface ExportedImage {
  readonly symbols: Symbols
  /** The post-image script that makes the image, in the tree. */
  readonly script?: string
  /** A folder of the tree that is copied over the root filesystem. */
  readonly overlay?: string
}

/** For a filesystem of which only Buildroot knows the content. */
const ROOM = { rootfs: '512M', boot: '128M', other: '64M' } as const

export function exportImage(tree: Tree): ExportedImage {
  const { image } = tree.bsp.data
  if (!image) return { symbols: { BR2_TARGET_ROOTFS_EXT2: true, BR2_TARGET_ROOTFS_EXT2_4: true } }
  const disk = diskOf(image, tree.bsp.name, tree.plan.arch)
  const uBoot = new Set<string>()
  for (const [index, given] of image.partitions.entries())
    for (const key of ['mount', 'mount_options', 'ext4_features'] as const)
      if (given[key] !== undefined)
        tree.losses.add('bsp', ['image', 'partitions', index, key], `${key} of the partition ${given.name}`)
  const partitions = disk.partitions.map((each, index) => filled(tree, each, index, uBoot))
  const raw = (image.raw ?? []).flatMap(({ file, offset }, index): RawFile[] => {
    const found = inputFile(tree, file, ['image', 'raw', index, 'file'], uBoot)
    return found === undefined ? [] : [{ image: found, offset }]
  })
  tree.files.text('', `${tree.board}/genimage.cfg`, genimageConfig(disk, partitions, raw))
  const hasBoot = disk.partitions.some(each => each.content === 'boot')
  const overlay = hasBoot ? undefined : bootInRootfs(tree, disk)
  if (hasBoot) writeBootFiles(tree, disk, `${tree.board}/image/boot`, { folder: '', kernel: 'vmlinuz' })
  const script = `${tree.board}/disk-image.sh`
  tree.files.text('', script, scriptText(tree, partitions), 0o755)
  return {
    symbols: {
      ...rootfsSymbols(disk),
      ...programSymbols(partitions),
      ...(uBoot.size > 0 && {
        BR2_TARGET_UBOOT_FORMAT_CUSTOM: true,
        BR2_TARGET_UBOOT_FORMAT_CUSTOM_NAME: [...uBoot].join(' '),
      }),
      ...(overlay !== undefined && { BR2_LINUX_KERNEL_INSTALL_TARGET: true }),
    },
    script,
    ...(overlay !== undefined && { overlay }),
  }
}

/** A partition with its content; what Buildroot cannot put there is lost. */
function filled(tree: Tree, partition: DiskPartition, index: number, uBoot: Set<string>): FilledPartition {
  const { name, file, content, filesystem, size } = partition
  const keys = ['image', 'partitions', index]
  if (file !== undefined) {
    const image = inputFile(tree, file, [...keys, 'file'], uBoot)
    return { ...partition, ...(image !== undefined && { image }) }
  }
  if (filesystem === 'none') return partition
  if (filesystem === 'swap') {
    tree.losses.add('bsp', keys, `the swap area in the partition ${name}, which stays empty`)
    return { ...partition, size: size ?? ROOM.other }
  }
  if (content === 'rootfs') {
    if (filesystem !== 'vfat') return { ...partition, image: `rootfs.${filesystem}` }
    tree.losses.add('bsp', [...keys, 'filesystem'], 'a root filesystem in vfat')
    return partition
  }
  const folder = content === 'boot' ? 'boot' : `content/${name}`
  const known =
    content === undefined || content === 'boot' ? undefined : copyContent(tree, content, folder, keys)
  // genimage has to know the size before it makes the filesystem.
  const room = size ?? known ?? (content === 'boot' ? ROOM.boot : ROOM.other)
  return {
    ...partition,
    image: { kind: filesystem, label: name, folder: `image/${folder}`, size: room },
  }
}

/** Copies a folder of the BSP, and returns the size of a filesystem for it. */
function copyContent(tree: Tree, content: string, folder: string, keys: Keys): string | undefined {
  const from = posix.join(tree.bsp.folder, content)
  if (!isOwn(content) || !existsSync(join(tree.root, from))) {
    tree.losses.add('bsp', [...keys, 'content'], `the folder ${content}, which a build makes`)
    return undefined
  }
  tree.files.copy('', from, `${tree.board}/image/${folder}`)
  const used = readdirSync(join(tree.root, from), { recursive: true, withFileTypes: true })
    .filter(each => each.isFile())
    .reduce((sum, each) => sum + statSync(join(each.parentPath, each.name)).size, 0)
  return `${Math.ceil((used * 1.2) / 1024 ** 2) + 64}M`
}

/** A file by its name below BINARIES_DIR; undefined if Buildroot does not make it. */
function inputFile(tree: Tree, file: string, keys: Keys, uBoot: Set<string>): string | undefined {
  const { bsp, plan, root } = tree
  const name = posix.basename(file)
  if (isOwn(file)) {
    const from = posix.join(bsp.folder, file)
    if (existsSync(join(root, from))) {
      tree.files.copy('', from, `${tree.board}/image/files/${name}`)
      return `image/files/${name}`
    }
  }
  const { enabled, type = 'u-boot' } = bsp.data.boot?.bootloader ?? {}
  if (enabled && type === 'u-boot' && posix.dirname(file) === 'cache/bootloader') {
    if (name !== 'u-boot.bin') uBoot.add(name)
    return name
  }
  if (file === `cache/kernel/${KERNEL_IMAGE[plan.arch]}`) return name
  tree.losses.add('bsp', keys, `the file ${file}, which Buildroot does not make`)
  return undefined
}

const isOwn = (path: string): boolean => /^\.\.?\//.test(path)

function writeBootFiles({ bsp, files }: Tree, { root }: Disk, to: string, place: BootPlace): void {
  for (const [path, content] of Object.entries(bootFiles(bsp.data, bsp.name, root, place)))
    files.text('', `${to}/${path}`, content)
}

/** Without a boot partition, U-Boot reads the folder /boot of the root filesystem. */
function bootInRootfs(tree: Tree, disk: Disk): string | undefined {
  const { bootloader } = tree.bsp.data.boot ?? {}
  if (disk.table === 'none' || !bootloader?.enabled || (bootloader.type ?? 'u-boot') !== 'u-boot')
    return undefined
  const overlay = `${tree.board}/boot-overlay`
  writeBootFiles(tree, disk, `${overlay}/boot`, { folder: '/boot', kernel: KERNEL_IMAGE[tree.plan.arch] })
  return overlay
}

function rootfsSymbols({ partitions }: Disk): Symbols {
  const roots = partitions.filter(each => each.content === 'rootfs')
  const ext4 = roots.find(each => each.filesystem === 'ext4')
  return {
    ...(ext4 && {
      BR2_TARGET_ROOTFS_EXT2: true,
      BR2_TARGET_ROOTFS_EXT2_4: true,
      BR2_TARGET_ROOTFS_EXT2_LABEL: ext4.name.slice(0, 16),
      // Without a unit, mke2fs counts in KiB.
      BR2_TARGET_ROOTFS_EXT2_SIZE: `${Math.ceil(bytesOf(ext4.size ?? ROOM.rootfs) / 1024)}K`,
    }),
    ...(roots.some(each => each.filesystem === 'squashfs') && {
      BR2_TARGET_ROOTFS_SQUASHFS: true,
      BR2_TARGET_ROOTFS_SQUASHFS4_ZSTD: true,
    }),
  }
}

/** Programs that genimage calls. */
function programSymbols(partitions: readonly FilledPartition[]): Symbols {
  const made = new Set(partitions.flatMap(({ image }) => (typeof image === 'object' ? image.kind : [])))
  return {
    BR2_PACKAGE_HOST_GENIMAGE: true,
    ...(made.has('vfat') && { BR2_PACKAGE_HOST_DOSFSTOOLS: true, BR2_PACKAGE_HOST_MTOOLS: true }),
    ...(made.has('ext4') && { BR2_PACKAGE_HOST_E2FSPROGS: true }),
    ...(made.has('squashfs') && { BR2_PACKAGE_HOST_SQUASHFS: true }),
  }
}

/** Puts the folders together of which genimage makes filesystems. */
function scriptText(tree: Tree, partitions: readonly FilledPartition[]): string {
  const { bsp, board, plan, name } = tree
  const folders = new Set(
    partitions.flatMap(({ image }) => (typeof image === 'object' ? [image.folder] : [])),
  )
  const deviceTree = deviceTreeFile(bsp.data)
  const boot = [
    'if [ -d "$BINARIES_DIR/efi-part/EFI" ]; then cp -r "$BINARIES_DIR/efi-part/EFI" "$BINARIES_DIR/image/boot/"; fi',
    `cp "$BINARIES_DIR/${KERNEL_IMAGE[plan.arch]}" "$BINARIES_DIR/image/boot/vmlinuz"`,
    ...(deviceTree === undefined ? [] : [`cp "$BINARIES_DIR/${deviceTree}" "$BINARIES_DIR/image/boot/"`]),
  ]
  return [
    '#!/usr/bin/env bash',
    '# Puts the folders together of which genimage.cfg makes filesystems, and makes the disk image.',
    'set -e',
    `board=$BR2_EXTERNAL_${name}_PATH/${board}`,
    'rm -rf "$BINARIES_DIR/image"',
    ...[...folders].map(each => `mkdir -p "$BINARIES_DIR/${each}"`),
    ...(folders.has('image/boot') ? boot : []),
    'if [ -d "$board/image" ]; then cp -r "$board/image" "$BINARIES_DIR/"; fi',
    'exec support/scripts/genimage.sh -c "$board/genimage.cfg"',
    '',
  ].join('\n')
}
