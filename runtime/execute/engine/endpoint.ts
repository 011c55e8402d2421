/**
 * Finds the engine to use, in the docker client's order: DOCKER_CONTEXT, DOCKER_HOST, the configured context,
 * the default socket; then the sockets of rootless engines and of Podman. Reads files, opens no connection.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StruxError } from '../../diagnostics/error.ts'

export interface Tls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** False if the user asked not to verify the engine's certificate. */
  readonly verify: boolean
}

/** `origin` names the source of the endpoint, for messages and `strux doctor`. */
export type Endpoint =
  | { readonly kind: 'unix'; readonly path: string; readonly origin: string }
  | {
      readonly kind: 'tcp'
      readonly host: string
      readonly port: number
      readonly tls?: Tls
      readonly origin: string
    }
  | {
      readonly kind: 'ssh'
      readonly host: string
      readonly port?: number
      readonly username?: string
      readonly origin: string
    }

/** The inputs of the search, as parameters so that tests can use a folder of their own. */
export interface EndpointSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** Prefix for the fixed socket paths (`/var/run/docker.sock`, …). */
  readonly root?: string
}

/**
 * The endpoint to use. If no socket exists, the default one, so that the connection error names it. Throws a
 * StruxError for an unknown context or an address of an unknown kind.
 */
export function resolveEndpoint(around: EndpointSurroundings): Endpoint {
  const { env } = around
  const config = around.env.DOCKER_CONFIG || join(around.home, '.docker')
  const named = env.DOCKER_CONTEXT
  if (named && named !== 'default') return contextEndpoint(config, named, 'DOCKER_CONTEXT')
  if (env.DOCKER_HOST) return parseAddress(env.DOCKER_HOST, 'DOCKER_HOST', environmentTls(env, config))
  const current = named ? undefined : currentContext(config)
  if (current && current !== 'default') return contextEndpoint(config, current, 'the current context')
  return { kind: 'unix', ...firstSocket(around) }
}

/** The endpoint's address as a user would write it. */
export function showEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === 'unix') return `unix://${endpoint.path}`
  if (endpoint.kind === 'tcp') return `tcp://${endpoint.host}:${endpoint.port}`
  const user = endpoint.username ? `${endpoint.username}@` : ''
  return `ssh://${user}${endpoint.host}${endpoint.port ? `:${endpoint.port}` : ''}`
}

function firstSocket(around: EndpointSurroundings): { path: string; origin: string } {
  const runtimeDir = around.env.XDG_RUNTIME_DIR
  const root = around.root ?? ''
  const standard = `${root}/var/run/docker.sock`
  const candidates: [path: string, origin: string][] = [
    [standard, 'the default socket'],
    [join(around.home, '.docker/run/docker.sock'), "Docker Desktop's socket"],
    [join(around.home, '.docker/desktop/docker.sock'), "Docker Desktop's socket"],
  ]
  if (runtimeDir) {
    candidates.push([join(runtimeDir, 'docker.sock'), 'the rootless engine'])
    candidates.push([join(runtimeDir, 'podman/podman.sock'), "the user's Podman"])
  }
  candidates.push([`${root}/run/podman/podman.sock`, 'Podman'])
  for (const [path, origin] of candidates) if (existsSync(path)) return { path, origin }
  return { path: standard, origin: 'the default socket' }
}

function currentContext(config: string): string | undefined {
  let text: string
  try {
    text = readFileSync(join(config, 'config.json'), 'utf8')
  } catch {
    return undefined
  }
  try {
    const name = (JSON.parse(text) as { currentContext?: unknown }).currentContext
    return typeof name === 'string' && name !== '' ? name : undefined
  } catch (cause) {
    throw new StruxError(`${join(config, 'config.json')} is not valid JSON`, {
      hint: 'Correct the file, or name the engine in DOCKER_HOST.',
      cause,
    })
  }
}

/** Contexts lie in folders named by the SHA-256 of the context's name (docker CLI, `docker context`). */
function contextEndpoint(config: string, name: string, origin: string): Endpoint {
  const folder = createHash('sha256').update(name).digest('hex')
  const file = join(config, 'contexts/meta', folder, 'meta.json')
  let meta: { Endpoints?: { docker?: { Host?: unknown; SkipTLSVerify?: unknown } } }
  try {
    meta = JSON.parse(readFileSync(file, 'utf8')) as typeof meta
  } catch (cause) {
    throw new StruxError(`The Docker context "${name}" (from ${origin}) cannot be read: no valid ${file}`, {
      hint: 'See `docker context ls`, or set DOCKER_CONTEXT=default.',
      cause,
    })
  }
  const docker = meta.Endpoints?.docker
  if (typeof docker?.Host !== 'string' || docker.Host === '') {
    throw new StruxError(`The Docker context "${name}" (from ${origin}) names no engine`, {
      hint: 'See `docker context inspect`, or set DOCKER_CONTEXT=default.',
    })
  }
  const tls = readTls(join(config, 'contexts/tls', folder, 'docker'), docker.SkipTLSVerify !== true)
  return parseAddress(docker.Host, `context "${name}"`, tls)
}

function environmentTls(env: EndpointSurroundings['env'], config: string): Tls | undefined {
  const wanted = Boolean(env.DOCKER_TLS_VERIFY) || Boolean(env.DOCKER_TLS)
  if (!wanted && !env.DOCKER_CERT_PATH) return undefined
  const found = readTls(env.DOCKER_CERT_PATH || config, Boolean(env.DOCKER_TLS_VERIFY))
  return found ?? (wanted ? { verify: Boolean(env.DOCKER_TLS_VERIFY) } : undefined)
}

function readTls(folder: string, verify: boolean): Tls | undefined {
  const part = (name: string) => {
    try {
      return readFileSync(join(folder, name), 'utf8')
    } catch {
      return undefined
    }
  }
  const [ca, cert, key] = [part('ca.pem'), part('cert.pem'), part('key.pem')]
  if (ca === undefined && cert === undefined && key === undefined) return undefined
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), verify }
}

function parseAddress(address: string, origin: string, tls: Tls | undefined): Endpoint {
  const unusable = (why: string) =>
    new StruxError(`The engine's address "${address}" (from ${origin}) cannot be used: ${why}`, {
      hint: 'Addresses look like unix:///path/to.sock, tcp://host:2376 or ssh://user@host.',
    })
  if (address.startsWith('unix://')) {
    const path = address.slice('unix://'.length)
    if (path === '') throw unusable('the path is missing')
    return { kind: 'unix', path, origin }
  }
  const text = address.includes('://') ? address : `tcp://${address}`
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw unusable('it is not an address')
  }
  if (url.hostname === '') throw unusable('the host is missing')
  const port = url.port === '' ? undefined : Number(url.port)
  if (url.protocol === 'ssh:') {
    const username = decodeURIComponent(url.username)
    return { kind: 'ssh', host: url.hostname, ...(port && { port }), ...(username && { username }), origin }
  }
  if (!['tcp:', 'http:', 'https:'].includes(url.protocol))
    throw unusable(`"${url.protocol}//" is not supported`)
  const secure = tls ?? (url.protocol === 'https:' ? { verify: true } : undefined)
  const { hostname: host } = url
  return { kind: 'tcp', host, port: port ?? (secure ? 2376 : 2375), ...(secure && { tls: secure }), origin }
}
