/** The base root filesystem: only Debian packages, no files of the project. */
import type { StepBody } from '../../plan/body.ts'
import { stepScript } from '../package-files.ts'

export const rootfs: StepBody = {
  get source() {
    return script()
  },
  commands: ({ node }) => [
    { kind: 'run', script: script(), env: { STEP_CONFIG: JSON.stringify(node.config) } },
  ],
}

const script = () => stepScript('shell/start.sh', 'shell/step.sh', 'shell/foreign.sh', 'rootfs/base.sh')
