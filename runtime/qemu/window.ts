/** Finds out whether QEMU can open a window here, and with which display. */
import { spawnSync } from 'node:child_process'
import { StruxError } from '../diagnostics/error.ts'

/** QEMU's names for displays. */
export type Display = 'none' | 'gtk' | 'sdl' | 'cocoa'

/** The Debian package for QEMU's windows. */
export const WINDOW_PACKAGE = 'qemu-system-gui'

const HEADLESS = 'Start it without one: --headless, or --screenshot FILE for a picture of the screen.'

/** Whether there is a desktop for windows. */
export function hasDesktop(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): boolean {
  return platform === 'darwin' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
}

/**
 * The display for a window. Throws a StruxError without a desktop, or if QEMU was installed without window
 * support.
 *
 * @param offered the output of that QEMU's `-display help`
 */
export function chooseDisplay(
  offered: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Display {
  if (!hasDesktop(env, platform)) {
    throw new StruxError(
      'there is no desktop to open a window on (DISPLAY and WAYLAND_DISPLAY are not set)',
      {
        hint: HEADLESS,
      },
    )
  }
  const names = offered.split(/\s+/)
  const found = (['cocoa', 'gtk', 'sdl'] as const).find(name => names.includes(name))
  if (found) return found
  throw new StruxError('QEMU cannot open a window: it was installed without gtk and sdl', {
    hint: `On Debian and Ubuntu: apt-get install ${WINDOW_PACKAGE}. ${HEADLESS}`,
  })
}

/** The result of `chooseDisplay` for a QEMU on this machine. */
export function findDisplay(program: string): Display {
  const { stdout } = spawnSync(program, ['-display', 'help'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return chooseDisplay(stdout ?? '', process.env)
}
