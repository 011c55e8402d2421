/** The compositor: the suite's package, or compiled from the project's own source. */
import type { StepBody } from '../../plan/body.ts'
import { stepScript } from '../package-files.ts'
import { SOURCE_SCRIPTS } from '../source/scripts.ts'
import { sourceEnvironment, sshFetch } from '../source/ssh.ts'

const script = () => stepScript(...SOURCE_SCRIPTS, 'shell/target.sh', 'cage/compile.sh', 'cage/build.sh')

export const cage: StepBody = {
  get source() {
    return script()
  },
  commands: facts => {
    const cage = facts.node.config.cage as { readonly source: string } | undefined
    return [
      ...sshFetch(cage?.source, facts),
      { kind: 'run', script: script(), env: sourceEnvironment(facts) },
    ]
  },
}
