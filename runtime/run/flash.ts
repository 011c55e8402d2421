/**
 * Flashing: the two flash hooks on the host, attached to the terminal and never cached. Source:
 * lifecycle-scripts document.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StruxError } from '../diagnostics/error.ts'
import { runFlashScript } from '../execute/host/host.ts'
import type { Plan, ScriptNode } from '../model/plan.ts'
import { flashFolder } from '../plan/environment.ts'
import type { Pipeline } from '../plan/pipeline.ts'

/** Runs tool scripts, then flash scripts; stops at the first failure. `say` is called with the script that runs. */
export async function flash(
  root: string,
  plan: Plan,
  pipeline: Pipeline,
  say: (node: ScriptNode) => void,
  signal: AbortSignal,
): Promise<void> {
  const essential = pipeline.vocabularies.flatMap(({ hooks }) => hooks).filter(row => row.essential)
  for (const { name } of essential) {
    if (plan.flash.some(node => node.hook === name)) continue
    throw new StruxError(`${plan.bsp} has no ${name}`, {
      hint: `Add a script with step: '${name}' to the BSP; strux hooks explains it.`,
    })
  }
  const cwd = join(root, flashFolder(plan.bsp))
  mkdirSync(cwd, { recursive: true })
  for (const [index, node] of plan.flash.entries()) {
    say(node)
    const exitCode = await runFlashScript(
      { file: scriptFile(root, cwd, node, index), env: node.env, cwd },
      signal,
    )
    if (exitCode !== 0) throw new StruxError(`${node.id} failed with exit code ${exitCode}`, { exitCode })
  }
}

/**
 * Writes the script to a file, so that bash does not need standard input and the script can ask questions on
 * the terminal.
 */
function scriptFile(root: string, cwd: string, { source }: ScriptNode, index: number): string {
  if (source.kind === 'file') return join(root, source.path)
  const file = join(cwd, `.inline-${index}.sh`)
  writeFileSync(file, source.text)
  return file
}
