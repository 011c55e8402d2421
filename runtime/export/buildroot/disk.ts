/** The disk image of a BSP with all defaults, in the terms of genimage. */
import { createHash } from 'node:crypto'
import type { ImageData, PartitionData } from '../../../lib/schema/image.ts'
import type { TargetArch } from '../../model/plan.ts'
import { imageName } from '../../plan/image-name.ts'

export interface Disk {
  /** The image's file. */
  readonly name: string
  readonly table: 'gpt' | 'mbr' | 'none'
  /** Of the whole disk; an MBR has its first eight digits. */
  readonly uuid: string
  readonly partitions: readonly DiskPartition[]
  /** The value of the kernel's argument `root`. */
  readonly root: string
}

export interface DiskPartition {
  readonly name: string
  readonly uuid: string
  /** A GUID, or two hexadecimal digits in an MBR. */
  readonly type: string
  readonly filesystem: NonNullable<PartitionData['filesystem']>
  /** `rootfs`, `boot` or a folder. */
  readonly content?: string
  readonly file?: string
  readonly size?: string | undefined
  readonly offset?: string | undefined
}

export function diskOf(image: ImageData, bspName: string, arch: TargetArch): Disk {
  const { table = 'gpt' } = image
  // Without a seed, a build takes the content, which Buildroot makes.
  const seed = image.seed === undefined ? bspName : `given ${image.seed}`
  const uuid = uuidOf(seed, 'disk')
  const partitions = image.partitions.map(each => partitionOf(each, table, seed, arch))
  const root = Math.max(
    0,
    partitions.findIndex(each => each.content === 'rootfs'),
  )
  return {
    ...{ name: imageName(image), table, uuid, partitions },
    root: {
      gpt: `PARTUUID=${partitions[root]!.uuid}`,
      mbr: `PARTUUID=${uuid.slice(0, 8)}-${String(root + 1).padStart(2, '0')}`,
      none: '/dev/vda',
    }[table],
  }
}

function partitionOf(
  given: PartitionData,
  table: Disk['table'],
  seed: string,
  arch: TargetArch,
): DiskPartition {
  const { type = 'data', name, file, content: named, size, offset } = given
  const content = named ?? (file === undefined ? CONTENTS[type] : undefined)
  const filesystem = given.filesystem ?? (file === undefined ? (FILESYSTEMS[type] ?? 'ext4') : 'none')
  const types = table === 'mbr' ? mbrTypes(filesystem) : gptTypes(arch)
  return {
    ...{ name, size, offset, filesystem, type: types[type] ?? type },
    uuid: uuidOf(seed, `partition ${name}`),
    ...(file !== undefined && { file }),
    ...(content !== undefined && { content }),
  }
}

const CONTENTS: Readonly<Record<string, string>> = { esp: 'boot', boot: 'boot', root: 'rootfs' }
const FILESYSTEMS: Readonly<Record<string, DiskPartition['filesystem']>> = { esp: 'vfat', swap: 'swap' }

const ROOTS: Readonly<Record<TargetArch, string>> = {
  x86_64: '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709',
  arm64: 'B921B045-1DF0-41C3-AF44-4C6F280D3FAE',
  armhf: '69DAD710-2CE4-4E3C-B16C-21A1D49ABED3',
}

const gptTypes = (arch: TargetArch): Readonly<Record<string, string>> => ({
  esp: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  boot: 'BC13C2FF-59E6-4262-A352-B275FD6F7172',
  root: ROOTS[arch],
  swap: '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F',
  data: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
})

function mbrTypes(filesystem: DiskPartition['filesystem']): Readonly<Record<string, string>> {
  const linux = filesystem === 'vfat' ? '0c' : '83'
  return { esp: 'ef', boot: linux, root: linux, data: linux, swap: '82' }
}

/** The same as in a build (uuid_of in image/filesystem.sh). */
function uuidOf(seed: string, what: string): string {
  const sum = createHash('md5').update(`strux ${seed} ${what}`).digest('hex')
  const variant = `4${sum.slice(13, 16)}-8${sum.slice(17, 20)}`
  return `${sum.slice(0, 8)}-${sum.slice(8, 12)}-${variant}-${sum.slice(20)}`
}

/** Bytes of `64M`. */
export function bytesOf(size: string): number {
  const [, number, unit = ''] = /^(\d+)([KMG]?)$/.exec(size)!
  return Number(number) * 1024 ** ' KMG'.indexOf(unit || ' ')
}
