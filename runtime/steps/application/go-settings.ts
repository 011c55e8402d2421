/** The user's Go module settings, for Go in a container: from the environment or from `go env -w`. */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

const NAMES = ['GOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GONOPROXY', 'GOPRIVATE', 'GOINSECURE', 'GOVCS']

/** `file`: the file that `go env -w` writes. */
export function goSettings(env: Env, file = settingsFile(env)): Record<string, string> {
  const written = new Map(
    readText(file)
      .split('\n')
      .filter(line => line.includes('='))
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()]),
  )
  const settings: Record<string, string> = {}
  for (const name of NAMES) {
    const value = env[name] || written.get(name)
    // A container cannot see folders of this machine.
    if (value && !value.includes('file://')) settings[name] = value
  }
  return settings
}

function settingsFile(env: Env): string | undefined {
  if (env.GOENV === 'off') return undefined
  if (env.GOENV) return env.GOENV
  const folder = process.platform === 'darwin' ? 'Library/Application Support' : '.config'
  return join(env.XDG_CONFIG_HOME || join(homedir(), folder), 'go/env')
}

function readText(file: string | undefined): string {
  if (file === undefined) return ''
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
