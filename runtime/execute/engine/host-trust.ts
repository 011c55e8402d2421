/**
 * What a container must take over from this machine to reach the network: the certificate authorities that this machine
 * trusts (companies inspect TLS with one of their own) and the proxies. None of it is part of a script's declared
 * environment, and none of it is ever printed.
 */
import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from '../../state/atomic-file.ts'

/** Where the bundle appears in containers. */
export const BUNDLE_IN_CONTAINER = '/run/strux-host/ca-certificates.crt'

/** The variables by which programs are told of a bundle: OpenSSL, curl, git, Node, npm, Python, pip, Cargo. */
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

/** The usual places of a distribution's bundle: Debian and Alpine, Fedora, SUSE, older Red Hat, BSD and macOS. */
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
  /** Bind mounts for every container, as the engine's `Binds` spell them. */
  readonly binds: readonly string[]
}

/**
 * Copies this machine's bundle to `folder` (below the project: an engine in a virtual machine sees the project, hardly
 * /etc) and says how containers get it. Without any bundle only the proxies are passed on.
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
    // A folder that is still root's, before the first repair.
    bundle = files[0]!
  }
  const pointers = Object.fromEntries(BUNDLE_VARIABLES.map(name => [name, BUNDLE_IN_CONTAINER]))
  return { env: { ...proxies, ...pointers }, binds: [`${bundle}:${BUNDLE_IN_CONTAINER}:ro`] }
}

/**
 * The files with all certificates that count here: SSL_CERT_FILE or else the distribution's bundle, and after it
 * NODE_EXTRA_CA_CERTS, since that one names additions as a rule, and most other programs know a single file only.
 */
export function authorityFiles(env: Env, bundles: readonly string[]): string[] {
  const named = [env.SSL_CERT_FILE, ...bundles].find(file => readText(file) !== undefined)
  const files = [named, env.NODE_EXTRA_CA_CERTS].map(realPath)
  return [...new Set(files.filter(path => path !== undefined && readText(path) !== undefined))] as string[]
}

/** Both spellings of each: programs disagree about which one they read. */
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

/** The file's text where it is a file with something in it. */
function readText(path: string | undefined): string | undefined {
  if (!path) return undefined
  try {
    return readFileSync(path, 'utf8') || undefined
  } catch {
    return undefined
  }
}
