/** An arm64 virtual machine that starts as a board does: U-Boot, built from source, finds the kernel on a GPT disk. */
import { defineBoard, layer } from 'strux-bsp'

export interface QemuArm64Options {
  /** WIDTHxHEIGHT of its screen. Default: `'1280x800'`. */
  resolution?: `${number}x${number}`
  /** Memory of the machine, such as `'4G'`. Default: `'2G'`. */
  memory?: string
}

export const qemuArm64 = defineBoard(import.meta.url, (options: QemuArm64Options) =>
  layer({
    description: 'An arm64 virtual machine that U-Boot starts from a GPT disk',
    arch: 'arm64',
    hostname: 'qemu-arm64',
    display: { resolution: options.resolution ?? '1280x800' },
    boot: {
      bootloader: {
        enabled: true,
        type: 'u-boot',
        source: 'deb-src:u-boot',
        defconfig: 'qemu_arm64_defconfig',
        fragments: ['CONFIG_BOOTDELAY=0'],
      },
      // The last console is the one that systemd writes to.
      cmdline: 'quiet loglevel=3 systemd.show_status=true vt.global_cursor_default=0 console=ttyAMA0',
    },
    image: {
      partitions: [
        { name: 'boot', type: 'boot', size: '256M' },
        { name: 'root', type: 'root' },
      ],
    },
    qemu: {
      boot: 'firmware',
      firmware: 'cache/bootloader/u-boot.bin',
      machine: 'virt',
      cpu: 'cortex-a72',
      memory: options.memory ?? '2G',
    },
  }),
)
