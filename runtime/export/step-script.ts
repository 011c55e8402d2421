/** Built-in steps as scripts, for what a definition in TypeScript asks of them and other tools cannot do. */

import type { StepNode } from '../plan/model.ts'
import type { StepBody } from '../steps/body.ts'
import { quoteForShell } from '../steps/shell/quote.ts'

/** A script that runs inside the step: at which point, and how bash runs it. */
export interface InnerScript {
  readonly at: string
  readonly command: string
}

/**
 * The bash of a step's body, with the values of the definition in it.
 *
 * @param said one line each, for people
 */
export async function stepAsScript(
  body: StepBody,
  node: StepNode,
  said: readonly string[],
  inner: readonly InnerScript[] = [],
): Promise<string> {
  const parts: string[] = []
  await body.run({
    node,
    root: '/',
    bash: async script => {
      parts.push(script.trimEnd())
    },
    // What needs the keys of the user stays with other tools: they fetch with their own git.
    bashOnHost: async () => {},
    point: async name => {
      for (const { at, command } of inner) if (at === name) parts.push(command)
    },
    progress: () => {},
  })
  // Each part is a program of its own, with its own traps and settings.
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
