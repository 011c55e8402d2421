/** A project in a temporary folder, and commands in it. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { NodeRecord } from '../../runtime/cache/record.ts'
import type { Engine } from '../../runtime/execute/engine/engine.ts'
import { Built } from './built.ts'
import { type Result, Running, type StartOptions, until } from './process.ts'

export interface Script {
  readonly step?: string
  readonly id?: string
  readonly location?: string
  /** The text of an inline script. */
  readonly run?: string
  readonly cached_generated_artifacts?: readonly string[]
  readonly depends_on?: readonly string[]
  readonly tools?: readonly string[]
  readonly description?: string
}

export class TempProject {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'strux-cli-')))
  /** For every command that is started from now on. */
  defaults: StartOptions = {}
  readonly #started = new Set<Running>()

  constructor() {
    chmodSync(this.root, 0o755)
    this.config()
  }

  at(path: string): string {
    return join(this.root, path)
  }

  /** Relative to the project; folders are made. Returns the absolute path. */
  write(path: string, text: string | Buffer, mode = 0o644): string {
    const file = this.at(path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    chmodSync(file, mode)
    return file
  }

  read(path: string): string {
    return readFileSync(this.at(path), 'utf8')
  }

  has(path: string): boolean {
    return existsSync(this.at(path))
  }

  remove(path: string): void {
    rmSync(this.at(path), { recursive: true, force: true })
  }

  /** Writes strux.config.ts. */
  config(more: object = {}): void {
    const data = { name: 'test', project_version: '1.2.3', bsp: 'demo', ...more }
    this.write(
      'strux.config.ts',
      `import { defineConfig, sh } from 'strux-bsp'\n\nvoid sh\nexport default defineConfig(${source(data)})\n`,
    )
  }

  /** Writes bsp/NAME/bsp.ts. Scripts run in the small builder unless they say otherwise. */
  bsp(
    scripts: readonly Script[],
    { name = 'demo', ...more }: { name?: string; [key: string]: unknown } = {},
  ): void {
    const data = {
      ...{ name, description: 'A test', arch: 'host', hostname: name },
      scripts: scripts.map(script =>
        script.step?.startsWith('flash') ? script : { tools: ['image'], ...script },
      ),
      ...more,
    }
    this.write(
      `bsp/${name}/bsp.ts`,
      `import { defineBsp, sh } from 'strux-bsp'\n\nvoid sh\nexport default defineBsp(${source(data)})\n`,
    )
  }

  /** The records of a BSP's scripts as they are in the file; none where there is no file. */
  records(bsp = 'demo'): Record<string, NodeRecord> {
    const file = `dist/cache/${bsp}/.build-cache.json`
    return this.has(file) ? JSON.parse(this.read(file)).scripts : {}
  }

  start(args: readonly string[], options: StartOptions = {}): Running {
    const running = new Running(this.root, args, { ...this.defaults, ...options })
    this.#started.add(running)
    return running
  }

  strux(args: readonly string[], options: StartOptions = {}): Promise<Result> {
    return this.start(args, options).ended
  }

  /**
   * `strux build --json`; where `args` select nothing, of the scripts from the hook `before_bundle` on, since what comes
   * before needs the bodies of steps.
   */
  startBuild(args: readonly string[] = [], options: StartOptions = {}): Running {
    const selected = args.includes('--from') || args.includes('--only')
    return this.start(['build', '--json', ...(selected ? [] : ['--from', 'before_bundle']), ...args], options)
  }

  async build(args: readonly string[] = [], options: StartOptions = {}): Promise<Built> {
    const running = this.startBuild(args, options)
    return new Built(await running.ended)
  }

  /** Gives all files to a user. */
  chown(uid: number, gid: number): void {
    execFileSync('chown', ['-R', `${uid}:${gid}`, this.root])
    chownSync(this.root, uid, gid)
  }

  async dispose(): Promise<void> {
    for (const running of this.#started) {
      running.child.kill('SIGKILL')
      await running.ended.catch(() => {})
    }
    // A process that was killed between making and starting a container leaves it to the next build, which never comes.
    if (this.#started.size > 0) {
      const { docker } = await engine()
      for (const id of await this.containers())
        await docker
          .getContainer(id)
          .remove({ force: true })
          .catch(() => {})
      await until('no container is left', 30_000, async () => !(await this.hasContainers()))
    }
    rmSync(this.root, { recursive: true, force: true })
  }

  /** Containers of this project that the engine still knows, running or not. */
  async containers(): Promise<string[]> {
    const { docker } = await engine()
    const label = [`strux.project=${createHash('sha256').update(this.root).digest('hex')}`]
    return (await docker.listContainers({ all: true, filters: { label } })).map(({ Id }) => Id)
  }

  async hasContainers(): Promise<boolean> {
    return (await this.containers()).length > 0
  }
}

let connected: Promise<Engine> | undefined

/** Loaded when it is needed: most tests ask the engine nothing. */
export function engine(): Promise<Engine> {
  connected ??= import('../../runtime/execute/engine/engine.ts').then(({ connectEngine }) => connectEngine())
  return connected
}

/** A value as an author writes it: `run` is an inline script. */
function source(value: unknown, key = ''): string {
  if (['run', 'target_finalize'].includes(key) && typeof value === 'string')
    return `sh\`${value.replaceAll(/`|\$\{/g, '\\$&')}\``
  if (Array.isArray(value)) return `[${value.map(each => source(each)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  return `{\n${entries.map(([name, each]) => `${JSON.stringify(name)}: ${source(each, name)},\n`).join('')}}`
}
