/** Interactive commands: `flash`, `shell`. */
import type { Command } from 'commander'
import { StruxError } from '../diagnostics/error.ts'
import type { Plan, PlanNode } from '../model/plan.ts'
import { findNode } from '../plan/selection.ts'
import { makeFolders } from '../run/build-state.ts'
import { openShell } from '../run/executors.ts'
import { flash } from '../run/flash.ts'
import { BUILD_PIPELINE } from '../steps/pipeline.ts'
import { cancellation } from './cancel.ts'
import type { GlobalOptions } from './options.ts'
import { colorsFor } from './terminal.ts'
import { openWorkspace } from './workspace.ts'

interface TerminalFlags extends GlobalOptions {
  readonly at?: string
}

export function terminalCommands(program: Command): void {
  program
    .command('flash')
    .argument('[bsp]', "the BSP (default: the project's)")
    .description('run the flash scripts of a BSP on this machine: tool scripts first')
    .action(async (bsp: string | undefined, _: unknown, self: Command) => {
      const { root, plan } = await openWorkspace(self.optsWithGlobals<TerminalFlags>().project, bsp)
      const colors = colorsFor(process.stderr)
      const say = (node: { title: string; id: string }) =>
        process.stderr.write(`${colors.cyan('run')}   ${node.title} [${node.id}]\n`)
      await flash(root, plan, BUILD_PIPELINE, say, cancellation())
    })
  program
    .command('shell')
    .argument('[bsp]', "the BSP (default: the project's)")
    .description('open a shell in the builder container, with the environment of a script or step')
    .option('--at <id>', 'the script or step (default: the first script of the plan)')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      shell(bsp, self.optsWithGlobals<TerminalFlags>()),
    )
}

async function shell(bsp: string | undefined, flags: TerminalFlags): Promise<void> {
  const workspace = await openWorkspace(flags.project, bsp)
  const node = flags.at === undefined ? firstScript(workspace.plan) : findNode(workspace.plan, flags.at)
  if (!node) throw new StruxError(`${workspace.plan.bsp} has no scripts that run in a container`)
  if (node.runs_in === 'host') {
    throw new StruxError(`${node.id} runs on this machine, not in a container`, {
      hint: 'Use your own shell.',
    })
  }
  makeFolders(workspace.root, workspace.plan.bsp)
  process.exitCode = await openShell(workspace, node, message => process.stderr.write(`${message}\n`))
}

function firstScript(plan: Plan): PlanNode | undefined {
  return plan.nodes.find(node => node.kind === 'script')
}
