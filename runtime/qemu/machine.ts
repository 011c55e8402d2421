/**
 * The emulated machine: QEMU's command line, from the definition alone. Source of the defaults: the facts about
 * the original's `strux run`, and tests of which of its choices boot under emulation.
 */
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { TargetArch } from '../model/plan.ts'
import type { Display } from './window.ts'

export interface MachineFacts {
  readonly project: ProjectData
  readonly bsp: BspData
  readonly arch: TargetArch
  /** Absolute paths of the files that the machine starts from. */
  readonly files: {
    readonly disk: string
    /** For `boot: 'direct'`. */
    readonly kernel?: string
    readonly initrd?: string
    /** For `boot: 'uefi'`: the firmware's program, and a writable copy of its variables. */
    readonly uefi?: { readonly code: string; readonly vars: string }
    /** For `boot: 'firmware'`. */
    readonly firmware?: string
  }
  /** The kernel's arguments, for `boot: 'direct'`. */
  readonly cmdline: string
}

export interface MachineOptions {
  /** Hardware virtualisation instead of emulation. */
  readonly kvm: boolean
  /** The display for the screen. */
  readonly display: Display
  /** The Unix socket for QMP. */
  readonly qmp: string
  readonly consoleLog: string
  /** Ports of this machine that are forwarded to guest ports. */
  readonly forwards: readonly { readonly host: number; readonly guest: number }[]
  /** Whether the guest's writes are kept in the image. */
  readonly keepChanges: boolean
}

export const QEMU_PROGRAM: Readonly<Record<TargetArch, string>> = {
  x86_64: 'qemu-system-x86_64',
  arm64: 'qemu-system-aarch64',
  armhf: 'qemu-system-arm',
}

const MACHINE = { x86_64: 'q35', arm64: 'virt', armhf: 'virt' } as const
/**
 * All features that QEMU emulates, except AVX. QEMU's AVX2 emulation reads wrong addresses in gather
 * instructions, which Mesa's llvmpipe uses in shaders, so the browser crashes when it draws. Without AVX,
 * drawing also starts sooner.
 */
const CPU = { x86_64: 'max,avx=off,avx2=off', arm64: 'cortex-a72', armhf: 'cortex-a15' } as const
/** The serial console, by the kernel's name for the port. */
export const SERIAL_CONSOLE = { x86_64: 'ttyS0', arm64: 'ttyAMA0', armhf: 'ttyAMA0' } as const

export function machineArguments(facts: MachineFacts, options: MachineOptions): string[] {
  const { project, bsp, arch, files } = facts
  const qemu = bsp.qemu ?? {}
  return [
    ...['-name', bsp.name.replaceAll(',', ' '), '-nodefaults'],
    ...['-machine', qemu.machine ?? MACHINE[arch]],
    ...(options.kvm
      ? ['-accel', 'kvm', '-cpu', 'host']
      : ['-accel', 'tcg,thread=multi', '-cpu', qemu.cpu ?? CPU[arch]]),
    ...['-smp', '2', '-m', qemu.memory ?? '2G'],
    ...['-device', graphics(project, bsp)],
    ...['-device', 'virtio-rng-pci', '-device', 'virtio-tablet-pci', '-device', 'virtio-keyboard-pci'],
    ...[
      '-drive',
      `file=${comma(files.disk)},format=raw,if=virtio,snapshot=${options.keepChanges ? 'off' : 'on'}`,
    ],
    ...boot(facts),
    ...network(project, options),
    ...console(options),
    ...['-qmp', `unix:${comma(options.qmp)},server=on,wait=off`],
    ...['-display', options.display],
    '-no-reboot',
    ...usb(project),
    ...[...(qemu.flags ?? []), ...(project.qemu?.flags ?? [])].flatMap(flag =>
      flag.split(' ').filter(word => word !== ''),
    ),
  ]
}

/** One output for each monitor of the project; the first has the requested resolution. */
function graphics(project: ProjectData, bsp: BspData): string {
  const monitors = project.display?.monitors ?? []
  const [width, height] = (monitors[0]?.resolution ?? bsp.display?.resolution ?? '1280x800').split('x')
  const outputs = monitors.length > 1 ? `,max_outputs=${monitors.length}` : ''
  return `virtio-gpu-pci,xres=${Number(width)},yres=${Number(height)}${outputs}`
}

function boot({ files, cmdline }: MachineFacts): string[] {
  if (files.firmware !== undefined) return ['-bios', files.firmware]
  if (files.uefi !== undefined) {
    return [
      '-drive',
      `if=pflash,unit=0,format=raw,readonly=on,file=${comma(files.uefi.code)}`,
      '-drive',
      `if=pflash,unit=1,format=raw,file=${comma(files.uefi.vars)}`,
    ]
  }
  const initrd = files.initrd === undefined ? [] : ['-initrd', files.initrd]
  return ['-kernel', files.kernel!, ...initrd, '-append', cmdline]
}

function network(project: ProjectData, { forwards }: MachineOptions): string[] {
  if (project.qemu?.network === false) return ['-nic', 'none']
  const rules = forwards.map(({ host, guest }) => `,hostfwd=tcp:127.0.0.1:${host}-:${guest}`).join('')
  return ['-netdev', `user,id=net0${rules}`, '-device', 'virtio-net-pci,netdev=net0']
}

/** With a window, the console is also shown on the terminal, where Ctrl-C ends the machine. */
function console({ display, consoleLog }: MachineOptions): string[] {
  const device =
    display === 'none'
      ? `file,id=console,path=${comma(consoleLog)}`
      : `stdio,id=console,signal=on,logfile=${comma(consoleLog)}`
  return ['-chardev', device, '-serial', 'chardev:console']
}

function usb(project: ProjectData): string[] {
  const devices = project.qemu?.usb ?? []
  if (devices.length === 0) return []
  return [
    ...['-device', 'qemu-xhci'],
    ...devices.flatMap(({ vendor_id, product_id }) => [
      '-device',
      `usb-host,vendorid=0x${vendor_id},productid=0x${product_id}`,
    ]),
  ]
}

/** Doubles commas, as values of QEMU's options require. */
function comma(path: string): string {
  return path.replaceAll(',', ',,')
}
