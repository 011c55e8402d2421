/** `strux build`, and its `--dry-run`. */
import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { selfVersion } from '../load/self.ts'
import { planJson } from '../plan/json.ts'
import { cacheFolder, outputFolder } from '../plan/paths.ts'
import { select } from '../plan/selection.ts'
import { StruxError } from '../report/error.ts'
import type { Report } from '../report/events.ts'
import { HumanReport } from '../report/human.ts'
import { jsonReport } from '../report/json.ts'
import { logged } from '../report/logs.ts'
import { build } from '../run/build.ts'
import { type BuildOptions, openBuild } from '../run/open.ts'
import type { Holder } from '../state/lock.ts'
import { lockBsp, lockShared } from '../state/project-locks.ts'
import { BUILT_IN_BODIES } from '../steps/bodies.ts'
import { ownName } from '../steps/original-names.ts'
import { BUILD_PIPELINE } from '../steps/pipeline.ts'
import { cancellation } from './cancel.ts'
import { printDecisions } from './decisions.ts'
import { knownBuilders, openExecutor, repairOwners } from './executor.ts'
import { type GlobalOptions, type SelectionFlags, selectionOf, withSelection } from './options.ts'
import { openSession, type Session } from './session.ts'
import { colorsFor, printJson } from './terminal.ts'

interface BuildFlags extends GlobalOptions, SelectionFlags {
  readonly clean?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly wait: boolean
  readonly jobs?: string
}

/** Steps use several processors themselves, and each takes memory. */
const DEFAULT_JOBS = Math.min(4, Math.max(1, availableParallelism()))

export function buildCommand(program: Command): void {
  const command = program
    .command('build')
    .argument('[bsp]', "the BSP to build; the project's default otherwise")
    .description('run what has to be run, and skip what is up to date')
  withSelection(command)
    .option('--clean', "delete the BSP's cache first and run everything that is selected")
    .option('--dry-run', 'only say what would run, and why; needs no container engine')
    .option('-j, --jobs <number>', `how many independent steps run at once; ${DEFAULT_JOBS} here`)
    .option('--json', 'one JSON object a line (with --dry-run: one document)')
    .option('--no-wait', 'fail at once if another build of the BSP is under way')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      run(bsp, self.optsWithGlobals<BuildFlags>()),
    )
}

async function run(bsp: string | undefined, flags: BuildFlags): Promise<void> {
  const session = await openSession(flags.project, bsp)
  const { report, close } = await reporter(flags)
  const options = buildOptions(session, flags, logged(session.root, session.plan.bsp, report))
  try {
    if (flags.dryRun) await dryRun(session, options, flags)
    else await realRun(session, options, flags)
  } finally {
    close()
  }
}

export function buildOptions(
  session: Session,
  flags: SelectionFlags & { readonly clean?: boolean; readonly jobs?: string },
  report: Report,
): BuildOptions {
  const { root, project, plan, relations, world, memo } = session
  const cache = project.config.build?.cache
  return {
    ...{ root, plan, pipeline: BUILD_PIPELINE, relations, world, memo, report },
    selection: select(plan, relations, selectionOf(flags)),
    policy: {
      clean: flags.clean ?? false,
      enabled: cache?.enabled ?? true,
      force: new Set(cache?.force_rebuild?.map(ownName)),
    },
    jobs: jobsOf(flags.jobs),
    bodies: BUILT_IN_BODIES,
    builders: knownBuilders(),
    info: { projectVersion: project.config.project_version, struxVersion: selfVersion() },
  }
}

function jobsOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_JOBS
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text)
  throw new StruxError(`'${text}' is no number of jobs`, { hint: 'Give a whole number from 1.', exitCode: 2 })
}

async function dryRun(session: Session, options: BuildOptions, flags: BuildFlags): Promise<void> {
  const decisions = await openBuild(options).forecast.decideAll()
  if (flags.json) printJson(planJson(session.plan, decisions))
  else printDecisions(session.plan, decisions, flags.verbose ?? false)
}

async function realRun(session: Session, options: BuildOptions, flags: BuildFlags): Promise<void> {
  const { root, plan } = session
  const signal = cancellation()
  const notice = (message: string) => options.report({ type: 'notice', level: 'info', message })
  let waited = false
  const locking = (what: string) => ({
    command: `strux build ${plan.bsp}`,
    noWait: !flags.wait,
    signal,
    waiting: (holder: Holder) => {
      notice(`waiting for ${what}: in use by ${holder.command} (process ${holder.pid})`)
      waited = true
    },
  })
  const whileShared = async <T>(work: () => Promise<T>): Promise<T> => {
    const lock = await lockShared(root, locking('what the BSPs of this project share'))
    try {
      return await work()
    } finally {
      lock.release()
    }
  }
  const started = Date.now()
  const lock = await lockBsp(root, plan.bsp, locking(`BSP ${plan.bsp}`))
  // What was seen of the files before the lock was ours may be old by now.
  if (waited || builtSinceStart(root, plan.bsp)) session.world.refresh()
  let failure: unknown
  try {
    if (await repairOwners(session, notice, signal)) session.world.refresh()
    await build(options, {
      signal,
      whileShared,
      openExecutor: builders => openExecutor(session, builders, { notice, signal, whileShared }),
    })
  } catch (error) {
    failure = error
    throw error
  } finally {
    lock.release()
    const duration_ms = Date.now() - started
    if (!failure)
      options.report({ type: 'build_finished', ok: true, duration_ms, outputs: outputsOf(options) })
    else
      options.report({ type: 'build_finished', ok: false, duration_ms, outputs: [], error: inWords(failure) })
  }
}

function inWords(error: unknown): { message: string; hint?: string } {
  const message = error instanceof Error ? error.message : String(error)
  return error instanceof StruxError && error.hint ? { message, hint: error.hint } : { message }
}

/** What people came for: the declared artifacts in the output folder. */
function outputsOf({ plan, selection, world }: BuildOptions): string[] {
  const folder = `${outputFolder(plan.bsp)}/`
  const made = plan.nodes.flatMap((node, index) => (selection.has(index) ? node.artifacts : []))
  const paths = made.map(ref => ref.path).filter(path => path.startsWith(folder) && world.exists(path))
  return [...new Set(paths)]
}

/** Whether another build has run anything since this process began: it writes the records before each script. */
function builtSinceStart(root: string, bsp: string): boolean {
  const records = statSync(join(root, cacheFolder(bsp), '.build-cache.json'), { throwIfNoEntry: false })
  // A file's time is the kernel's last tick, which lies a little before the moment.
  return records !== undefined && records.mtimeMs > performance.timeOrigin - 100
}

async function reporter(flags: BuildFlags): Promise<{ report: Report; close: () => void }> {
  const { stderr, stdout } = process
  const people = await HumanReport.open({
    stream: stderr,
    colors: colorsFor(stderr),
    verbose: flags.verbose ?? false,
  })
  const report = flags.json ? jsonReport(stdout, people.report) : people.report
  return { report, close: () => people.close() }
}
