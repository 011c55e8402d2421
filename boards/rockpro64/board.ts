/**
 * Pine64 ROCKPro64, a board with a Rockchip RK3399: U-Boot from source with the open memory initialisation (TPL) and
 * TF-A as Debian packages it, Debian's kernel. Offsets: the boot ROM reads sector 64 of a card or eMMC, and the first
 * stage there finds the second one at sector 16384; `u-boot-rockchip.bin` has both at that distance.
 */
import { defineBoard, layer } from 'strux-bsp'

export interface RockPro64Options {
  /** WIDTHxHEIGHT of the display at the HDMI port. Default: `'1920x1080'`. */
  resolution?: `${number}x${number}`
}

export const rockPro64 = defineBoard(import.meta.url, (options: RockPro64Options) =>
  layer({
    description: 'Pine64 ROCKPro64 (Rockchip RK3399)',
    arch: 'arm64',
    hostname: 'rockpro64',
    display: { resolution: options.resolution ?? '1920x1080' },
    boot: {
      bootloader: {
        enabled: true,
        type: 'u-boot',
        source: 'deb-src:u-boot',
        defconfig: 'rockpro64-rk3399_defconfig',
        blobs: [
          {
            id: 'bl31.elf',
            role: 'bl31',
            path: 'deb:arm-trusted-firmware/usr/lib/arm-trusted-firmware/rk3399/bl31.elf',
            required: true,
          },
        ],
      },
      cmdline: 'quiet vt.global_cursor_default=0 console=ttyS2,1500000n8',
    },
    // Its initramfs has the drivers of the card, the eMMC and their regulators.
    rootfs: { overlay: './overlay' },
    image: {
      device_tree: 'rockchip/rk3399-rockpro64.dtb',
      raw: [{ file: 'cache/bootloader/u-boot-rockchip.bin', offset: '32K' }],
      partitions: [
        { name: 'boot', type: 'boot', offset: '16M', size: '256M' },
        { name: 'root', type: 'root' },
      ],
    },
  }),
)
