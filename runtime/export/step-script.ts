/** Converts built-in steps to scripts, for settings of a TypeScript definition that other tools cannot handle. */

import { quoteForShell } from '../../lib/sh.ts'
import type { StepNode } from '../model/plan.ts'
import type { StepBody } from '../plan/body.ts'
import { CONTAINER_ROOT } from '../plan/environment.ts'

/** A script that runs inside the step: its point, and the bash that runs it. */
export interface InnerScript {
  readonly at: string
  readonly command: string
}

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
  const parts = body.commands({ node, root: CONTAINER_ROOT }).flatMap(command => {
    if (command.kind === 'run') return [command.script.trimEnd()]
    if (command.kind !== 'point') return []
    return inner.flatMap(({ at, command: text }) => (at === command.at ? [text] : []))
  })
  // Each part is a separate program, with its own traps and settings.
  const [only] = parts
  const text = parts.length === 1 ? only! : parts.map(part => `(\n${part}\n)`).join('\n')
  return [
    '#!/bin/bash',
    ...said.map(line => `# ${line}`),
    `export STEP_NAME=${quoteForShell(node.step)}`,
    `export STEP_CONFIG=${quoteForShell(JSON.stringify(node.config))}`,
    ...(parts.length === 1 ? [] : ['set -e']),
    text,
    '',
  ].join('\n')
}
