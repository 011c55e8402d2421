/** The application's program, cross-compiled with Go. */
import type { StepBody } from '../../plan/body.ts'
import { stepScript } from '../package-files.ts'
import { goSettings } from './go-settings.ts'

const script = () =>
  stepScript('shell/start.sh', 'shell/step.sh', 'shell/scratch.sh', 'shell/target.sh', 'application/build.sh')

export const application: StepBody = {
  get source() {
    return script()
  },
  commands: ({ node }) => [
    {
      kind: 'run',
      script: script(),
      env: { ...goSettings(process.env), STEP_CONFIG: JSON.stringify(node.config) },
    },
  ],
}
