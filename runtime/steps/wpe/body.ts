/** Our WebKit extension, compiled for the device, and the suite's Cog. */
import type { StepBody } from '../../plan/body.ts'
import { deviceSourcesDigest, stepScript } from '../package-files.ts'
import { SOURCE_SCRIPTS } from '../source/scripts.ts'
import { sourceEnvironment } from '../source/ssh.ts'

const script = () => stepScript(...SOURCE_SCRIPTS, 'shell/target.sh', 'wpe/build.sh')

export const wpe: StepBody = {
  get source() {
    return `${script()}\n${deviceSourcesDigest('wpe-extension')}`
  },
  commands: facts => [
    { kind: 'sources', name: 'wpe-extension' },
    { kind: 'run', script: script(), env: sourceEnvironment(facts) },
  ],
}
