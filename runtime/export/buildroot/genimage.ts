/** The text of genimage.cfg. */
import type { Disk, DiskPartition } from './disk.ts'

/** A filesystem that genimage makes of a folder. */
export interface MadeFilesystem {
  readonly kind: 'ext4' | 'vfat' | 'squashfs'
  readonly label: string
  /** Below BINARIES_DIR. */
  readonly folder: string
  readonly size: string
}

/** What a partition has: a file of BINARIES_DIR, a filesystem, or nothing. */
export interface FilledPartition extends DiskPartition {
  readonly image?: string | MadeFilesystem
}

export interface RawFile {
  /** In BINARIES_DIR. */
  readonly image: string
  readonly offset: string
}

export function genimageConfig(
  disk: Disk,
  partitions: readonly FilledPartition[],
  raw: readonly RawFile[],
): string {
  const made = partitions.flatMap(({ name, image }) =>
    typeof image === 'object' ? [filesystemBlock(name, image)] : [],
  )
  const parts = [
    ...raw.map(({ image, offset }, index) =>
      block(`partition "raw-${index + 1}"`, [
        'in-partition-table = false',
        `image = "${image}"`,
        `offset = ${offset}`,
      ]),
    ),
    ...partitions.map(each => partitionBlock(each, disk.table)),
  ]
  return [...made, block(`image "${disk.name}"`, [tableBlock(disk), ...parts])].join('\n')
}

function tableBlock({ table, uuid }: Disk): string {
  return block('hdimage', [
    `partition-table-type = "${table}"`,
    ...(table === 'gpt' ? [`disk-uuid = "${uuid}"`] : []),
    ...(table === 'mbr' ? [`disk-signature = 0x${uuid.slice(0, 8)}`] : []),
    'align = 1M',
  ])
}

function partitionBlock(
  { name, uuid, type, content, image, size, offset }: FilledPartition,
  table: Disk['table'],
): string {
  const isGuid = type.includes('-')
  return block(`partition "${name}"`, [
    ...(table === 'none' ? ['in-partition-table = false'] : []),
    ...(table === 'gpt' ? [`partition-type-uuid = "${type}"`, `partition-uuid = "${uuid}"`] : []),
    ...(table === 'mbr' && !isGuid ? [`partition-type = 0x${type}`] : []),
    ...(table === 'mbr' && content === 'boot' ? ['bootable = true'] : []),
    ...(image === undefined ? [] : [`image = "${typeof image === 'string' ? image : fileOf(name)}"`]),
    ...(size === undefined ? [] : [`size = ${size}`]),
    ...(offset === undefined ? [] : [`offset = ${offset}`]),
  ])
}

const fileOf = (name: string): string => `${name}.image`

/** genimage replaces variables in texts. */
function filesystemBlock(name: string, { kind, label, folder, size }: MadeFilesystem): string {
  const settings = {
    ext4: [`label = "${label.slice(0, 16)}"`, 'use-mke2fs = true'],
    vfat: [`label = "${label.slice(0, 11).toUpperCase()}"`],
    squashfs: ['compression = "zstd"'],
  }[kind]
  return block(`image "${fileOf(name)}"`, [
    block(kind, settings),
    `srcpath = "\${BINARIES_DIR}/${folder}"`,
    `size = ${size}`,
  ])
}

/** Lines may be blocks themselves. */
function block(head: string, lines: readonly string[]): string {
  const inside = lines.flatMap(each => each.trimEnd().split('\n')).map(line => `\t${line}\n`)
  return `${head} {\n${inside.join('')}}\n`
}
