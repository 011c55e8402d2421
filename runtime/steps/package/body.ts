/** Builds one variant of a source package: its phases in order, each with its hooks, in one session. */
import type { StepBody } from '../../plan/body.ts'
import { stepScript } from '../package-files.ts'
import { SOURCE_SCRIPTS } from '../source/scripts.ts'
import { sourceEnvironment, sshFetch } from '../source/ssh.ts'
import type { PackageSource } from './source.ts'

const LIBRARY = [
  ...SOURCE_SCRIPTS,
  'shell/target.sh',
  'kbuild/cross.sh',
  'package/begin.sh',
  'package/stamps.sh',
  'package/views.sh',
  'package/toolchain.sh',
  'package/infra.sh',
  'package/work.sh',
  'package/phase.sh',
]

export const packageBody: StepBody = {
  get source() {
    return stepScript(...LIBRARY)
  },
  commands: facts => {
    const { source, order } = facts.node.config as {
      readonly source: PackageSource
      readonly order: readonly string[]
    }
    const env = {
      ...sourceEnvironment(facts),
      STEP_NAME: `package/${facts.node.config.id}`,
      BUILDER_KEY: facts.node.builder.key,
    }
    const phases = order.map(phase => `run_phase ${phase}`)
    return [
      ...(source.kind === 'fetched' ? sshFetch(source.source, facts) : []),
      {
        kind: 'run',
        script: [stepScript(...LIBRARY), 'begin_package', ...phases, 'finish_package'].join('\n'),
        env,
      },
    ]
  },
}
