/** Builds in this process, with scripts that are functions: fast enough for properties over many builds. */
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { BspData, ProjectData, ScriptData } from '../../lib/schema.ts'
import { Sh } from '../../lib/sh.ts'
import { FileStates } from '../../runtime/cache/file-states.ts'
import { HashMemo } from '../../runtime/cache/hash-memo.ts'
import { RememberedBuilders } from '../../runtime/cache/known-builders.ts'
import type { Command, Executor, SessionRequest } from '../../runtime/execute/executor.ts'
import type { Decision, Reason } from '../../runtime/model/decision.ts'
import type { Plan, StepNode } from '../../runtime/model/plan.ts'
import type { StepBodies, StepBody, StepCommand } from '../../runtime/plan/body.ts'
import { makePlan } from '../../runtime/plan/plan.ts'
import { relationsOf } from '../../runtime/plan/relations.ts'
import { type SelectionOptions, select } from '../../runtime/plan/selection.ts'
import type { BuildEvent, Outcome } from '../../runtime/report/events.ts'
import { build } from '../../runtime/run/build.ts'
import { type BuildOptions, readBuildState } from '../../runtime/run/build-state.ts'
import { splashLogo } from '../../runtime/run/splash-logo.ts'
import { BUILD_PIPELINE } from '../../runtime/steps/pipeline.ts'

/** As they were when the process began: scripts and tests write also when the build has "died" (mortal.ts). */
const { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync } = fs
const { realpathSync, renameSync, rmSync, writeFileSync } = fs

export const PROJECT: ProjectData = { name: 'demo', project_version: '1.0.0', bsp: 'demo' }

export function bspWith(scripts: readonly ScriptData[], more: Partial<BspData> = {}): BspData {
  return {
    name: 'demo',
    description: 'A demo',
    arch: 'x86_64',
    hostname: 'demo',
    scripts,
    ...more,
  } as BspData
}

export function planFor(
  bsp: BspData,
  project: ProjectData = PROJECT,
  root = '/project',
  name = 'demo',
): Plan {
  const { plan } = makePlan(
    {
      project,
      bsp,
      bspName: name,
      bspFolder: `bsp/${name}`,
      host: 'x86_64',
      version: '9.9.9',
      root: '/project',
      hostRoot: root,
    },
    BUILD_PIPELINE,
  )
  return plan
}

/** What a script does when it is its turn: returns the exit code. */
export type Behaviour = (id: string, command: Command & SessionRequest) => number | Promise<number>

export interface BuildSettings {
  readonly bsp: BspData
  readonly project?: ProjectData
  readonly behave?: Behaviour
  readonly selection?: SelectionOptions
  readonly clean?: boolean
  readonly bodies?: StepBodies
  /** The engine's id of images that the user names. */
  readonly imageId?: string
  readonly signal?: AbortSignal
  /** How many nodes may run at once; 1 unless given. */
  readonly jobs?: number
  /** The BSP's folder name, `demo` unless given. */
  readonly name?: string
}

export interface Built {
  readonly ok: boolean
  readonly error?: unknown
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** In the order in which nodes finished running. */
  readonly order: readonly string[]
  readonly warnings: readonly string[]
  readonly reasons: ReadonlyMap<string, readonly Reason[]>
}

export class SimulatedProject {
  #shared: Promise<unknown> = Promise.resolve()
  root = realpathSync(mkdtempSync(join(tmpdir(), 'strux-sim-')))

  write(path: string, text: string): void {
    const file = join(this.root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  read(path: string): string | undefined {
    const file = join(this.root, path)
    return existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined
  }

  /** The names in a folder, sorted. */
  list(path: string): string[] {
    const folder = join(this.root, path)
    return existsSync(folder) ? readdirSync(folder).sort() : []
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true })
  }

