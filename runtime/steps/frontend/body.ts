/** The web frontend: runs npm and the project's own build script on a copy below dist/cache/.frontend. */
import type { StepBody } from '../../plan/body.ts'
import { stepScript } from '../package-files.ts'
import { npmSettings } from './npm-settings.ts'

const script = () => stepScript('shell/start.sh', 'shell/step.sh', 'shell/scratch.sh', 'frontend/build.sh')

export const frontend: StepBody = {
  get source() {
    return script()
  },
  commands: ({ node }) => [
    {
      kind: 'run',
      script: script(),
      env: { STEP_CONFIG: JSON.stringify(node.config), STRUX_NPMRC: npmSettings(process.env) },
    },
  ],
}
