/**
 * The user's npm settings, for npm in a container: registries, credentials and proxies. They may contain
 * tokens, so they are passed in the environment of one command only and appear in no record, log or file of
 * dist/.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** Keys that also work in a container, unlike paths of this machine. */
const KEYS =
  /^(registry|@[^:]+:registry|\/\/.+|_auth|_authToken|always-auth|username|_password|email|strict-ssl|ca|ca\[\]|cert|key|proxy|https-proxy|noproxy|fetch-[a-z-]+|maxsockets|omit-lockfile-registry-resolved|replace-registry-host)$/
const PATHS = /:(certfile|keyfile)$/

/** The text of an npmrc; empty without settings. Later lines win, as in npm. */
export function npmSettings(env: Env, files: readonly string[] = npmrcFiles(env)): string {
  const lines = files.flatMap(file => linesOf(readText(file)))
  for (const [name, value] of Object.entries(env)) {
    const key = /^npm_config_(.+)$/i.exec(name)?.[1]
    if (key === undefined || value === undefined || value === '') continue
    // npm needs - instead of _ in ordinary keys; keys with URLs or scopes stay as they are.
    lines.push(`${/^[@/_]/.test(key) ? key : key.toLowerCase().replaceAll('_', '-')}=${value}`)
  }
  return lines
    .map(line => expand(line, env))
    .filter(line => carriesOver(line.slice(0, line.indexOf('=')).trim()))
    .map(line => `${line}\n`)
    .join('')
}

const carriesOver = (key: string) => KEYS.test(key) && !PATHS.test(key)

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => /^[^#;[][^=]*=/.test(line))
}

/** Expands `${NAME}` from the user's environment. As in npm, an unset variable stays as written. */
function expand(line: string, env: Env): string {
  return line.replace(/\$\{([^}?]+)(\?)?\}/g, (whole, name: string, optional) =>
    env[name] === undefined ? (optional ? '' : whole) : env[name]!,
  )
}

/** The machine's file, then the user's. */
function npmrcFiles(env: Env): string[] {
  const user = env.npm_config_userconfig || env.NPM_CONFIG_USERCONFIG || join(homedir(), '.npmrc')
  return [globalFile(env), user].filter(file => file !== undefined)
}

/** Its path differs between distributions, so npm is asked. */
function globalFile(env: Env): string | undefined {
  const named = env.npm_config_globalconfig || env.NPM_CONFIG_GLOBALCONFIG
  if (named) return named
  try {
    const asked = execFileSync('npm', ['config', 'get', 'globalconfig'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return asked.trim()
  } catch {
    return undefined
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
