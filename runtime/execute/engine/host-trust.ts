/**
 * Host settings that a container needs to reach the network: the certificate authorities that the host trusts
 * (companies inspect TLS with their own) and the proxies. They are never part of a script's declared
 * environment, and never printed.
 */
import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from '../../state/atomic-file.ts'

/** The path of the bundle in containers. */
export const BUNDLE_IN_CONTAINER = '/run/strux-host/ca-certificates.crt'

/** Variables that name a bundle: for OpenSSL, curl, git, Node, npm, Python, pip, Cargo. */
export const BUNDLE_VARIABLES = [
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'NODE_EXTRA_CA_CERTS',
  'npm_config_cafile',
  'REQUESTS_CA_BUNDLE',
  'PIP_CERT',
  'CARGO_HTTP_CAINFO',
]

const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy']

/** The usual paths of a distribution's bundle: Debian and Alpine, Fedora, SUSE, older Red Hat, BSD and macOS. */
const DISTRIBUTION_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

type Env = Readonly<Record<string, string | undefined>>

export interface HostTrust {
  /** Variables for every container. */
  readonly env: Readonly<Record<string, string>>
  /** Bind mounts for every container, in the engine's `Binds` notation. */
  readonly binds: readonly string[]
}

/**
 * Copies the host's bundle to `folder` and returns the settings that pass it to containers. `folder` lies in
 * the project because an engine in a virtual machine sees the project, but usually not /etc. Without a bundle,
 * only the proxies are passed on.
 */
export function hostTrust(env: Env, folder: string, bundles = DISTRIBUTION_BUNDLES): HostTrust {
  const proxies = proxyVariables(env)
  const files = authorityFiles(env, bundles)
  if (files.length === 0) return { env: proxies, binds: [] }
  const text = files.map(file => readText(file)!.replace(/\n*$/, '\n')).join('')
  let bundle = join(folder, 'host-ca.crt')
  try {
    if (readText(bundle) !== text) writeAtomic(bundle, text)
  } catch {
    // The folder still belongs to root, before the first repair.
    bundle = files[0]!
  }
  const pointers = Object.fromEntries(BUNDLE_VARIABLES.map(name => [name, BUNDLE_IN_CONTAINER]))
  return { env: { ...proxies, ...pointers }, binds: [`${bundle}:${BUNDLE_IN_CONTAINER}:ro`] }
}

/**
 * The certificate files to use: SSL_CERT_FILE or the distribution's bundle, followed by NODE_EXTRA_CA_CERTS.
 * The latter usually names additional certificates, but most other programs accept only one file, so both are
 * combined.
 */
export function authorityFiles(env: Env, bundles: readonly string[]): string[] {
  const named = [env.SSL_CERT_FILE, ...bundles].find(file => readText(file) !== undefined)
  const files = [named, env.NODE_EXTRA_CA_CERTS].map(realPath)
  return [...new Set(files.filter(path => path !== undefined && readText(path) !== undefined))] as string[]
}

/** Both spellings of each variable: programs disagree about which one they read. */
export function proxyVariables(env: Env): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of PROXY_VARIABLES) {
    const value = env[name] || env[name.toUpperCase()]
    if (!value) continue
    found[name] = value
    found[name.toUpperCase()] = value
  }
  return found
}

function realPath(path: string | undefined): string | undefined {
  if (!path) return undefined
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

/** The file's text; undefined if it is missing or empty. */
function readText(path: string | undefined): string | undefined {
  if (!path) return undefined
  try {
    return readFileSync(path, 'utf8') || undefined
  } catch {
    return undefined
  }
}
