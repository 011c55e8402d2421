/**
 * The BSP's own kernel in three parts, with hooks between them: source, configuration, build.
 */
import type { StepBody } from '../../plan/body.ts'
import { stepScript } from '../package-files.ts'
import { SOURCE_SCRIPTS } from '../source/scripts.ts'
import { sourceEnvironment, sshFetch } from '../source/ssh.ts'

const EXTRACT = [...SOURCE_SCRIPTS, 'kernel/extract.sh']
const TREE = [
  'shell/start.sh',
  'shell/step.sh',
  'shell/places.sh',
  'source/keep.sh',
  'kbuild/cross.sh',
  'kbuild/config.sh',
  'kernel/tree.sh',
]
const CONFIGURE = [...TREE, 'kernel/configure.sh']
const BUILD = [...TREE, 'kbuild/device-tree.sh', 'kernel/handlers.sh', 'kernel/build.sh']
const CLEAN_UP = ['shell/extension-clean-up.sh']

export const kernel: StepBody = {
  get source() {
    return [EXTRACT, CONFIGURE, BUILD].map(parts => stepScript(...parts)).join('\n')
  },
  commands: facts => {
    const env = sourceEnvironment(facts)
    const kernel = facts.node.config['boot.kernel'] as { readonly source?: string } | undefined
    return [
      ...sshFetch(kernel?.source, facts),
      { kind: 'run', script: stepScript(...EXTRACT), env },
      { kind: 'point', at: 'extracted' },
      { kind: 'run', script: stepScript(...CONFIGURE), env },
      { kind: 'point', at: 'configured' },
      { kind: 'run', script: stepScript(...BUILD), env },
      { kind: 'run', script: `${stepScript(...CLEAN_UP)}\nclean_up_extensions`, always: true },
    ]
  },
}