  /** The whole project is somewhere else from now on. */
  move(): void {
    const to = `${this.root}-moved`
    renameSync(this.root, to)
    this.root = to
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true })
  }

  /** By id, without changing anything. */
  async dryRun(settings: BuildSettings): Promise<Map<string, Decision>> {
    const options = this.#options(settings, () => {})
    const decisions = await (await readBuildState(options)).forecast.decideAll()
    return new Map([...decisions].map(([index, decision]) => [options.plan.nodes[index]!.id, decision]))
  }

  async build(settings: BuildSettings): Promise<Built> {
    const outcomes = new Map<string, Outcome>()
    const order: string[] = []
    const warnings: string[] = []
    const reasons = new Map<string, readonly Reason[]>()
    const report = (event: BuildEvent): void => {
      if (event.type === 'node_finished') {
        outcomes.set(event.id, event.outcome)
        reasons.set(event.id, event.reasons)
        if (event.outcome === 'ran') order.push(event.id)
      }
      if (event.type === 'notice' && event.level === 'warning') warnings.push(event.message)
    }
    const result = { outcomes, order, warnings, reasons }
    try {
      await build(this.#options(settings, report), {
        signal: settings.signal ?? new AbortController().signal,
        whileShared: work => this.#inTurn(work),
        openExecutor: async () => simulatedExecutor(settings),
      })
      return { ok: true, ...result }
    } catch (error) {
      return { ok: false, error, ...result }
    }
  }

  /** Builds of several BSPs in this process take their turn where they share outputs. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#shared.then(work)
    this.#shared = turn.catch(() => {})
    return turn
  }

  #options(settings: BuildSettings, report: (event: BuildEvent) => void): BuildOptions {
    const project = settings.project ?? PROJECT
    const plan = planFor(settings.bsp, project, this.root, settings.name)
    const relations = relationsOf(plan)
    const memo = new HashMemo(join(this.root, `dist/cache/${settings.name ?? 'demo'}/.file-hashes.json`))
    const fileStates = new FileStates(this.root, memo, splashLogo(project, plan))
    const scripts = plan.nodes.filter(node => node.kind === 'script').map(node => node.id)
    const all = { only: settings.bodies || scripts.length === 0 ? [] : scripts }
    return {
      ...{
        root: this.root,
        plan,
        pipeline: { ...BUILD_PIPELINE, bodies: settings.bodies ?? {} },
        relations,
        memo,
        fileStates,
        report,
      },
      selection: select(plan, settings.selection ?? all),
      policy: {
        clean: settings.clean ?? false,
        enabled: project.build?.cache?.enabled ?? true,
        force: new Set(project.build?.cache?.force_rebuild),
      },
      jobs: settings.jobs ?? 1,
      builders: new RememberedBuilders(join(this.root, 'dist/.strux/builders')),
      info: { projectVersion: '1.0.0', struxVersion: '9.9.9' },
    }
  }
}

/** The functions that stand for commands of steps, by the text of the command. */
const STEP_WORK = new Map<string, () => void | Promise<void>>()

/** A body whose commands are functions; a string is a point of the step. */
export function simulatedBody(
  source: string,
  ...parts: readonly (string | ((node: StepNode) => void | Promise<void>))[]
): StepBody {
  return {
    source,
    commands: ({ node }) =>
      parts.map((part): StepCommand => {
        if (typeof part === 'string') return { kind: 'point', at: part }
        const script = `step work ${STEP_WORK.size}`
        STEP_WORK.set(script, () => part(node))
        return { kind: 'run', script }
      }),
  }
}

function simulatedExecutor({ behave = () => 0, imageId }: BuildSettings): Executor {
  return {
    prepare: () => {},
    release: () => {},
    open: async ({ id, builder }) => ({
      variablesFile: '',
      run: async ({ script, env }) => {
        const work = STEP_WORK.get(script)
        if (!work) return behave(id, { script, env, builder, id })
        await work()
        return 0
      },
      interrupt: async () => {},
      close: async () => {},
    }),
    identity: ({ kind }) => (kind === 'named' ? imageId : undefined),
    close: async () => {},
  }
}

/** A script entry with as little as possible in it; `run` is its hook's name unless something else is said. */
export function script(step: ScriptData['step'], more: Partial<ScriptData> = {}): ScriptData {
  return { step, ...(more.location === undefined ? { run: new Sh(step) } : {}), ...more } as ScriptData
}
