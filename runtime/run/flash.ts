/** Flashing: the two flash hooks, on this machine, with the terminal attached, never cached. Source: lifecycle-scripts document. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StruxError } from '../diagnostics/error.ts'
import { runFlashScript } from '../execute/host/host.ts'
import type { Plan, ScriptNode } from '../model/plan.ts'
import { flashFolder } from '../plan/environment.ts'
import type { Pipeline } from '../plan/pipeline.ts'

/** Runs tool scripts, then flash scripts; the first that fails ends it. `say` is told which one runs. */
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

/** bash runs a file here, so that the terminal stays free for questions. */
function scriptFile(root: string, cwd: string, { source }: ScriptNode, index: number): string {
  if (source.kind === 'file') return join(root, source.path)
  const file = join(cwd, `.inline-${index}.sh`)
  writeFileSync(file, source.text)
  return file
}
