/** Load and plan, for every command that is about a BSP: definitions, the plan, and all that is to be said about them. */
import { join } from 'node:path'
import { HashMemo } from '../cache/hash-memo.ts'
import { World } from '../cache/world.ts'
import { checkFiles } from '../check/files.ts'
import { notActedOn, unknownForced } from '../check/settings.ts'
import { type Diagnostic, DiagnosticsError, type Finding } from '../load/diagnostic.ts'
import { findProjectRoot } from '../load/find-project.ts'
import type { Bsp, Loaded, LoadedProject, Project } from '../load/loaded.ts'
import { diagnose, loadBsp, loadProject } from '../load/project.ts'
import { selfVersion } from '../load/self.ts'
import { hostArch } from '../plan/arch.ts'
import { CONTAINER_ROOT } from '../plan/environment.ts'
import type { Plan } from '../plan/model.ts'
import { cacheFolder } from '../plan/paths.ts'
import { makePlan } from '../plan/plan.ts'
import { type Relations, relationsOf } from '../plan/relations.ts'
import { StruxError } from '../report/error.ts'
import { splashLogo } from '../run/splash-logo.ts'
import { BUILD_PIPELINE } from '../steps/pipeline.ts'
import { printDiagnostics } from './terminal.ts'

export interface Session {
  readonly root: string
  readonly project: Project
  readonly bsp: Bsp
  readonly plan: Plan
  readonly relations: Relations
  readonly world: World
  readonly memo: HashMemo
}

/** True inside a builder container: scripts run right here. */
export function inContainer(): boolean {
  return process.env.STRUX_IN_CONTAINER === '1'
}

/** The folder that a command is about: `--project`, or the nearest project around the current one. */
export function projectRoot(folder: string | undefined): string {
  return findProjectRoot(folder ?? process.cwd())
}

/**
 * Everything up to the plan. Warnings are printed; errors are printed, all at once, and end the command with a
 * DiagnosticsError before anything has run.
 */
export async function openSession(folder: string | undefined, bspName: string | undefined): Promise<Session> {
  const root = projectRoot(folder)
  const loaded = await loadProject(root)
  const name = bspName ?? defaultBsp(loaded)
  // With a configuration that cannot be used, the BSP's own mistakes are said in the same breath.
  const bsp = name === undefined ? undefined : await loadBsp(loaded, name)
  const { diagnostics, session } = await examine(loaded, bsp)
  printDiagnostics(diagnostics, root)
  if (!session || diagnostics.some(each => each.severity === 'error')) throw new DiagnosticsError(diagnostics)
  return session
}

/**
 * The name of a BSP for commands about what it built, or else the project's default one. Its definition need not be in
 * order: only the configuration is read, and that only where no name is given.
 */
export async function namedBsp(root: string, name: string | undefined): Promise<string> {
  if (name !== undefined) {
    if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return name
    throw new StruxError(`'${name}' cannot be the name of a BSP`, { exitCode: 2 })
  }
  const project = await loadProject(root)
  if (project.value) return project.value.config.bsp
  const diagnostics = await diagnose(project)
  printDiagnostics(diagnostics, root)
  throw new DiagnosticsError(diagnostics)
}

/** What the configuration says, also where something else in it is wrong. */
function defaultBsp({ value, exported, bsps }: LoadedProject): string | undefined {
  if (value) return value.config.bsp
  const said = (exported as { bsp?: unknown } | undefined)?.bsp
  return bsps.find(bsp => bsp.name === said)?.name
}

/** Project, one BSP, and all diagnostics of both. */
export async function examine(
  loaded: LoadedProject,
  bsp: Loaded<Bsp> | undefined,
): Promise<{ diagnostics: Diagnostic[]; session?: Session }> {
  const found: Finding[] = []
  let session: Session | undefined
  if (loaded.value && bsp?.value) {
    const { findings, ...planned } = await planWith(loaded.value, bsp.value)
    session = planned
    found.push(
      ...findings,
      ...notActedOn(loaded.value.config, bsp.value.data),
      ...unknownForced(loaded.value.config, session.plan),
    )
  } else if (bsp) found.push(...(await wrongFiles(loaded, bsp)))
  const about = (source: 'project' | 'bsp') => found.filter(finding => finding.origin.source === source)
  const diagnostics = [
    ...(await diagnose(loaded, about('project'))),
    ...(bsp ? await diagnose(bsp, about('bsp')) : []),
  ]
  return session ? { diagnostics, session } : { diagnostics }
}

interface Planned extends Session {
  readonly findings: readonly Finding[]
}

async function planWith(project: Project, bsp: Bsp): Promise<Planned> {
  const { plan, findings } = makePlan(planInput(project, bsp), BUILD_PIPELINE)
  const relations = relationsOf(plan)
  const memo = new HashMemo(join(project.root, cacheFolder(plan.bsp), '.file-hashes.json'))
  const world = new World(project.root, memo, splashLogo(project.config, plan))
  const ofFiles = await checkFiles(plan, relations, world)
  const { root } = project
  return { root, project, bsp, plan, relations, memo, world, findings: [...findings, ...ofFiles] }
}

/** What is wrong with files, as far as it can be known where something else is wrong with the definitions. */
async function wrongFiles(loaded: LoadedProject, bsp: Loaded<Bsp>): Promise<Finding[]> {
  const { salvageBsp, salvageProject } = await import('../check/salvage.ts')
  const project = salvageProject(loaded)
  const rest = salvageBsp(loaded, bsp)
  if (!project || !rest) return []
  const repaired = { project: project.repaired, bsp: rest.repaired }
  const isAbout = (keys: Finding['origin']['keys'], part: readonly PropertyKey[]) =>
    part.every((key, index) => keys[index] === key)
  const { findings } = await planWith(project.value, rest.value)
  return findings.filter(({ severity, code, origin }) => {
    const isGuess = repaired[origin.source].some(part => isAbout(origin.keys, part))
    return severity === 'error' && (code === 'script_missing' || !isGuess)
  })
}

function planInput(project: Project, bsp: Bsp) {
  return {
    project: project.config,
    bsp: bsp.data,
    ...(bsp.layers && { boardScripts: bsp.layers.scripts }),
    bspName: bsp.name,
    bspFolder: bsp.folder,
    host: hostArch(),
    version: selfVersion(),
    root: inContainer() ? project.root : CONTAINER_ROOT,
    hostRoot: project.root,
  }
}
