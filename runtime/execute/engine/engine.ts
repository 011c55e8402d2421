/** The connection to the container engine. dockerode is loaded on first use: a build with nothing to do never needs it. */
import { homedir } from 'node:os'
import type Dockerode from 'dockerode'
import { StruxError } from '../../diagnostics/error.ts'
import { type Endpoint, resolveEndpoint, showEndpoint } from './endpoint.ts'

export interface Engine {
  readonly docker: Dockerode
  readonly endpoint: Endpoint
  /** The engine's own lasting id; its name where it has none (Podman). */
  readonly id: string
  readonly version: string
  readonly apiVersion: string
  /** The machine's architecture as the engine names it: `x86_64`, `aarch64`, `armv7l`. */
  readonly architecture: string
  /** True where root in a container is the user outside: files need no new owner there. */
  readonly rootless: boolean
  /** Where the engine keeps images, as it names it: a path of the machine that it runs on. */
  readonly dataRoot: string
}

/** Time for the engine's first answer, in milliseconds; a socket answers in a few, ssh in some hundred. */
const ANSWER_TIMEOUT = 15_000

/** Connects and asks the engine who it is. Throws a StruxError where it cannot be reached. */
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
  // An empty host keeps the library from following DOCKER_HOST where another setting goes first.
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

/** What people can do about an engine that does not answer, by the error that the system gave. */
function unreachable(endpoint: Endpoint, cause: unknown): StruxError {
  const code = (cause as { code?: unknown }).code
  const why =
    code === 'ENOENT'
      ? 'there is no such socket; is the engine installed and started?'
      : code === 'EACCES'
        ? 'this user may not use the socket (usually: become a member of the group "docker")'
        : code === 'ECONNREFUSED'
          ? 'nothing listens there; the engine is not running'
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

/** What an engine said, without the library's framing (`(HTTP code 500) server error - …`). */
export function engineReason(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  return text.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim()
}

/** The status that the engine answered with, where it answered. */
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
