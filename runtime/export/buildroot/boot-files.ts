/** The configuration of the bootloader in the boot partition, as a build writes it, but without an initrd. */
import { posix } from 'node:path'
import type { BspData } from '../../../lib/schema.ts'

/** Where the bootloader finds the kernel: a folder without `/` at its end, and the file in it. */
export interface BootPlace {
  readonly folder: string
  readonly kernel: string
}

/** By path in the folder. Source: image/boot.sh. */
export function bootFiles(
  bsp: BspData,
  title: string,
  root: string,
  { folder, kernel: file }: BootPlace,
): Record<string, string> {
  const { cmdline = '', bootloader } = bsp.boot ?? {}
  const given = ` ${cmdline} `.includes(' root=')
  const options = given ? cmdline : `root=${root} rw rootwait${cmdline && ` ${cmdline}`}`
  const tree = deviceTreeFile(bsp)
  const kernel = `${folder}/${file}`
  const type = bootloader?.enabled ? bootloader.type : undefined
  if (type === 'grub')
    return {
      // The place where Buildroot's GRUB looks for it.
      'EFI/BOOT/grub.cfg': text(
        'set timeout=0',
        'set default=0',
        `menuentry '${title}' {`,
        `  linux ${kernel} ${options}`,
        ...(tree === undefined ? [] : [`  devicetree ${folder}/${tree}`]),
        '}',
      ),
    }
  if (type === 'systemd-boot')
    return {
      'loader/loader.conf': text('timeout 0', 'default strux.conf', 'editor no'),
      'loader/entries/strux.conf': text(
        `title ${title}`,
        `linux ${kernel}`,
        ...(tree === undefined ? [] : [`devicetree ${folder}/${tree}`]),
        `options ${options}`,
      ),
    }
  return {
    'extlinux/extlinux.conf': text(
      'default strux',
      'timeout 0',
      'label strux',
      `  kernel ${kernel}`,
      ...(tree === undefined ? [] : [`  fdt ${folder}/${tree}`]),
      `  append ${options}`,
    ),
  }
}

/** The device tree that the kernel gets: the one that the image names, or the only one that is built. */
export function deviceTreeFile({ image, boot }: BspData): string | undefined {
  const { dts = [] } = boot?.kernel?.device_tree ?? {}
  const [only, ...more] = [dts].flat()
  const named = image?.device_tree ?? (more.length === 0 ? only : undefined)
  return named === undefined ? undefined : posix.basename(named).replace(/\.dts$/, '.dtb')
}

const text = (...lines: string[]): string => lines.map(line => `${line}\n`).join('')
