/** Variables that scripts get in addition to the plan's: the same in containers and on the host. */
import { BUNDLE_VARIABLES, proxyVariables } from '../engine/host-trust.ts'

/** For containers, and for this machine if it is the builder. */
export const SCRIPT_ENVIRONMENT: Readonly<Record<string, string>> = {
  DEBIAN_FRONTEND: 'noninteractive',
  STRUX_IN_CONTAINER: '1',
  // The project does not belong to root, so git would refuse to work in it.
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
}

/** Variables of the machine that every program needs. */
const OF_THE_MACHINE = ['PATH', 'HOME', 'USER', 'LOGNAME', 'TERM', 'LANG']

type Env = Readonly<Record<string, string | undefined>>

/**
 * The environment of scripts on this machine: only variables that a container would have too. Other variables
 * of the caller, such as compiler flags or tokens, must not affect the output or reach a script.
 */
export function machineEnvironment(env: Env): Record<string, string> {
  const kept = [...OF_THE_MACHINE, ...BUNDLE_VARIABLES].flatMap(name =>
    env[name] === undefined ? [] : [[name, env[name]]],
  )
  return { ...Object.fromEntries(kept), ...proxyVariables(env), ...SCRIPT_ENVIRONMENT }
}
