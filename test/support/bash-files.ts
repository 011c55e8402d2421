/** Bash extensions in a temporary project, and the evaluator that reads them in a container. */
import type { ProjectData } from '../../lib/schema.ts'
import type { EvaluationPlace } from '../../runtime/confined/confined-shell.ts'
import { confinedShell } from '../../runtime/confined/open-confined-shell.ts'
import { Evaluator } from '../../runtime/extensions/bash/evaluate.ts'

/** A container of the smallest builder image. */
export function containerFor(projectRoot: string): EvaluationPlace {
  const config = { builder: { suite: 'trixie' } } as ProjectData
  return confinedShell({ projectRoot, config, notice: () => {} })
}

/** Opens a container for the first evaluation that is not kept. */
export const evaluatorFor = (projectRoot: string) => new Evaluator(projectRoot, containerFor(projectRoot))
