/** The shell in which trees are evaluated: a container with make and kconfiglib. */
import type { ProjectData } from '../../lib/schema.ts'
import type { NoticeSink } from '../execute/executor.ts'
import {
  type ConfinedShell,
  openConfinedContainer,
  openConfinedProcess,
} from '../extensions/bash/confined.ts'
import { hostArch } from '../plan/arch.ts'
import { builderFor } from '../plan/builder.ts'
import { CONTAINER_ROOT } from '../plan/environment.ts'
import { suiteOf } from '../plan/suite.ts'

export interface ShellOptions {
  /** The project, absolute. */
  readonly projectRoot: string
  readonly config: ProjectData
  readonly notice: NoticeSink
}

const PROGRAMS = ['make', 'python3-kconfiglib']

/** The path of the project in the shell, and the shell. */
export function treeShell({ projectRoot, config, notice }: ShellOptions): {
  readonly root: string
  readonly open: () => Promise<ConfinedShell>
} {
  if (process.env.STRUX_IN_CONTAINER === '1')
    return { root: projectRoot, open: async () => openConfinedProcess(projectRoot) }
  const host = hostArch()
  const { image } = config.builder ?? {}
  const builder = builderFor({
    ...(image !== undefined && { image }),
    ...{ suite: suiteOf(config), tools: [], packages: PROGRAMS, target: host, host, hostPackages: [] },
  })
  const mirror = config.builder?.mirror
  const open = () =>
    openConfinedContainer({ projectRoot, builder, notice, ...(mirror !== undefined && { mirror }) })
  return { root: CONTAINER_ROOT, open }
}
