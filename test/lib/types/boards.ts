/** Boards that the other files here build on. Every one has to compile. */
import { defineBoard, layer, sh } from 'strux-bsp'

/** Everything that a BSP has to have. */
export const family = defineBoard(import.meta.url, (_: { size?: number }) =>
  layer({ name: 'n', description: 'd', arch: 'arm64', hostname: 'h' }),
)
/** custom_kernel is literally true. */
export const vendorKernel = defineBoard(import.meta.url, (options: { ram?: 2 | 4 }) =>
  layer({
    arch: 'arm64',
    hostname: `board-${options.ram ?? 2}`,
    boot: { kernel: { custom_kernel: true, defconfig: 'vendor_defconfig' } },
  }),
)
/** Nothing about the kernel. */
export const panel = defineBoard(
  import.meta.url,
  (options: { resolution: `${number}x${number}`; touch: boolean }) =>
    layer({
      display: { resolution: options.resolution },
      rootfs: { packages: options.touch ? ['libinput-tools'] : [] },
    }),
)
/** custom_kernel depends on an option. */
export const optional = defineBoard(import.meta.url, ({ custom = false }: { custom?: boolean } = {}) =>
  layer({ boot: { kernel: { custom_kernel: custom }, bootloader: { enabled: true, type: 'u-boot' } } }),
)
/** Brings scripts that only the BSP's flags enable. */
export const scripted = defineBoard(import.meta.url, () =>
  layer({
    scripts: [
      { id: 'custom', step: 'custom_kernel', run: sh`make -C vendor` },
      { step: 'before_bootloader', location: './fetch.sh' },
    ],
  }),
)
export const several = defineBoard(import.meta.url, (options: { vendor: boolean }) => {
  if (options.vendor) {
    return layer({
      boot: { kernel: { custom_kernel: true } },
      extends: panel({ resolution: '1x1', touch: true }),
    })
  }
  return layer({ hostname: 'x' })
})
/** A board on a board. */
export const derived = defineBoard(import.meta.url, () =>
  layer({ hostname: 'derived', extends: vendorKernel({ ram: 4 }) }),
)
/** No options at all. */
export const plain = defineBoard(import.meta.url, () => layer({ arch: 'arm64' }))
