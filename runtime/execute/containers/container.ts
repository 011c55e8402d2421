/**
 * One container: it cannot outlive this process, runs commands by `exec`, and is removed with all its
 * processes.
 */
import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type Dockerode from 'dockerode'
import { quoteForShell } from '../../../lib/sh.ts'
import { StruxError } from '../../diagnostics/error.ts'
import type { Taken } from '../../report/drained.ts'
import { type Engine, engineReason, engineStatus } from '../engine/engine.ts'
import {
  GRANTS,
  type Grant,
  type GrantMemory,
  grantSettings,
  refusedPrivileges,
} from '../engine/privileges.ts'
import type { Caller } from './caller.ts'
import { Demultiplexer } from './demultiplex.ts'
import { Intake } from './intake.ts'

export interface ContainerSpec {
  readonly image: string
  readonly env: Readonly<Record<string, string>>
  readonly binds: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly workingDir: string
  /** Prefix of the container's name. */
  readonly name: string
  /**
   * Without network, capabilities and new privileges, and read-only but for the folders given here, which are empty
   * and in memory.
   */
  readonly confined?: { readonly scratch: readonly string[] }
}

/** The engine's settings of a confined container. */
function confinement({ confined }: ContainerSpec) {
  if (!confined) return {}
  return {
    NetworkMode: 'none',
    ReadonlyRootfs: true,
    PidsLimit: 4096,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    Tmpfs: Object.fromEntries(confined.scratch.map(folder => [folder, 'mode=1777,exec'])),
  }
}

/**
 * PID 1 waits for the end of its input, which this process holds open and never writes to. When this process
 * ends for any reason, the engine closes the input, PID 1 exits, and every process in the container ends with
 * it (StdinOnce, AutoRemove). PID 1 is bash because bash also reaps a script's orphans, which `cat` would leave
 * as zombies.
 */
const DEAD_MANS_SWITCH = ['/bin/bash', '-c', 'while IFS= read -r _; do :; done']

/**
 * A program that waits for the text of a command, whose length in bytes comes first. An end of input would do as
 * well, but not every connection to an engine can be closed in one direction.
 */
const LAUNCHER = ['/bin/bash', '-c', 'IFS= read -r length && eval "$(head -c "$length")"']

/** 128 + SIGKILL. */
const KILLED = 137

/**
 * How often to check, in ms, whether a silent script has ended: a process that it left behind may hold its
 * output open.
 */
const EXIT_CHECK = 250

/**
 * Starts a container with the highest grant that the engine gives, or with exactly the one that is wanted.
 * Throws a StruxError if none can be started.
 */
export async function startContainer(
  engine: Engine,
  spec: ContainerSpec,
  memory: GrantMemory,
  wanted?: Grant,
): Promise<Container> {
  const known = memory.recall(engine.id)
  const possible = known === undefined ? GRANTS : GRANTS.slice(GRANTS.indexOf(known))
  const grants = wanted ? [wanted] : possible
  for (const grant of grants) {
    try {
      const container = await startGranted(engine, spec, grant)
      if (!wanted) memory.remember(engine.id, grant)
      return container
    } catch (cause) {
      const reason = engineReason(cause)
      if (grant !== GRANTS.at(-1) && refusedPrivileges(reason)) continue
      throw new StruxError(`No container could be started from ${spec.image}: ${reason}`, {
        hint: 'Run `strux doctor` for a check of the engine.',
        cause,
      })
    }
  }
  throw new StruxError(`No container could be started from ${spec.image}`)
}

