/** The labels of our containers, and the removal of containers that an earlier process left behind. */
import { createHash } from 'node:crypto'
import { pidExists, thisProcess } from '../../state/process-identity.ts'
import { type Engine, engineStatus } from '../engine/engine.ts'

export type Role = 'build' | 'shell'

/** Identifies a project without revealing its path. */
export function projectLabel(projectRoot: string): string {
  return createHash('sha256').update(projectRoot).digest('hex')
}

export function containerLabels(projectRoot: string, bsp: string, role: Role, node?: string) {
  return {
    'strux.project': projectLabel(projectRoot),
    'strux.bsp': bsp,
    'strux.pid': String(process.pid),
    'strux.place': thisProcess().place,
    'strux.role': role,
    // A container started in advance does not know its node yet.
    ...(node !== undefined && { 'strux.node': node }),
  }
}

/**
 * Removes containers of this project and BSP that this process did not start. The caller holds the BSP's lock,
 * so no build is using them. A container with an interactive shell stays while the shell's process lives.
 * Returns the number of removed containers.
 */
export async function removeLeftoverContainers(
  engine: Engine,
  projectRoot: string,
  bsp: string,
): Promise<number> {
  const label = [`strux.project=${projectLabel(projectRoot)}`, `strux.bsp=${bsp}`]
  const found = await engine.docker.listContainers({ all: true, filters: { label } })
  const left = found.filter(({ Labels: labels }) => {
    const pid = Number(labels['strux.pid'])
    const here = labels['strux.place'] === thisProcess().place
    if (here && pid === process.pid) return false
    return labels['strux.role'] !== 'shell' || (here && !pidExists(pid))
  })
  await Promise.all(
    left.map(({ Id }) =>
      engine.docker
        .getContainer(Id)
        .remove({ force: true, v: true })
        .catch(error => {
          if (engineStatus(error) !== 404 && engineStatus(error) !== 409) throw error
        }),
    ),
  )
  return left.length
}
