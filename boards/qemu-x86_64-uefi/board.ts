/** An x86_64 machine with UEFI firmware: a GPT disk that starts by itself, virtual or on a USB stick. */
import { defineBoard, layer } from 'strux-bsp'

export interface QemuX8664UefiOptions {
  /** The bootloader that the firmware starts. Default: `'systemd-boot'`. */
  bootloader?: 'systemd-boot' | 'grub'
  /** WIDTHxHEIGHT of its screen. Default: `'1280x800'`. */
  resolution?: `${number}x${number}`
  /** Memory of the machine, such as `'4G'`. Default: `'2G'`. */
  memory?: string
}

export const qemuX86_64Uefi = defineBoard(import.meta.url, (options: QemuX8664UefiOptions) =>
  layer({
    description: 'An x86_64 virtual machine that UEFI firmware starts from a GPT disk',
    arch: 'x86_64',
    hostname: 'qemu-uefi',
    display: { resolution: options.resolution ?? '1280x800' },
    boot: {
      bootloader: { enabled: true, type: options.bootloader ?? 'systemd-boot' },
      // The last console is the one that systemd writes to.
      cmdline: 'quiet loglevel=3 systemd.show_status=true vt.global_cursor_default=0 console=ttyS0',
    },
    image: {
      partitions: [
        { name: 'esp', type: 'esp', size: '128M' },
        { name: 'root', type: 'root' },
      ],
    },
    qemu: { boot: 'uefi', memory: options.memory ?? '2G' },
  }),
)
