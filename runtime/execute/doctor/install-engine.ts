/** `strux doctor --fix`: installs and starts a container engine on Debian or Ubuntu. */
import { spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { StruxError } from '../../diagnostics/error.ts'
import { pidExists } from '../../state/process-identity.ts'
import { connectEngine, type Engine } from '../engine/engine.ts'
import type { NoticeSink } from '../executor.ts'
import { installPackages } from './install-packages.ts'

/** The packages for the engine; the client program is not needed. */
const PACKAGES = ['docker.io', 'iptables', 'ca-certificates']
const PID_FILE = '/run/docker.pid'
const LOG_FILE = '/var/log/dockerd.log'
/** Time limit for the engine's start, in ms. */
const START_TIMEOUT = 30_000

/**
 * Installs and starts an engine; returns at once if one already answers. Throws a StruxError without root
 * rights, on other distributions, and if the engine does not start.
 */
export async function installEngine(notice: NoticeSink): Promise<Engine> {
  const running = await connectEngine().catch(() => undefined)
  if (running !== undefined) return running
  if (process.getuid?.() !== 0) {
    throw new StruxError('Only root can install a container engine', {
      hint: 'Run `sudo strux doctor --fix`.',
    })
  }
  if (!existsSync('/usr/bin/dockerd') && !existsSync('/usr/sbin/dockerd'))
    await installPackages('The engine', PACKAGES, notice)
  notice('Starting the container engine')
  await startDaemon()
  return waitForEngine()
}

/** Uses systemd if it runs; otherwise starts the daemon directly, for machines with another init. */
async function startDaemon(): Promise<void> {
  if (existsSync('/run/systemd/system')) {
    const { execa } = await import('execa')
    const result = await execa('systemctl', ['enable', '--now', 'docker'], { reject: false, stdin: 'ignore' })
    if (!result.failed) return
  }
  removeStalePidFile()
  const log = openSync(LOG_FILE, 'a')
  const daemon = spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] })
  daemon.on('error', () => {})
  daemon.unref()
}

/** Removes the pid file of a dead daemon, because a new daemon would refuse to start. */
export function removeStalePidFile(file = PID_FILE): void {
  try {
    if (!pidExists(Number(readFileSync(file, 'utf8').trim()))) rmSync(file)
  } catch {}
}

async function waitForEngine(): Promise<Engine> {
  const end = Date.now() + START_TIMEOUT
  for (;;) {
    try {
      return await connectEngine()
    } catch (cause) {
      if (Date.now() > end) {
        throw new StruxError(`The container engine did not start within ${START_TIMEOUT / 1000} s`, {
          hint: `See ${LOG_FILE}, or \`journalctl -u docker\` if systemd runs.`,
          cause,
        })
      }
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
}
