/** The names of a declared image. */
import { posix } from 'node:path'
import type { BspData } from '../../lib/schema.ts'

/** The file, in the output folder. */
export function imageName(image: NonNullable<BspData['image']>): string {
  return image.name ?? (image.table === 'none' ? 'rootfs.ext4' : 'disk.img')
}

/**
 * The base name of the image for handlers of extensions: without the ending, with the parts that extensions add.
 * Without an image, the BSP's name.
 */
export function imageVersion(
  image: BspData['image'],
  bsp: string,
  additions: readonly string[] = [],
): string {
  const name = image ? imageName(image) : bsp
  return [name.slice(0, name.length - posix.extname(name).length), ...additions].join('')
}
