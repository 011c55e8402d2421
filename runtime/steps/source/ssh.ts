/** What a step with a source needs from outside its container: its environment, and git over ssh. */
import { posix } from 'node:path'
import type { StepRun } from '../body.ts'
import { stepScript } from '../package-files.ts'

/** The variables that the bash of sources reads. `PROJECT_ON_HOST` is only for `file://` URLs of the project's own repositories. */
export function sourceEnvironment({ node, root }: StepRun): Readonly<Record<string, string>> {
  return { STEP_CONFIG: JSON.stringify(node.config), STEP_NAME: node.step, PROJECT_ON_HOST: root }
}

/**
 * Fetches a source whose URL is one of ssh (`ssh://…#ref`, `user@host:path#ref`) on this machine, where the keys and the
 * agent of the user are: containers see neither. The step then finds it among what is kept. Nothing happens for others.
 */
export async function fetchOverSsh(source: string | undefined, context: StepRun): Promise<void> {
  const match = /^((?:ssh|git\+ssh):\/\/[^#]+|[\w.-]+@[\w.-]+:[^#]+)(?:#(.*))?$/.exec(source ?? '')
  if (!match) return
  const { node, root, bashOnHost } = context
  const seen = node.env.PROJECT_FOLDER!
  const here = Object.entries(node.env).flatMap(([name, value]) =>
    value === seen || value.startsWith(`${seen}/`)
      ? [[name, posix.join(root, value.slice(seen.length))] as const]
      : [],
  )
  await bashOnHost(
    `${stepScript('shell/start.sh', 'shell/step.sh', 'source/keep.sh', 'source/git.sh')}\nfetch_git "$SSH_URL" "$SSH_REF"\n`,
    {
      ...Object.fromEntries(here),
      ...sourceEnvironment(context),
      FETCH_SSH: 'yes',
      SSH_URL: match[1]!,
      SSH_REF: match[2] ?? '',
    },
  )
}
