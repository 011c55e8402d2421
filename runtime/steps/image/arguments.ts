/** The kernel's arguments of a BSP, without the root device, which only an image knows. */
import type { BspData, ProjectData } from '../../../lib/schema.ts'

/** Plymouth shows nothing without the first, and with a serial console nothing without the second. */
const SPLASH = ['splash', 'plymouth.ignore-serial-consoles']

/** `boot.cmdline`, and what the project's splash needs besides. */
export function kernelArguments(
  project: Pick<ProjectData, 'boot'>,
  { boot: { cmdline = '' } = {} }: Pick<BspData, 'boot'>,
): string {
  const given = cmdline.split(/\s+/)
  const splash = project.boot?.splash?.enabled ? SPLASH : []
  return [cmdline, ...splash.filter(word => !given.includes(word))].filter(part => part !== '').join(' ')
}
