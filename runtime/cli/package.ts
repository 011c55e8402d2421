/** `strux package`: work on one source package. */
import type { Command } from 'commander'
import { StruxError } from '../diagnostics/error.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { runBuild } from '../engine.ts'
import { HumanReport } from '../report/human.ts'
import { logged } from '../report/logs.ts'
import { openShell } from '../run/executors.ts'
import {
  beginAt,
  cleanPackage,
  extractPackage,
  findPackage,
  forgetBeginning,
  type PackageWork,
  type WorkSurroundings,
  whileNoBuild,
} from '../run/package-work.ts'
import type { Workspace } from '../run/workspace.ts'
import { cancellation } from './cancel.ts'
import { showLog } from './log.ts'
import type { GlobalOptions } from './options.ts'
import { colorsFor, printLine } from './terminal.ts'
import { openWorkspace } from './workspace.ts'

interface PackageFlags extends GlobalOptions {
  readonly bsp?: string
}

type Action = (workspace: Workspace, work: PackageWork, surroundings: WorkSurroundings) => Promise<void>

const ACTIONS: Readonly<Record<string, Action>> = {
  rebuild: (...all) => again('build', ...all),
  reconfigure: (...all) => again('configure', ...all),
  extract: async (workspace, work, surroundings) =>
    printLine(await extractPackage(workspace, work, surroundings)),
  clean: async (workspace, work, surroundings) =>
    whileNoBuild(workspace, surroundings, () => cleanPackage(workspace, work)),
  shell: async (workspace, { node }) => {
    process.exitCode = await openShell(workspace, node, message => process.stderr.write(`${message}\n`))
  },
  log: async (workspace, { node }) => showLog(workspace.root, workspace.plan.bsp, node.id),
}

const HELP = `
Actions:
  rebuild      compile and install again, in the build folder as it is
  reconfigure  the same from configure on
  extract      only fetch, unpack and patch the source, and print the folder
  clean        delete the build folder and everything that the package made
  shell        open a shell in the builder container of the package
  log          show the output of its last run`

export function packageCommand(program: Command): void {
  program
    .command('package')
    .argument('<name>', 'a source package of the BSP: NAME, or host-NAME for its host variant')
    .argument('<action>', Object.keys(ACTIONS).join(', '))
    .description('work on one source package')
    .option('--bsp <name>', "the BSP (default: the project's)")
    .addHelpText('after', HELP)
    .action((name: string, action: string, _: unknown, self: Command) =>
      perform(name, action, self.optsWithGlobals<PackageFlags>()),
    )
}

async function perform(name: string, action: string, flags: PackageFlags): Promise<void> {
  const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined
  if (!run) {
    const near = suggest(action, Object.keys(ACTIONS))
    const hint = near ? `Did you mean '${near}'?` : `Actions: ${Object.keys(ACTIONS).join(', ')}.`
    throw new StruxError(`'${action}' is not an action for a package`, { hint, exitCode: 2 })
  }
  const workspace = await openWorkspace(flags.project, flags.bsp)
  const { stderr } = process
  const people = await HumanReport.open({
    stream: stderr,
    colors: colorsFor(stderr),
    verbose: flags.verbose ?? false,
  })
  try {
    await run(workspace, findPackage(workspace, name), {
      command: `strux package ${name} ${action}`,
      report: logged(workspace.root, workspace.plan.bsp, people.report),
      signal: cancellation(),
    })
  } finally {
    people.close()
  }
}

/** Builds the package again from a phase on. */
async function again(
  phase: 'build' | 'configure',
  workspace: Workspace,
  work: PackageWork,
  surroundings: WorkSurroundings,
): Promise<void> {
  const { id } = work.node
  const prepare = () => beginAt(workspace, work, phase)
  try {
    await runBuild(workspace, { ...surroundings, selection: { only: [id] }, force: [id], prepare })
  } catch (error) {
    forgetBeginning(workspace, work)
    throw error
  }
}
