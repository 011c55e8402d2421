/** Packages as their users get them: packed and installed by npm, and the command as it is called from there. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { REPOSITORY } from './repository.ts'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A command that neither knows of the test nor of a terminal. */
export function run(cwd: string, command: string, ...args: string[]): Ended {
  const env = { ...process.env, STRUX_IN_CONTAINER: '', NODE_OPTIONS: '', FORCE_COLOR: '0', CI: '1' }
  try {
    const stdout = execFileSync(command, args, {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
    })
    return { code: 0, stdout, stderr: '' }
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string }
    return { code: status, stdout: stdout ?? '', stderr: stderr ?? String(error) }
  }
}

export function strux(cwd: string, ...args: string[]): Ended {
  return run(cwd, 'npx', '--no-install', 'strux', ...args)
}

/** What a command printed that had to go well. */
export function good({ code, stdout, stderr }: Ended): string {
  assert.is(code, 0, stdout + stderr)
  return stdout
}

/** Packs the package in a folder to a tarball in another: where it is, and the files in it. */
export function pack(cwd: string, to: string): { readonly file: string; readonly files: readonly string[] } {
  const said = good(run(cwd, 'npm', 'pack', '--json', '--pack-destination', to))
  const [{ filename, files }] = JSON.parse(said.slice(said.indexOf('[')))
  return { file: join(to, filename), files: files.map(({ path }: { path: string }) => path) }
}

export function install(cwd: string, ...tarballs: readonly string[]): Ended {
  return run(cwd, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs)
}

/** The compiler on the project in a folder. */
export function compile(cwd: string): Ended {
  const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc')
  return run(cwd, process.execPath, tsc, '-p', '.', '--pretty', 'false')
}
