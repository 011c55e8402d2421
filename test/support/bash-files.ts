/** Bash extensions in a temporary project, and the evaluator that reads them in a container. */

import { openConfinedContainer } from '../../runtime/extensions/bash/confined.ts'
import { Evaluator } from '../../runtime/extensions/bash/evaluate.ts'
import { hostArch } from '../../runtime/plan/arch.ts'
import { builderFor } from '../../runtime/plan/builder.ts'

/** The smallest builder image of this machine. */
export function smallBuilder() {
  const host = hostArch()
  return builderFor({ suite: 'trixie', tools: [], target: host, host, hostPackages: [] })
}

/** Opens a container for the first evaluation that is not kept. */
export function evaluatorFor(projectRoot: string): Evaluator {
  return new Evaluator({
    projectRoot,
    root: '/project',
    open: () => openConfinedContainer({ projectRoot, builder: smallBuilder(), notice: () => {} }),
  })
}
