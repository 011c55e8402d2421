/** Puts the outputs of all source packages together. */
import type { StepBody } from '../../plan/body.ts'
import { stepScript } from '../package-files.ts'

const SCRIPTS = ['shell/start.sh', 'shell/step.sh', 'packages/merge.sh']

export const packagesBody: StepBody = {
  get source() {
    return stepScript(...SCRIPTS)
  },
  commands: ({ node }) => [
    { kind: 'run', script: stepScript(...SCRIPTS), env: { STEP_CONFIG: JSON.stringify(node.config) } },
  ],
}
