/** A confined shell that is a process of this machine: inside a builder container, where no other container is started. */
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StruxError } from '../diagnostics/error.ts'
import { type ConfinedResult, type ConfinedShell, limited } from './confined-shell.ts'

/** Makes the project (the first argument) read-only and its dist/ empty, then runs the other arguments. */
const READ_ONLY =
  'set -e; mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; mount -t tmpfs tmpfs "$1/dist"; shift; exec "$@"'

/**
 * Where this machine allows namespaces and mounts in them, the process has no network and cannot change the project;
 * where it only allows a network namespace, the process has no network.
 * The shell ignores the given files, because the process sees the whole project.
 */
export function openConfinedProcess(projectRoot: string): ConfinedShell {
  mkdirSync(join(projectRoot, 'dist'), { recursive: true })
  // Not in the project, whose dist/ the process sees empty.
  const folder = mkdtempSync(join(tmpdir(), 'strux-evaluate-'))
  const whole = ['unshare', '--net', '--mount', '/bin/bash', '-c', READ_ONLY, 'bash', projectRoot]
  const possible = [whole, ['unshare', '--net']].find(
    ([program, ...words]) => spawnSync(program!, [...words, 'true']).status === 0,
  )
  return {
    run(script) {
      const file = join(folder, `${randomBytes(8).toString('hex')}.sh`)
      writeFileSync(file, script)
      return runProcess([...(possible ?? []), ...limited(file)])
    },
    async close() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function runProcess(argv: readonly string[]): Promise<ConfinedResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0]!, argv.slice(1), {
      cwd: '/tmp',
      env: { PATH: process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/tmp' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', chunk => stdout.push(chunk))
    child.stderr.on('data', chunk => stderr.push(chunk))
    child.on('error', cause =>
      reject(
        new StruxError(`bash could not be started to read files before the build: ${cause.message}`, {
          cause,
        }),
      ),
    )
    child.on('close', code =>
      resolve({
        exitCode: code ?? 1,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
      }),
    )
  })
}
