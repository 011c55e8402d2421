/** Converts built-in steps to scripts, for settings of a TypeScript definition that other tools cannot handle. */

import { quoteForShell } from '../../lib/sh.ts'
import type { StepNode } from '../model/plan.ts'
import type { StepBody } from '../plan/body.ts'
import { CONTAINER_ROOT } from '../plan/environment.ts'

/** A script or handler that runs inside the step: its point, and the bash that runs it. */
export interface InnerScript {
  readonly at: string
  readonly command: string
}

/**
 * `strux_publish NAME…` of a subshell passes variables to the script around it, which reads them afterwards.
 * Steps and handlers call it as in a build.
 */
const PUBLISH = `strux_variables=$(mktemp)
strux_publish() {
  local strux_name
  for strux_name; do
    { printf 'unset -v %s\\n' "$strux_name"; declare -p "$strux_name" 2>/dev/null || :; } >>"$strux_variables"
  done
}`
/** Follows a subshell. */
export const READ_PUBLISHED = '. "$strux_variables"; : >"$strux_variables"'

/**
 * The bash of a step's body, with the values of the definition. Commands on the host are left out: other tools
 * fetch with their own git.
 *
 * @param said comments for people, one line each
 */
export function stepAsScript(
  body: StepBody,
  node: StepNode,
  said: readonly string[],
  inner: readonly InnerScript[] = [],
): string {
  const commands = body.commands({ node, root: CONTAINER_ROOT })
  const scripts = (wanted: boolean) =>
    commands.flatMap(command => {
      if (command.kind === 'run')
        return (command.always ?? false) === wanted ? [command.script.trimEnd()] : []
      if (command.kind !== 'point' || wanted) return []
      const env = Object.entries(command.env ?? {}).map(
        ([name, value]) => `export ${name}=${quoteForShell(value)}`,
      )
      return inner.flatMap(({ at, command: text }) => (at === command.at ? [...env, text] : []))
    })
  return [
    '#!/bin/bash',
    ...said.map(line => `# ${line}`),
    `export STEP_NAME=${quoteForShell(node.step)}`,
    `export STEP_CONFIG=${quoteForShell(JSON.stringify(node.config))}`,
    ...(body.library === undefined
      ? separately(scripts(false))
      : inOneShell(body.library, scripts(false), scripts(true))),
    '',
  ].join('\n')
}

/** Each part is a program with its own traps and settings. */
function separately(parts: readonly string[]): string[] {
  const [only] = parts
  return parts.length === 1 ? [only!] : ['set -e', ...parts.map(part => `(\n${part}\n)`)]
}

function inOneShell(library: string, work: readonly string[], cleanup: readonly string[]): string[] {
  const last = ['strux_cleanup() {', ...cleanup, 'rm -f "$strux_variables"', '}', 'trap strux_cleanup EXIT']
  return [PUBLISH, library.trimEnd(), ...last, ...work]
}
