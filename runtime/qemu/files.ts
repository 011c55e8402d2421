/** Finds the files that a guest starts from, or says how to get them. */
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { BspData, ProjectData } from '../../lib/schema.ts'
import { StruxError } from '../diagnostics/error.ts'
import { cacheFolder, outputFolder, resolveArtifact } from '../model/paths.ts'
import type { TargetArch } from '../model/plan.ts'
import { imageName } from '../plan/image-name.ts'
import { kernelArguments } from '../steps/image/arguments.ts'
import type { MachineFacts } from './machine.ts'
import { QEMU_PROGRAM, SERIAL_CONSOLE } from './machine.ts'

export interface GuestFacts {
  readonly root: string
  readonly bspName: string
  readonly bsp: BspData
  readonly project: ProjectData
  readonly arch: TargetArch
}

/** Debian's package names for QEMU. */
const PACKAGE: Readonly<Record<TargetArch, string>> = {
  x86_64: 'qemu-system-x86',
  arm64: 'qemu-system-arm',
  armhf: 'qemu-system-arm',
}

/** UEFI firmware as installed by Debian, Fedora, Arch and Homebrew: program and variables. */
const FIRMWARE: Readonly<Record<TargetArch, readonly (readonly [string, string])[]>> = {
  x86_64: [
    ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'],
    ['/usr/share/OVMF/OVMF_CODE.fd', '/usr/share/OVMF/OVMF_VARS.fd'],
    ['/usr/share/edk2/ovmf/OVMF_CODE.fd', '/usr/share/edk2/ovmf/OVMF_VARS.fd'],
    ['/usr/share/edk2/x64/OVMF_CODE.4m.fd', '/usr/share/edk2/x64/OVMF_VARS.4m.fd'],
    ['/opt/homebrew/share/qemu/edk2-x86_64-code.fd', '/opt/homebrew/share/qemu/edk2-i386-vars.fd'],
  ],
  arm64: [
    ['/usr/share/AAVMF/AAVMF_CODE.fd', '/usr/share/AAVMF/AAVMF_VARS.fd'],
    ['/usr/share/edk2/aarch64/QEMU_EFI-pflash.raw', '/usr/share/edk2/aarch64/vars-template-pflash.raw'],
    ['/opt/homebrew/share/qemu/edk2-aarch64-code.fd', '/opt/homebrew/share/qemu/edk2-arm-vars.fd'],
  ],
  armhf: [['/usr/share/AAVMF/AAVMF32_CODE.fd', '/usr/share/AAVMF/AAVMF32_VARS.fd']],
}

/** Debian's packages for starting images of every board. */
export const QEMU_PACKAGES = ['qemu-system-x86', 'qemu-system-arm', 'ovmf', 'qemu-efi-aarch64']

/** The architectures without QEMU on this machine. */
export function missingQemu(): TargetArch[] {
  return (Object.keys(QEMU_PROGRAM) as TargetArch[]).filter(arch => !inPath(QEMU_PROGRAM[arch]))
}

function inPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(':')
    .map(folder => join(folder, name))
    .find(file => existsSync(file))
}

/** Returns the program's path. Throws a StruxError if QEMU is not installed. */
export function findQemu(arch: TargetArch): string {
  const name = QEMU_PROGRAM[arch]
  const found = inPath(name)
  if (found) return found
  throw new StruxError(`${name} is not on this machine`, {
    hint: `Install it (on Debian and Ubuntu: apt-get install ${PACKAGE[arch]}), or run strux doctor --fix as root.`,
  })
}

/** Program and variables of UEFI firmware. The variables are a template: a guest gets a copy. */
export function findUefi(arch: TargetArch): { code: string; vars: string } {
  const found = FIRMWARE[arch].find(pair => pair.every(file => existsSync(file)))
  if (found) return { code: found[0], vars: found[1] }
  throw new StruxError(`there is no UEFI firmware for ${arch} on this machine`, {
    hint: `On Debian and Ubuntu: apt-get install ${arch === 'x86_64' ? 'ovmf' : 'qemu-efi-aarch64'}.`,
  })
}

/** The files of a built image. Throws a StruxError that names the first missing one. */
export function guestFiles(facts: GuestFacts): Pick<MachineFacts, 'files' | 'cmdline'> {
  const { bspName, bsp } = facts
  const cache = cacheFolder(bspName)
  const built = (path: string): string => need(facts, path)
  const disk = built(diskOf(facts))
  const how = bsp.qemu?.boot ?? 'direct'
  if (how === 'firmware') {
    const declared = bsp.qemu?.firmware
    if (declared === undefined)
      throw new StruxError("qemu.boot is 'firmware', but qemu.firmware names no file", {
        hint: "Name it, for example firmware: 'cache/bootloader/u-boot.bin'.",
      })
    return { files: { disk, firmware: built(place(declared, bspName)) }, cmdline: '' }
  }
  if (how === 'uefi') return { files: { disk, uefi: findUefi(facts.arch) }, cmdline: '' }
  const initrd = join(facts.root, cache, 'initrd.img')
  return {
    files: { disk, kernel: built(`${cache}/vmlinuz`), ...(existsSync(initrd) && { initrd }) },
    cmdline: directCmdline(facts),
  }
}

function diskOf({ bsp, bspName }: GuestFacts): string {
  if (bsp.qemu?.image !== undefined) return place(bsp.qemu.image, bspName)
  return `${outputFolder(bspName)}/${bsp.image ? imageName(bsp.image) : 'rootfs.ext4'}`
}

function place(declared: string, bsp: string): string {
  const resolved = resolveArtifact(declared, { bsp, own: '.' })
  if ('path' in resolved) return resolved.path
  throw new StruxError(`'${declared}' leads out of the project`)
}

function need({ root, bspName }: GuestFacts, path: string): string {
  const file = join(root, path)
  if (existsSync(file)) return file
  throw new StruxError(`there is no ${posix.normalize(path)}`, {
    hint: `Build it first: strux build ${bspName}`,
  })
}

/** The kernel arguments that the image step recorded, else those for an image of one filesystem. */
function directCmdline({ root, bspName, project, bsp, arch }: GuestFacts): string {
  let cmdline = `root=/dev/vda rw ${kernelArguments(project, bsp)}`
  try {
    const recorded: unknown = JSON.parse(
      readFileSync(join(root, cacheFolder(bspName), '.image.json'), 'utf8'),
    )
    if (typeof (recorded as { cmdline?: unknown }).cmdline === 'string' && bsp.image)
      cmdline = (recorded as { cmdline: string }).cmdline
  } catch {
    // A make_image script made the image.
  }
  const words = cmdline.split(/\s+/).filter(word => word !== '')
  const quiet = [
    'quiet',
    'loglevel=3',
    'systemd.show_status=true',
    'vt.global_cursor_default=0',
    `console=${SERIAL_CONSOLE[arch]}`,
  ]
  const given = new Set(words.map(word => word.split('=')[0]))
  return [...words, ...quiet.filter(word => !given.has(word.split('=')[0]!))].join(' ')
}
