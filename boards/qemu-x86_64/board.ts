/** An x86_64 virtual machine: QEMU starts the kernel itself, and the disk is one filesystem. */
import { defineBoard, layer } from 'strux-bsp'

export interface QemuX8664Options {
  /** WIDTHxHEIGHT of its screen. Default: `'1280x800'`. */
  resolution?: `${number}x${number}`
  /** Memory of the machine, such as `'4G'`. Default: `'2G'`. */
  memory?: string
}

export const qemuX86_64 = defineBoard(import.meta.url, (options: QemuX8664Options) =>
  layer({
    description: 'An x86_64 virtual machine whose kernel QEMU starts itself',
    arch: 'x86_64',
    hostname: 'qemu',
    display: { resolution: options.resolution ?? '1280x800' },
    image: { table: 'none', partitions: [{ name: 'root', type: 'root' }] },
    qemu: { boot: 'direct', memory: options.memory ?? '2G' },
  }),
)
