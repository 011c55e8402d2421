/** The file of a declared image, in the output folder. */
import type { BspData } from '../../../lib/schema.ts'

export function imageName(image: NonNullable<BspData['image']>): string {
  return image.name ?? (image.table === 'none' ? 'rootfs.ext4' : 'disk.img')
}
