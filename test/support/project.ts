/** A project in a temporary folder, and the built `strux` command as a process of its own in it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
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
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../../runtime/execute/engine.ts'
import { REPOSITORY } from './repository.ts'

export const CLI = join(REPOSITORY, 'build/runtime/cli/main.js')

/** A command that takes longer hangs: ms. */
const TIMEOUT = 5 * 60 * 1000

// Does nothing where build/ is newer than its sources.
execFileSync(process.execPath, [join(REPOSITORY, '.ci/compile.mjs')], {
  stdio: ['ignore', 'ignore', 'inherit'],
})

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

export interface Reason {
  readonly code: string
  readonly subject?: string
  readonly message: string
}

/** A line of `strux build --json`. */
export interface Event {
  readonly type: string
  readonly id?: string
  readonly bsp?: string
  readonly stream?: 'stdout' | 'stderr'
  readonly line?: string
  readonly message?: string
  readonly percent?: number
  readonly outcome?: string
  readonly exit_code?: number
  readonly duration_ms?: number
  readonly ok?: boolean
  readonly reasons?: readonly Reason[]
}

export interface Result {
  /** As a shell counts: 128+n for a process that a signal ended. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Run as this user. */
  readonly uid?: number
  readonly gid?: number
  readonly cwd?: string
  /** Given on standard input; nothing otherwise. */
  readonly input?: string
  /** For what takes long: a command that takes longer hangs, in milliseconds. */
  readonly timeout?: number
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
  write(path: string, text: string | Buffer): string {
    const file = this.at(path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
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
  records(
    bsp = 'demo',
  ): Record<string, { script: string; dependencies: Record<string, unknown>; artifacts: string[] }> {
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
  connected ??= import('../../runtime/execute/engine.ts').then(({ connectEngine }) => connectEngine())
  return connected
}

/** A `strux` process. */
export class Running {
  readonly child: ChildProcess
  readonly ended: Promise<Result>
  stdout = ''
  stderr = ''

  constructor(root: string, args: readonly string[], { env, uid, gid, cwd, input, timeout }: StartOptions) {
    this.child = spawn(process.execPath, [CLI, ...args], {
      cwd: cwd ?? root,
      env: { ...cleanEnvironment(), ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    })
    this.child.stdout!.setEncoding('utf8').on('data', text => {
      this.stdout += text
    })
    this.child.stderr!.setEncoding('utf8').on('data', text => {
      this.stderr += text
    })
    this.child.stdin?.end(input)
    let hangs = false
    const timer = setTimeout(() => {
      hangs = true
      this.child.kill('SIGKILL')
    }, timeout ?? TIMEOUT)
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject)
      this.child.on('close', (code, signal) => {
        clearTimeout(timer)
        const { stdout, stderr } = this
        if (hangs) reject(new Error(`strux ${args.join(' ')} does not end:\n${stdout}\n${stderr}`))
        else resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : 128), stdout, stderr })
      })
    })
    // A test that fails for another reason does not wait for it.
    this.ended.catch(() => {})
  }

  /** Resolves when it holds; rejects where the process ends before, with what it said. */
  async until(what: string, holds: () => boolean): Promise<void> {
    let over = false
    const watch = () => {
      over = true
    }
    this.ended.then(watch, watch)
    await until(what, TIMEOUT, () => {
      if (holds()) return true
      if (over) throw new Error(`strux ended before: ${what}\n${this.stdout}\n${this.stderr}`)
      return false
    })
  }

  /** Resolves when a script has printed a line. */
  line(text: string): Promise<void> {
    return this.until(`a script prints ${text}`, () => this.stdout.includes(`"line":${JSON.stringify(text)}`))
  }
}

/** What `strux build --json` told. */
export class Built implements Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly events: readonly Event[]

  constructor({ code, stdout, stderr }: Result) {
    this.code = code
    this.stdout = stdout
    this.stderr = stderr
    this.events = stdout
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as Event)
  }

  /** The outcome of each node, by id. */
  get outcomes(): Record<string, string> {
    return Object.fromEntries(this.#finished().map(({ id, outcome }) => [id!, outcome!]))
  }

  /** The ids of those that ran, in order. */
  get ran(): string[] {
    return this.#finished()
      .filter(({ outcome }) => outcome === 'ran')
      .map(({ id }) => id!)
  }

  /** Why a node ran or not, as `code` or `code subject`. */
  reasons(id: string): string[] {
    const event = this.#finished().find(event => event.id === id)
    return (event?.reasons ?? []).map(({ code, subject }) =>
      subject === undefined ? code : `${code} ${subject}`,
    )
  }

  /** What a script printed. */
  lines(id: string, stream?: 'stdout' | 'stderr'): string[] {
    return this.events
      .filter(
        event => event.type === 'node_output' && event.id === id && (!stream || event.stream === stream),
      )
      .map(({ line }) => line!)
  }

  /** For the message of an assertion. */
  get said(): string {
    const told = this.#finished().map(
      ({ id, outcome }) => `${outcome} ${id}: ${this.reasons(id!).join(', ')}`,
    )
    return [`exit code ${this.code}`, ...told, this.stderr.slice(-3000)].join('\n')
  }

  #finished(): Event[] {
    return this.events.filter(({ type }) => type === 'node_finished')
  }
}

export async function until(
  what: string,
  milliseconds: number,
  holds: () => Promise<boolean> | boolean,
): Promise<void> {
  const end = Date.now() + milliseconds
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`)
    await sleep(25)
  }
}

/** What a developer's or a runner's own settings would change. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const {
    FORCE_COLOR: _color,
    NO_COLOR: _no,
    STRUX_IN_CONTAINER: _in,
    NODE_OPTIONS: _options,
    ...rest
  } = process.env
  return rest
}

/** A value as an author writes it: `run` is an inline script. */
function source(value: unknown, key = ''): string {
  if (key === 'run' && typeof value === 'string') return `sh\`${value.replaceAll(/`|\$\{/g, '\\$&')}\``
  if (Array.isArray(value)) return `[${value.map(each => source(each)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  return `{\n${entries.map(([name, each]) => `${JSON.stringify(name)}: ${source(each, name)},\n`).join('')}}`
}
