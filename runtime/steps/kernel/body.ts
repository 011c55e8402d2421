/** The BSP's own kernel, in two halves with a hook between them: first the source, then the build. */
import type { StepBody } from '../../plan/body.ts'
import { stepScript } from '../package-files.ts'
import { SOURCE_SCRIPTS } from '../source/scripts.ts'
import { sourceEnvironment, sshFetch } from '../source/ssh.ts'

const EXTRACT = [...SOURCE_SCRIPTS, 'kernel/extract.sh']
const BUILD = [
  'shell/start.sh',
  'shell/step.sh',
  'shell/places.sh',
  'source/keep.sh',
  'kbuild/cross.sh',
  'kbuild/config.sh',
  'kbuild/device-tree.sh',
  'kernel/build.sh',
]

export const kernel: StepBody = {
  get source() {
    return [stepScript(...EXTRACT), stepScript(...BUILD)].join('\n')
  },
  commands: facts => {
    const env = sourceEnvironment(facts)
    const kernel = facts.node.config['boot.kernel'] as { readonly source?: string } | undefined
    return [
      ...sshFetch(kernel?.source, facts),
      { kind: 'run', script: stepScript(...EXTRACT), env },
      { kind: 'point', at: 'extracted' },
      { kind: 'run', script: stepScript(...BUILD), env },
    ]
  },
}
