/** The compositor: the suite's package, or compiled from the source that the project names. */
import type { StepBody } from '../body.ts'
import { stepScript } from '../package-files.ts'
import { SOURCE_SCRIPTS } from '../source/scripts.ts'
import { fetchOverSsh, sourceEnvironment } from '../source/ssh.ts'

const script = () => stepScript(...SOURCE_SCRIPTS, 'shell/target.sh', 'cage/compile.sh', 'cage/build.sh')

export const cage: StepBody = {
  get source() {
    return script()
  },
  async run(context) {
    const cage = context.node.config.cage as { readonly source: string } | undefined
    await fetchOverSsh(cage?.source, context)
    await context.bash(script(), sourceEnvironment(context))
  },
}
