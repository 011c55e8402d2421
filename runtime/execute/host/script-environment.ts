/** What scripts find in their environment beside the variables that the plan gives them: the same wherever they run. */
import { BUNDLE_VARIABLES, proxyVariables } from '../engine/host-trust.ts'

/** In containers, and on this machine itself where that is the builder. */
export const SCRIPT_ENVIRONMENT: Readonly<Record<string, string>> = {
  DEBIAN_FRONTEND: 'noninteractive',
  STRUX_IN_CONTAINER: '1',
  // The project is not root's, and git would not touch it otherwise.
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
}

/** What a program needs of the machine to work at all. */
const OF_THE_MACHINE = ['PATH', 'HOME', 'USER', 'LOGNAME', 'TERM', 'LANG']

type Env = Readonly<Record<string, string | undefined>>

/**
 * For scripts on this machine itself: nothing of the caller's but what a container has too. A variable that happens to be
 * set, such as a compiler's flags or a token, neither decides what comes out nor reaches a script.
 */
export function machineEnvironment(env: Env): Record<string, string> {
  const kept = [...OF_THE_MACHINE, ...BUNDLE_VARIABLES].flatMap(name =>
    env[name] === undefined ? [] : [[name, env[name]]],
  )
  return { ...Object.fromEntries(kept), ...proxyVariables(env), ...SCRIPT_ENVIRONMENT }
}
