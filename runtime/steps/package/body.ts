/** Builds one variant of a source package: its phases in order, each with its hooks, in one session. */
import type { BodyFacts, StepBody } from '../../plan/body.ts'
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

/** @param only the phases to run, for a command that stops in between. Default: all. */
export function packageBodyOf(only?: readonly string[]): StepBody {
  return {
    get source() {
      return stepScript(...LIBRARY)
    },
    commands: facts => {
      const { source, order } = facts.node.config as {
        readonly source: PackageSource
        readonly order: readonly string[]
      }
      const env = environment(facts)
      const phases = order.filter(phase => only?.includes(phase) ?? true).map(phase => `run_phase ${phase}`)
      const script = ['begin_package', ...phases, ...(only ? [] : ['finish_package'])]
      return [
        ...(source.kind === 'fetched' ? sshFetch(source.source, facts, source.submodules) : []),
        { kind: 'run', script: [stepScript(...LIBRARY), ...script].join('\n'), env },
      ]
    },
    shell: facts => ({
      script: `${stepScript(...LIBRARY)}\nbegin_shell </dev/null`,
      env: environment(facts),
    }),
  }
}

const environment = (facts: BodyFacts) => ({
  ...sourceEnvironment(facts),
  STEP_NAME: `package/${facts.node.config.id}`,
  BUILDER_KEY: facts.node.builder.key,
})

export const packageBody = packageBodyOf()