/** Starts a container with the given grant; throws the engine's error. */
export async function startGranted(engine: Engine, spec: ContainerSpec, grant: Grant): Promise<Container> {
  const settings = grantSettings(grant)
  const handle = await engine.docker.createContainer({
    name: `${spec.name.replace(/[^A-Za-z0-9_.-]/g, '-')}-${randomBytes(4).toString('hex')}`,
    Image: spec.image,
    User: '0:0',
    Env: envList(spec.env),
    Entrypoint: DEAD_MANS_SWITCH,
    Cmd: [],
    WorkingDir: spec.workingDir,
    // Programs write it into their products, so it is no random one.
    Hostname: 'builder',
    Labels: spec.labels,
    Healthcheck: { Test: ['NONE'] },
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    HostConfig: {
      ...settings,
      ...confinement(spec),
      AutoRemove: true,
      Binds: [...(settings.Binds ?? []), ...spec.binds],
    },
  } as Dockerode.ContainerCreateOptions)
  const container = new Container(engine, handle, spec.image, grant)
  try {
    await container.start()
    return container
  } catch (error) {
    await container.remove().catch(() => {})
    throw error
  }
}

export interface ExecRequest {
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Default: root. */
  readonly user?: Caller
  readonly stdout: (chunk: Buffer) => Taken
  readonly stderr: (chunk: Buffer) => Taken
}

interface Launched {
  readonly exec: Dockerode.Exec
  readonly stream: Duplex
}

export class Container {
  readonly id: string
  readonly image: string
  readonly grant: Grant
  readonly #engine: Engine
  readonly #handle: Dockerode.Container
  #lifeline: Duplex | undefined
  #launcher: Launched | undefined

  constructor(engine: Engine, handle: Dockerode.Container, image: string, grant: Grant) {
    this.#engine = engine
    this.#handle = handle
    this.id = handle.id
    this.image = image
    this.grant = grant
  }

  async start(): Promise<void> {
    const lifeline = (await this.#handle.attach({ stream: true, stdin: true, hijack: true })) as Duplex
    // If the container ends first, the connection breaks. That is no error.
    lifeline.on('error', () => {})
    lifeline.resume()
    this.#lifeline = lifeline
    await this.#handle.start()
  }

  /**
   * Starts a process that waits for the next command, so that the command begins without a request to the
   * engine, whose start of a process takes longer than all else between two scripts. Only saves time: rejects
   * never.
   */
  async makeReady(): Promise<void> {
    try {
      const { exec, connection } = await this.openExec({
        ...{ Cmd: LAUNCHER, AttachStdin: true, AttachStdout: true, AttachStderr: true },
      })
      connection.on('error', () => {})
      this.#launcher = { exec, stream: connection }
    } catch {}
  }

  /**
   * Runs a program to its end without input; resolves with its exit code, 128+n if a signal ended it. Throws
   * the engine's error if the program cannot be started, a StruxError if the container is gone.
   */
  async exec(request: ExecRequest): Promise<number> {
    const { exec, stream } = this.#launch(request) ?? (await this.#startExec(request))
    const frames = new Demultiplexer(request.stdout, request.stderr)
    await this.#readToEnd(stream, exec, chunk => frames.push(chunk))
    const code = await this.exitCode(exec)
    // The whole container may have been killed, which is the better message.
    if (code === KILLED && (await this.#ends())) throw this.#gone(undefined)
    return code
  }

  async #startExec({ argv, env, user }: ExecRequest): Promise<Launched> {
    const exec = await this.#handle.exec({
      Cmd: [...argv],
      Env: envList(env ?? {}),
      ...(user && { User: `${user.uid}:${user.gid}` }),
      AttachStdout: true,
      AttachStderr: true,
    })
    return { exec, stream: (await exec.start({ Detach: false, Tty: false })) as Duplex }
  }

