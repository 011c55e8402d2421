/** Settings from the host for a step with a source: environment variables, and git over ssh. */
import { posix } from 'node:path'
import type { BodyFacts, StepCommand } from '../../plan/body.ts'
import { stepScript } from '../package-files.ts'

/**
 * The variables that the bash of sources reads. `PROJECT_ON_HOST` is only for `file://` URLs of repositories in
 * the project.
 */
export function sourceEnvironment({ node, root }: BodyFacts): Readonly<Record<string, string>> {
  return { STEP_CONFIG: JSON.stringify(node.config), STEP_NAME: node.step, PROJECT_ON_HOST: root }
}

const FETCH_SCRIPTS = [
  'shell/start.sh',
  'shell/step.sh',
  'source/keep.sh',
  'source/git.sh',
  'source/submodules.sh',
] as const

/**
 * Fetches a source with an ssh URL (`ssh://…#ref`, `user@host:path#ref`) on the host, because containers see
 * neither the user's keys nor the agent. The step then finds it among the kept sources. Empty for other URLs.
 * @param submodules whether its submodules are fetched too
 */
export function sshFetch(
  source: string | undefined,
  facts: BodyFacts,
  submodules = false,
): readonly StepCommand[] {
  const match = /^((?:ssh|git\+ssh):\/\/[^#]+|[\w.-]+@[\w.-]+:[^#]+)(?:#(.*))?$/.exec(source ?? '')
  if (!match) return []
  const { node, root } = facts
  const seen = node.env.PROJECT_FOLDER!
  const here = Object.entries(node.env).flatMap(([name, value]) =>
    value === seen || value.startsWith(`${seen}/`)
      ? [[name, posix.join(root, value.slice(seen.length))] as const]
      : [],
  )
  const script = stepScript(...FETCH_SCRIPTS)
  return [
    {
      kind: 'host',
      script: `${script}\nfetch_git "$SSH_URL" "$SSH_REF"\n${submodules ? 'fetch_submodules "$SSH_URL"\n' : ''}`,
      env: {
        ...Object.fromEntries(here),
        ...sourceEnvironment(facts),
        FETCH_SSH: 'yes',
        SSH_URL: match[1]!,
        SSH_REF: match[2] ?? '',
      },
    },
  ]
}
