/** Opens the confined shell: a container; inside a builder container, a process of its own. */
import type { ProjectData } from '../../lib/schema.ts'
import type { NoticeSink } from '../execute/executor.ts'
import { machineIdentity } from '../execute/images/installed-packages.ts'
import { inContainer } from '../execute/in-container.ts'
import { hostArch } from '../plan/arch.ts'
import { builderFor } from '../plan/builder.ts'
import { CONTAINER_ROOT } from '../plan/environment.ts'
import { suiteOf } from '../plan/suite.ts'
import type { EvaluationPlace } from './confined-shell.ts'

export interface ConfinedShellOptions {
  /** Absolute. */
  readonly projectRoot: string
  readonly config: ProjectData
  readonly notice: NoticeSink
  /** Debian packages that the shell needs in addition to the base of builder images. */
  readonly packages?: readonly string[]
}

export function confinedShell(options: ConfinedShellOptions): EvaluationPlace {
  const { projectRoot, config, notice, packages = [] } = options
  if (inContainer())
    return {
      root: projectRoot,
      keptFor: machineIdentity(),
      open: async () => (await import('./confined-process.ts')).openConfinedProcess(projectRoot),
    }
  const host = hostArch()
  const { image, mirror } = config.builder ?? {}
  const builder = builderFor({
    ...{ image, suite: suiteOf(config), tools: [], packages },
    ...{ target: host, host, hostPackages: [] },
  })
  return {
    root: CONTAINER_ROOT,
    keptFor: builder.key,
    open: async () => {
      const { openConfinedContainer } = await import('./confined-container.ts')
      return openConfinedContainer({ projectRoot, builder, notice, ...(mirror !== undefined && { mirror }) })
    },
  }
}
