/**
 * Architecture names: those that authors write and those that scripts get. Source: lifecycle-scripts facts,
 * `arch` of bsp.yaml.
 */
import type { TargetArch } from '../model/plan.ts'

const ALIASES: Readonly<Record<string, TargetArch>> = {
  arm64: 'arm64',
  aarch64: 'arm64',
  x86_64: 'x86_64',
  amd64: 'x86_64',
  armhf: 'armhf',
  armv7: 'armhf',
  arm: 'armhf',
}

/** The architecture's name in Debian. */
export const DEBIAN_ARCH: Readonly<Record<TargetArch, string>> = {
  arm64: 'arm64',
  x86_64: 'amd64',
  armhf: 'armhf',
}

/** The file that the kernel's own build makes. */
export const KERNEL_IMAGE: Readonly<Record<TargetArch, string>> = {
  arm64: 'Image',
  x86_64: 'bzImage',
  armhf: 'zImage',
}

/** The target of a BSP's `arch`; `host` is the architecture of the build machine. */
export function targetArch(arch: string, host: TargetArch): TargetArch {
  return arch === 'host' ? host : (ALIASES[arch] ?? host)
}

/**
 * The architecture of this machine, by its name in scripts. Any machine that is not ARM counts as x86_64, as in
 * the original.
 */
export function hostArch(nodeArch: string = process.arch): TargetArch {
  if (nodeArch === 'arm64') return 'arm64'
  return nodeArch === 'arm' ? 'armhf' : 'x86_64'
}