  /** The request in the process that makeReady started; undefined if there is none. */
  #launch({ argv, env, user }: ExecRequest): Launched | undefined {
    const launched = this.#launcher
    if (launched === undefined || user) return undefined
    this.#launcher = undefined
    if (launched.stream.destroyed) return undefined
    const words = ['env', '--', ...envList(env ?? {}), ...argv].map(quoteForShell)
    const text = `exec ${words.join(' ')} </dev/null`
    launched.stream.write(`${Buffer.byteLength(text)}\n${text}`)
    return launched
  }

  /** Runs our own bash text; `words` are its name and arguments. If it fails, throws with its output. */
  async bash(program: string, ...words: readonly string[]): Promise<void> {
    const said: Buffer[] = []
    const code = await this.exec({
      argv: ['/bin/bash', '-c', program, ...words],
      stdout() {},
      stderr(chunk) {
        said.push(chunk)
      },
    })
    if (code !== 0) throw new Error(Buffer.concat(said).toString().trim() || `exit code ${code}`)
  }

  /** Opens an exec for a terminal: the caller handles the exec and its connection. */
  async openExec(
    options: Dockerode.ExecCreateOptions,
  ): Promise<{ exec: Dockerode.Exec; connection: Duplex }> {
    const exec = await this.#handle.exec(options)
    const connection = (await exec.start({ hijack: true, stdin: true, Tty: options.Tty === true })) as Duplex
    return { exec, connection }
  }

  async exitCode(exec: Dockerode.Exec): Promise<number> {
    for (let wait = 2; wait < 5000; wait *= 2) {
      const state = await exec.inspect().catch(error => {
        if (engineStatus(error) === 404) throw this.#gone(error)
        throw error
      })
      if (!state.Running && state.ExitCode !== null) return state.ExitCode
      await pause(wait)
    }
    throw this.#gone(undefined)
  }

  /** Whether the container is gone, or ends within a moment. */
  async #ends(): Promise<boolean> {
    for (let wait = 10; wait < 700; wait *= 2) {
      if (!(await this.isRunning())) return true
      await pause(wait)
    }
    return false
  }

  async isRunning(): Promise<boolean> {
    const state = await this.#handle.inspect().catch(() => undefined)
    return state?.State.Running === true
  }

  /** Kills every process in the container. Resolves when the engine has removed it. */
  async remove(): Promise<void> {
    try {
      await this.#handle.remove({ force: true, v: true })
    } catch (error) {
      const status = engineStatus(error)
      // 409: it is already being removed, for example because its PID 1 has just ended.
      if (status !== 404 && status !== 409) throw error
    }
    this.#lifeline?.destroy()
    this.#launcher?.stream.destroy()
    for (let wait = 5; wait < 20_000; wait *= 1.5) {
      const state = await this.#handle.inspect().catch(error => {
        if (engineStatus(error) === 404) return undefined
        throw error
      })
      if (state === undefined) return
      await pause(wait)
    }
    throw new StruxError(`The engine did not remove container ${this.id.slice(0, 12)}`, {
      hint: `Try \`docker rm --force ${this.id.slice(0, 12)}\`.`,
    })
  }

  #readToEnd(stream: Duplex, exec: Dockerode.Exec, take: (chunk: Buffer) => Taken): Promise<void> {
    return new Promise((resolve, reject) => {
      let silent = true
      let ended = false
      const check = setInterval(async () => {
        const wasSilent = silent && !intake.waiting
        silent = true
        if (!wasSilent) return
        // One more silent interval after the end: a busy engine passes the last output on late.
        if (ended) return finish()
        const state = await exec.inspect().catch(() => undefined)
        // A program that has not started yet does not run either, but has no exit code.
        ended = state !== undefined && !state.Running && state.ExitCode !== null
      }, EXIT_CHECK)
      const finish = (error?: unknown) => {
        clearInterval(check)
        stream.destroy()
        if (error === undefined) resolve()
        else reject(error)
      }
      const hear = (chunk: Buffer) => {
        silent = false
        return take(chunk)
      }
      const intake = new Intake(stream, hear, finish)
      stream.on('end', () => finish())
      stream.on('close', () => finish())
      // The exit code or the container's state explains a broken connection better.
      stream.on('error', () => finish())
    })
  }

  #gone(cause: unknown): StruxError {
    return new StruxError('The container ended before the command that ran in it', {
      hint: `The engine, the system (out of memory) or a user stopped it. See the log of the engine (version ${this.#engine.version}).`,
      cause,
    })
  }
}

export function envList(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`)
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
