/** Read-only commands: `plan`, `why`, `check`. */
import type { Command } from 'commander'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { sortDiagnostics } from '../diagnostics/render.ts'
import { decide } from '../engine.ts'
import { loadBsp, loadProject } from '../load/project.ts'
import { nodeJson, planJson } from '../plan/json.ts'
import { findNode } from '../plan/selection.ts'
import { examine } from '../run/workspace.ts'
import { printPlan, printWhy } from './decisions.ts'
import { layersJson, printLayers } from './layers.ts'
import { type EnableFlags, type GlobalOptions, withEnable } from './options.ts'
import { printDiagnostics, printJson, printLine, printNotice } from './terminal.ts'
import { openWorkspace, projectRoot } from './workspace.ts'

interface InspectFlags extends GlobalOptions, EnableFlags {
  readonly json?: boolean
  readonly layers?: boolean
  readonly bsp?: string
}

export function inspectCommands(program: Command): void {
  withEnable(program.command('plan'))
    .argument('[bsp]', "the BSP (default: the project's)")
    .description('list the steps and scripts of a build in order, with their inputs and outputs')
    .option('--layers', 'show the layer of each value of the BSP')
    .option('--json', 'print JSON')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      showPlan(bsp, self.optsWithGlobals<InspectFlags>()),
    )
  withEnable(program.command('why'))
    .argument('<id>', 'a script or step; strux plan lists the ids')
    .description('show whether a build would run a script or step, and every reason')
    .option('--bsp <name>', "the BSP (default: the project's)")
    .option('--json', 'print JSON')
    .action((id: string, _: unknown, self: Command) => why(id, self.optsWithGlobals<InspectFlags>()))
  withEnable(program.command('check'))
    .argument('[bsp...]', 'the BSPs to check (default: all)')
    .description('show all errors and warnings in the definitions of a project')
    .option('--json', 'print JSON')
    .action((bsps: string[], _: unknown, self: Command) => check(bsps, self.optsWithGlobals<InspectFlags>()))
}

async function showPlan(name: string | undefined, flags: InspectFlags): Promise<void> {
  const { plan, bsp } = await openWorkspace(flags.project, name, flags)
  if (flags.json) printJson({ ...planJson(plan), ...(flags.layers && { layers: layersJson(bsp) }) })
  else if (flags.layers) printLayers(bsp)
  else printPlan(plan)
}

async function why(id: string, flags: InspectFlags): Promise<void> {
  const workspace = await openWorkspace(flags.project, flags.bsp, flags)
  const node = findNode(workspace.plan, id)
  const index = workspace.plan.nodes.indexOf(node)
  if (index < 0)
    throw new StruxError(`${id} does not run in a build`, { hint: 'strux flash runs it, every time.' })
  const decisions = await decide(workspace, { report: () => {} })
  const decision = decisions.get(index)!
  if (flags.json) printJson({ bsp: workspace.plan.bsp, ...nodeJson(node), decision })
  else printWhy(node, decision)
}

async function check(names: readonly string[], flags: InspectFlags): Promise<void> {
  const root = projectRoot(flags.project)
  const project = await loadProject(root)
  const wanted = names.length > 0 ? names : project.bsps.map(bsp => bsp.name)
  const found = new Map<string, Diagnostic>()
  const add = (diagnostics: readonly Diagnostic[]) => {
    for (const each of diagnostics) found.set(JSON.stringify(each), each)
  }
  if (wanted.length === 0) add((await examine(project, undefined)).diagnostics)
  for (const name of wanted) {
    const bsp = await loadBsp(project, name, { notice: printNotice, ...flags })
    add((await examine(project, bsp, undefined, { isThorough: true })).diagnostics)
  }
  const diagnostics = sortDiagnostics([...found.values()])
  const ok = !diagnostics.some(each => each.severity === 'error')
  if (flags.json) printJson({ ok, diagnostics })
  else {
    printDiagnostics(diagnostics, root)
    const count = (severity: Diagnostic['severity']) => {
      const number = diagnostics.filter(each => each.severity === severity).length
      return `${number} ${severity}${number === 1 ? '' : 's'}`
    }
    printLine(`${wanted.length} BSP${wanted.length === 1 ? '' : 's'}: ${count('error')}, ${count('warning')}`)
  }
  if (!ok) process.exitCode = 1
}
