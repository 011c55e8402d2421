/** The compositor: the suite's package, or compiled from the source that the project names. */
import type { StepBody } from '../body.ts'
import { stepScript } from '../package-files.ts'

const script = () =>
  stepScript(
    'shell/step.sh',
    'shell/scratch.sh',
    'shell/target.sh',
    'debian/package-file.sh',
    'cage/build.sh',
  )

export const cage: StepBody = {
  get source() {
    return script()
  },
  run: ({ node, bash }) => bash(script(), { STEP_CONFIG: JSON.stringify(node.config) }),
}
