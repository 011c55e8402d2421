/**
 * Connects to the container engine. dockerode is loaded on first use, because a build with nothing to do never
 * needs it.
 */
import { homedir } from 'node:os'
import type Dockerode from 'dockerode'
import { StruxError } from '../../diagnostics/error.ts'
import { type Endpoint, resolveEndpoint, showEndpoint } from './endpoint.ts'

export interface Engine {
  readonly docker: Dockerode
  readonly endpoint: Endpoint
  /** The engine's permanent id; its name if it has none (Podman). */
  readonly id: string
  readonly version: string
  readonly apiVersion: string
  /** The engine's name for the machine's architecture: `x86_64`, `aarch64`, `armv7l`. */
  readonly architecture: string
  /** True if root in a container is the calling user outside: files then need no change of owner. */
  readonly rootless: boolean
  /** The engine's image folder: a path on the machine that the engine runs on. */
  readonly dataRoot: string
}

/** Time limit in ms for the engine's first answer: a socket takes a few ms, ssh some hundred. */
const ANSWER_TIMEOUT = 15_000

/** Connects and asks the engine for its properties. Throws a StruxError if it cannot be reached. */
export async function connectEngine(endpoint?: Endpoint): Promise<Engine> {
  const where = endpoint ?? resolveEndpoint({ env: process.env, home: homedir() })
  const docker = await open(where)
  try {
    const answers = Promise.all([docker.info(), docker.version()])
    const [info, version] = await inTime(answers, ANSWER_TIMEOUT)
    const security: readonly string[] = info.SecurityOptions ?? []
    return {
      docker,
      endpoint: where,
      id: info.ID || info.Name || showEndpoint(where),
      version: version.Version,
      apiVersion: version.ApiVersion,
      architecture: info.Architecture,
      rootless: security.some(option => option.split(',').includes('name=rootless')),
      dataRoot: info.DockerRootDir,
    }
  } catch (cause) {
    throw unreachable(where, cause)
  }
}

async function open(endpoint: Endpoint): Promise<Dockerode> {
  const { default: Docker } = await import('dockerode')
  // An empty host stops the library from using DOCKER_HOST when another setting has precedence.
  if (endpoint.kind === 'unix') return new Docker({ socketPath: endpoint.path, host: '' })
  if (endpoint.kind === 'ssh') {
    const agent = process.env.SSH_AUTH_SOCK
    return new Docker({
      protocol: 'ssh',
      host: endpoint.host,
      ...(endpoint.port && { port: endpoint.port }),
      ...(endpoint.username && { username: endpoint.username }),
      ...(agent && { sshOptions: { agent } }),
    })
  }
  const { tls } = endpoint
  const docker = new Docker({
    host: endpoint.host,
    port: endpoint.port,
    protocol: tls ? 'https' : 'http',
    ...(tls?.ca && { ca: tls.ca }),
    ...(tls?.cert && { cert: tls.cert }),
    ...(tls?.key && { key: tls.key }),
  })
  if (tls && !tls.verify) {
    const { Agent } = await import('node:https')
    const material = {
      ...(tls.ca && { ca: tls.ca }),
      ...(tls.cert && { cert: tls.cert }),
      ...(tls.key && { key: tls.key }),
    }
    Object.assign(docker.modem, { agent: new Agent({ ...material, rejectUnauthorized: false }) })
  }
  return docker
}

/** Explains an engine that cannot be reached, by the system's error code. */
function unreachable(endpoint: Endpoint, cause: unknown): StruxError {
  const code = (cause as { code?: unknown }).code
  const why =
    code === 'ENOENT'
      ? 'the socket does not exist; is the engine installed and started?'
      : code === 'EACCES'
        ? 'this user may not use the socket (usually: become a member of the group "docker")'
        : code === 'ECONNREFUSED'
          ? 'the connection was refused; the engine is not running'
          : engineReason(cause)
  return new StruxError(
    `The container engine at ${showEndpoint(endpoint)} (${endpoint.origin}) cannot be reached: ${why}`,
    {
      hint: remedy(code),
      cause,
    },
  )
}

function remedy(code: unknown): string {
  if (code === 'EACCES') return 'As root: `usermod --append --groups docker USER`; then log in again.'
  return process.platform === 'linux'
    ? 'Start your engine, or run `strux doctor --fix` as root: on Debian and Ubuntu it installs and starts one.'
    : 'Start Docker Desktop or Podman, or name an engine in DOCKER_HOST.'
}

/** The engine's own words, without the library's prefix (`(HTTP code 500) server error - …`). */
export function engineReason(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  return text.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim()
}

/** The status code of the engine's answer; undefined if it did not answer. */
export function engineStatus(cause: unknown): number | undefined {
  const status = (cause as { statusCode?: unknown } | null)?.statusCode
  return typeof status === 'number' ? status : undefined
}

async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds / 1000} s`)), milliseconds)
  })
  work.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
