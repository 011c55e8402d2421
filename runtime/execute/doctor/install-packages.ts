/** Installs Debian packages on the host, for `strux doctor --fix`. */
import { existsSync } from 'node:fs'
import { StruxError } from '../../diagnostics/error.ts'
import type { NoticeSink } from '../executor.ts'

/** `what` is the subject of a failure message: "The engine could not be installed". */
export async function installPackages(
  what: string,
  packages: readonly string[],
  notice: NoticeSink,
): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new StruxError(`${what} can only be installed by root`, { hint: 'Run `sudo strux doctor --fix`.' })
  }
  if (!existsSync('/usr/bin/apt-get')) {
    throw new StruxError(`${what} can be installed on Debian and Ubuntu only`, {
      hint: "Install it with your distribution's package manager.",
    })
  }
  notice(`Installing ${packages.join(', ')}`)
  const { execa } = await import('execa')
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  // A stale package index is the most likely cause of a failed installation. If the update fails, the next
  // command shows why.
  await execa('apt-get', ['--quiet', 'update'], { env, stdin: 'ignore', reject: false })
  const install = ['--quiet', '--yes', 'install', '--no-install-recommends', ...packages]
  const result = await execa('apt-get', install, { env, stdin: 'ignore', reject: false, all: true })
  if (result.failed) {
    const words = result.all.trim().split('\n').slice(-3).join('\n  ')
    throw new StruxError(`${what} could not be installed:\n  ${words}`, {
      hint: `Try \`apt-get install ${packages.join(' ')}\` by hand.`,
    })
  }
}
