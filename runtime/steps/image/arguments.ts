/** The kernel arguments of a BSP, without the root device, which depends on the image. */
import type { BspData, ProjectData } from '../../../lib/schema.ts'

/**
 * Plymouth shows nothing without `splash`, and ignores the screen of a device with a serial console without the
 * second argument.
 */
const SPLASH = ['splash', 'plymouth.ignore-serial-consoles']

/** `boot.cmdline`, and the arguments for the project's splash. */
export function kernelArguments(
  project: Pick<ProjectData, 'boot'>,
  { boot: { cmdline = '' } = {} }: Pick<BspData, 'boot'>,
): string {
  const given = cmdline.split(/\s+/)
  const splash = project.boot?.splash?.enabled ? SPLASH : []
  return [cmdline, ...splash.filter(word => !given.includes(word))].filter(part => part !== '').join(' ')
}
