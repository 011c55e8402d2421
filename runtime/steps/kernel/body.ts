/** A kernel of the BSP's own, in two halves with a hook between them: the source, then all that is built from it. */
import type { StepBody } from '../body.ts'
import { stepScript } from '../package-files.ts'
import { SOURCE_SCRIPTS } from '../source/scripts.ts'
import { fetchOverSsh, sourceEnvironment } from '../source/ssh.ts'

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
  async run(context) {
    const { node, bash, point } = context
    const env = sourceEnvironment(context)
    const kernel = node.config['boot.kernel'] as { readonly source?: string } | undefined
    await fetchOverSsh(kernel?.source, context)
    await bash(stepScript(...EXTRACT), env)
    await point('extracted')
    await bash(stepScript(...BUILD), env)
  },
}
