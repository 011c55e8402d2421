/** The executor's connection to the engine and the settings of its containers. */
import { join } from 'node:path'
import type { Caller } from '../containers/caller.ts'
import { type Container, startContainer } from '../containers/container.ts'
import { containerLabels, type Role } from '../containers/leftovers.ts'
import { SCRIPT_ENVIRONMENT } from '../host/script-environment.ts'
import { Ownership } from '../ownership/ownership.ts'
import { connectEngine, type Engine } from './engine.ts'
import { EngineWatch } from './engine-watch.ts'
import { type HostTrust, hostTrust } from './host-trust.ts'
import { type Grant, GrantMemory } from './privileges.ts'

export interface Session {
  readonly engine: Engine
  readonly trust: HostTrust
  readonly memory: GrantMemory
  readonly ownership: Ownership
  readonly watch: EngineWatch
}

interface Surroundings {
  readonly projectRoot: string
  readonly bsp: string
  readonly mountAt: string
  readonly caller: Caller
}

/**
 * Connects to the engine and reads the settings that containers take over from the host. `folder` is
 * dist/.strux.
 */
export async function openSession(around: Surroundings, folder: string): Promise<Session> {
  const engine = await connectEngine()
  const { bsp, mountAt, caller } = around
  const needed = caller.uid !== 0 && !engine.rootless
  return {
    engine,
    trust: hostTrust(process.env, folder),
    memory: new GrantMemory(join(folder, 'engine.json')),
    ownership: new Ownership({ folder, mountAt, bsp, caller, needed }),
    watch: new EngineWatch(engine),
  }
}

/**
 * Starts a container for scripts: with the project mounted, the builder's marks, and the host's certificates
 * and proxies.
 */
export function startForScript(
  session: Session,
  { projectRoot, bsp, mountAt }: Surroundings,
  image: string,
  role: Role,
  id?: string,
  grant?: Grant,
): Promise<Container> {
  const spec = {
    image,
    env: { ...SCRIPT_ENVIRONMENT, ...session.trust.env },
    binds: [`${projectRoot}:${mountAt}`, ...session.trust.binds],
    labels: containerLabels(projectRoot, bsp, role, id),
    workingDir: mountAt,
    name: `strux-${bsp}`,
  }
  return startContainer(session.engine, spec, session.memory, grant)
}
