/** `strux build`, and its `--dry-run`. */
import { availableParallelism } from 'node:os'
import type { Command } from 'commander'
import { resultStream } from '../authored/guard.ts'
import { missingSources } from '../check/application.ts'
import { DiagnosticsError } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { decide, runBuild } from '../engine.ts'
import { diagnose, loadProject } from '../load/project.ts'
import { planJson } from '../plan/json.ts'
import { type SelectionOptions, select } from '../plan/selection.ts'
import type { Report } from '../report/events.ts'
import { HumanReport } from '../report/human.ts'
import { jsonReport } from '../report/json.ts'
import { logged } from '../report/logs.ts'
import type { Workspace } from '../run/workspace.ts'
import { cancellation } from './cancel.ts'
import { printDecisions } from './decisions.ts'
import {
  type EnableFlags,
  type GlobalOptions,
  type SelectionFlags,
  selectionOf,
  withEnable,
  withSelection,
} from './options.ts'
import { colorsFor, printDiagnostics, printJson } from './terminal.ts'
import { openWorkspace } from './workspace.ts'

interface BuildFlags extends GlobalOptions, SelectionFlags, EnableFlags {
  readonly clean?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly wait: boolean
  readonly jobs?: string
}

/** Steps use several processors themselves, and each needs memory. */
const DEFAULT_JOBS = Math.min(4, Math.max(1, availableParallelism()))

export function buildCommand(program: Command): void {
  const command = program
    .command('build')
    .argument('[bsp]', "the BSP to build (default: the project's)")
    .description('build a BSP: run outdated steps and scripts, skip up-to-date ones')
  withEnable(withSelection(command))
    .option('--clean', "delete the BSP's cache first and run all selected steps and scripts")
    .option('--dry-run', 'only show what would run, and why; needs no container engine')
    .option(
      '-j, --jobs <number>',
      `how many independent steps run at once (default on this machine: ${DEFAULT_JOBS})`,
    )
    .option('--json', 'print one JSON object per line (with --dry-run: one document)')
    .option('--no-wait', 'fail at once if another build of the BSP is running')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      run(bsp, self.optsWithGlobals<BuildFlags>()),
    )
}

async function run(bsp: string | undefined, flags: BuildFlags): Promise<void> {
  const workspace = await openWorkspace(flags.project, bsp, flags)
  const { root, plan } = workspace
  if (!flags.dryRun) await requireSources(workspace, selectionOf(flags))
  const { report, close } = await reporter(flags)
  const request = {
    selection: selectionOf(flags),
    clean: flags.clean ?? false,
    jobs: jobsOf(flags.jobs),
    wait: flags.wait,
    report: logged(root, plan.bsp, report),
  }
  try {
    if (!flags.dryRun) return await runBuild(workspace, { ...request, signal: cancellation() })
    const decisions = await decide(workspace, request)
    if (flags.json) printJson(planJson(plan, decisions))
    else printDecisions(plan, decisions, flags.verbose ?? false)
  } finally {
    close()
  }
}

/** Ends the command at once where a selected step would fail after minutes of preparations. */
async function requireSources({ root, plan, project }: Workspace, options: SelectionOptions): Promise<void> {
  const selection = select(plan, options)
  const findings = missingSources(project.config, plan, root, { severity: 'error', selection })
  if (findings.length === 0) return
  const diagnostics = await diagnose(await loadProject(root), findings)
  printDiagnostics(diagnostics, root)
  throw new DiagnosticsError(diagnostics)
}

function jobsOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_JOBS
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text)
  throw new StruxError(`'${text}' is not a number of jobs`, {
    hint: 'Give a whole number from 1.',
    exitCode: 2,
  })
}

async function reporter(flags: BuildFlags): Promise<{ report: Report; close: () => void }> {
  const { stderr } = process
  const people = await HumanReport.open({
    stream: stderr,
    colors: colorsFor(stderr),
    verbose: flags.verbose ?? false,
  })
  const report = flags.json ? jsonReport(resultStream(), people.report) : people.report
  return { report, close: () => people.close() }
}
