/**
 * A shell for files that are read before a build: without network, without the project (only copies of the
 * files in question, read-only), and with a time limit. In a container; inside a builder container, in a process of
 * its own.
 */
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { StruxError } from '../../diagnostics/error.ts'
import type { NoticeSink } from '../../execute/executor.ts'
import type { BuilderRef } from '../../model/plan.ts'
import { CONTAINER_ROOT } from '../../plan/environment.ts'
import { stateFolder } from '../../state/state-folder.ts'

/** A file of the project: its path relative to the project, and its content. */
export interface ConfinedFile {
  readonly path: string
  readonly content: Buffer
  readonly executable: boolean
}

export interface ConfinedResult {
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: string
}

export interface ConfinedShell {
  /** Runs a bash script that sees these files at their places in the project. */
  run(script: string, files: readonly ConfinedFile[]): Promise<ConfinedResult>
  close(): Promise<void>
}

export interface ConfinedOptions {
  /** Absolute. */
  readonly projectRoot: string
  readonly builder: BuilderRef
  readonly notice: NoticeSink
  readonly mirror?: string
}

/** In seconds: a file that takes longer has an endless loop, or waits for the network. */
const TIME_LIMIT = 60
const MOUNTED_AT = CONTAINER_ROOT
const SCRIPTS_AT = '/run/strux-scripts'

/** Connects to the container engine and starts a container, whose image is made first if it is missing. */
export async function openConfinedContainer(options: ConfinedOptions): Promise<ConfinedShell> {
  const { projectRoot, builder, notice, mirror } = options
  const [{ connectEngine }, { ensureBuilder }, { startGranted }, { hostTrust }, { SCRIPT_ENVIRONMENT }] =
    await Promise.all([
      import('../../execute/engine/engine.ts'),
      import('../../execute/images/builder-image.ts'),
      import('../../execute/containers/container.ts'),
      import('../../execute/engine/host-trust.ts'),
      import('../../execute/host/script-environment.ts'),
    ])
  const engine = await connectEngine()
  const folder = stateFolder(projectRoot)
  const image = await ensureBuilder(engine, builder, {
    notice,
    signal: new AbortController().signal,
    trust: hostTrust(process.env, folder),
    ...(mirror !== undefined && { mirror }),
  })
  const copies = new Copies(folder)
  const container = await startGranted(
    engine,
    {
      image: image.id,
      env: SCRIPT_ENVIRONMENT,
      binds: [`${copies.project}:${MOUNTED_AT}:ro`, `${copies.scripts}:${SCRIPTS_AT}:ro`],
      labels: {},
      workingDir: '/tmp',
      name: 'strux-extensions',
      confined: { scratch: [`${MOUNTED_AT}/dist`] },
    },
    'plain',
  ).catch(error => {
    copies.remove()
    throw new StruxError(
      `no container could be started to read bash extensions: ${(error as Error).message}`,
      {
        hint: 'Run `strux doctor` for a check of the engine.',
        cause: error,
      },
    )
  })
  return {
    async run(script, files) {
      copies.add(files)
      const name = copies.script(script)
      const stdout: Buffer[] = []
      const stderr: Buffer[] = []
      const exitCode = await container.exec({
        argv: ['timeout', '-k', '1', String(TIME_LIMIT), '/bin/bash', `${SCRIPTS_AT}/${name}`],
        stdout: chunk => void stdout.push(chunk),
        stderr: chunk => void stderr.push(chunk),
      })
      return { exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }
    },
    async close() {
      await container.remove()
      copies.remove()
    },
  }
}

/** Copies of files at their places in an otherwise empty project, and scripts. */
class Copies {
  readonly #root: string
  readonly project: string
  readonly scripts: string
  readonly #there = new Set<string>()

  constructor(folder: string) {
    this.#root = join(folder, `evaluate-${process.pid}-${randomBytes(4).toString('hex')}`)
    this.project = join(this.#root, 'project')
    this.scripts = join(this.#root, 'scripts')
    // A place for the container's own dist/, which it may write to.
    mkdirSync(join(this.project, 'dist'), { recursive: true })
    mkdirSync(this.scripts)
  }

  add(files: readonly ConfinedFile[]): void {
    for (const { path, content, executable } of files) {
      if (this.#there.has(path)) continue
      this.#there.add(path)
      const copy = join(this.project, path)
      mkdirSync(dirname(copy), { recursive: true })
      writeFileSync(copy, content, { mode: executable ? 0o755 : 0o644 })
    }
  }

  /** Returns the script's name. */
  script(text: string): string {
    const name = `${randomBytes(8).toString('hex')}.sh`
    writeFileSync(join(this.scripts, name), text)
    return name
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true })
  }
}

/**
 * For builds inside a builder container. Where the container may make namespaces, the process has no network and
 * cannot change the project.
 */
export function openConfinedProcess(projectRoot: string): ConfinedShell {
  mkdirSync(join(projectRoot, 'dist'), { recursive: true })
  // Not in the project, whose dist/ the process sees empty.
  const folder = mkdtempSync(join(tmpdir(), 'strux-evaluate-'))
  const isolate = spawnSync('unshare', ['--net', '--mount', 'true']).status === 0
  const readOnly = `mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && mount -t tmpfs tmpfs "$1/dist"; shift; exec "$@"`
  return {
    run(script) {
      const file = join(folder, `${randomBytes(8).toString('hex')}.sh`)
      writeFileSync(file, script)
      const bash = ['timeout', '-k', '1', String(TIME_LIMIT), '/bin/bash', file]
      return runProcess(
        isolate
          ? ['unshare', '--net', '--mount', '/bin/bash', '-c', readOnly, 'bash', projectRoot, ...bash]
          : bash,
      )
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
      reject(new StruxError(`bash could not be started to read extensions: ${cause.message}`, { cause })),
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
