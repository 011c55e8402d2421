/** The program that systemd starts on the device. */

import type { StepBody } from '../../plan/body.ts'
import { selfVersion } from '../../state/own-package.ts'
import { deviceSourcesDigest, stepScript } from '../package-files.ts'

const script = () =>
  stepScript('shell/start.sh', 'shell/step.sh', 'shell/scratch.sh', 'shell/target.sh', 'client/build.sh')

export const client: StepBody = {
  // The client reports its version, so another version of this package means another client.
  get source() {
    return `${script()}\n${deviceSourcesDigest('client')}\n${selfVersion()}`
  },
  commands: ({ node }) => [
    { kind: 'sources', name: 'client' },
    {
      kind: 'run',
      script: script(),
      env: { STEP_CONFIG: JSON.stringify({ ...node.config, version: selfVersion() }) },
    },
  ],
}
