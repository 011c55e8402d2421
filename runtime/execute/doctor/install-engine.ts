/** `strux doctor --fix`: gets a container engine onto a Debian or Ubuntu machine and running. */
import { spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { StruxError } from '../../diagnostics/error.ts'
import { connectEngine, type Engine } from '../engine/engine.ts'
import type { NoticeSink } from '../executor.ts'
import { isAlive } from '../ownership/notes.ts'
import { installPackages } from './install-packages.ts'

/** What the engine itself needs; the client program is not needed. */
const PACKAGES = ['docker.io', 'iptables', 'ca-certificates']
const PID_FILE = '/run/docker.pid'
const LOG_FILE = '/var/log/dockerd.log'
/** For the engine's start, in milliseconds. */
const START_TIMEOUT = 30_000

/**
 * Installs and starts an engine where none answers; returns at once where one does.
 * Throws a StruxError without root's rights, on other distributions, and where the engine does not come up.
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

/** By systemd where it runs; otherwise on its own, as on machines whose first process is something else. */
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

/** Of a daemon that died; a new one would refuse to start. */
export function removeStalePidFile(file = PID_FILE): void {
  try {
    if (!isAlive(Number(readFileSync(file, 'utf8').trim()))) rmSync(file)
  } catch {}
}

async function waitForEngine(): Promise<Engine> {
  const end = Date.now() + START_TIMEOUT
  for (;;) {
    try {
      return await connectEngine()
    } catch (cause) {
      if (Date.now() > end) {
        throw new StruxError(`The container engine does not come up within ${START_TIMEOUT / 1000} s`, {
          hint: `See ${LOG_FILE}, or \`journalctl -u docker\` where systemd runs.`,
          cause,
        })
      }
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
}
