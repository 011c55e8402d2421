/** A loaded and planned BSP of a project, with all diagnostics: connects load and plan. */
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { FileStates } from '../cache/file-states.ts'
import { HashMemo } from '../cache/hash-memo.ts'
import { missingSources } from '../check/application.ts'
import { checkArtifacts } from '../check/artifacts.ts'
import { checkCalledScripts } from '../check/called-scripts.ts'
import { checkFiles } from '../check/files.ts'
import { sharedBuildFolders } from '../check/packages.ts'
import { notActedOn, oddPackages, stepsWithout, unknownForced } from '../check/settings.ts'
import { checkQuotes } from '../check/text-in-quotes.ts'
import type { Diagnostic, Finding } from '../diagnostics/diagnostic.ts'
import { inContainer } from '../execute/in-container.ts'
import type { Bsp, Loaded, LoadedProject, Project } from '../load/loaded.ts'
import { diagnose } from '../load/project.ts'
import { cacheFolder } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import { hostArch } from '../plan/arch.ts'
import { CONTAINER_ROOT } from '../plan/environment.ts'
import type { Pipeline } from '../plan/pipeline.ts'
import { makePlan } from '../plan/plan.ts'
import { type Relations, relationsOf } from '../plan/relations.ts'
import { selfVersion } from '../state/own-package.ts'
import { BUILD_PIPELINE } from '../steps/pipeline.ts'
import { splashLogo } from './splash-logo.ts'

export interface Workspace {
  readonly root: string
  readonly project: Project
  readonly bsp: Bsp
  readonly pipeline: Pipeline
  readonly plan: Plan
  readonly relations: Relations
  readonly fileStates: FileStates
  readonly memo: HashMemo
}

export interface ExamineOptions {
  /** For `strux check`: also what takes long to find, and what only matters to a build of everything. */
  readonly isThorough?: boolean
}

/** Project, one BSP, and all diagnostics of both. */
export async function examine(
  loaded: LoadedProject,
  bsp: Loaded<Bsp> | undefined,
  pipeline: Pipeline = BUILD_PIPELINE,
  { isThorough = false }: ExamineOptions = {},
): Promise<{ diagnostics: Diagnostic[]; workspace?: Workspace }> {
  const found: Finding[] = []
  let workspace: Workspace | undefined
  if (loaded.value && bsp?.value) {
    const project = configuredProject(loaded.value, bsp.value)
    const { findings, ...planned } = await planWith(project, bsp.value, pipeline)
    workspace = planned
    found.push(
      ...findings,
      ...notActedOn(project.config, bsp.value.data),
      ...stepsWithout(project.config),
      ...sharedBuildFolders(bsp.value.packages),
      ...unknownForced(project.config, workspace.plan),
      ...checkArtifacts(workspace.plan),
      ...checkQuotes(bsp.value.data, 'bsp'),
      ...checkQuotes(project.config, 'project'),
      ...oddPackages(project.config, bsp.value.data),
    )
    if (isThorough) found.push(...thorough(workspace))
  } else if (bsp) found.push(...(await wrongFiles(loaded, bsp, pipeline)))
  const about = (source: 'project' | 'bsp') => found.filter(finding => finding.origin.source === source)
  const diagnostics = [
    ...(await diagnose(loaded, about('project'))),
    ...(bsp ? await diagnose(bsp, about('bsp')) : []),
  ]
  return workspace ? { diagnostics, workspace } : { diagnostics }
}

function thorough({ project, plan, root }: Workspace): Finding[] {
  return [...checkCalledScripts(plan, root, 'others'), ...missingSources(project.config, plan, root)]
}

/** The project as the BSP's extensions changed it. */
function configuredProject(project: Project, { configured }: Bsp): Project {
  return configured ? { ...project, config: configured.config } : project
}

interface Planned extends Workspace {
  readonly findings: readonly Finding[]
}

async function planWith(project: Project, bsp: Bsp, pipeline: Pipeline): Promise<Planned> {
  const { plan, findings } = makePlan(planInput(project, bsp), pipeline)
  const relations = relationsOf(plan)
  const memo = new HashMemo(join(project.root, cacheFolder(plan.bsp), '.file-hashes.json'))
  const fileStates = new FileStates(project.root, memo, splashLogo(project.config, plan))
  const ofFiles = [
    ...(await checkFiles(plan, relations, fileStates, project.root)),
    ...checkCalledScripts(plan, project.root, 'called'),
  ]
  const { root } = project
  return {
    root,
    project,
    bsp,
    pipeline,
    plan,
    relations,
    memo,
    fileStates,
    findings: [...findings, ...ofFiles],
  }
}

/** Diagnostics about files, as far as they can be found despite errors in the definitions. */
async function wrongFiles(loaded: LoadedProject, bsp: Loaded<Bsp>, pipeline: Pipeline): Promise<Finding[]> {
  const { salvageBsp, salvageProject } = await import('../check/salvage.ts')
  const project = salvageProject(loaded)
  const rest = salvageBsp(loaded, bsp)
  if (!project || !rest) return []
  const repaired = { project: project.repaired, bsp: rest.repaired }
  const isAbout = (keys: Finding['origin']['keys'], part: readonly PropertyKey[]) =>
    part.every((key, index) => keys[index] === key)
  const { findings } = await planWith(project.value, rest.value, pipeline)
  return findings.filter(({ severity, code, origin }) => {
    const isGuess = repaired[origin.source].some(part => isAbout(origin.keys, part))
    return severity === 'error' && (code === 'script_missing' || !isGuess)
  })
}

function familyOf({ layers }: Bsp) {
  const [lowest, ...others] = layers?.all.filter(layer => layer.handler === undefined) ?? []
  return lowest && others.length > 0 ? { family: basename(lowest.name) } : {}
}

function planInput(project: Project, bsp: Bsp) {
  return {
    project: project.config,
    bsp: bsp.data,
    ...(bsp.layers && { boardScripts: bsp.layers.scripts }),
    ...(bsp.packages && { packages: bsp.packages }),
    ...(bsp.extensions && { extensions: bsp.extensions }),
    ...(bsp.configured && { hostPackages: bsp.configured.hostPackages }),
    ...(bsp.configured?.jobs !== undefined && { makeJobs: bsp.configured.jobs }),
    processors: availableParallelism(),
    ...familyOf(bsp),
    bspName: bsp.name,
    bspFolder: bsp.folder,
    host: hostArch(),
    version: selfVersion(),
    root: inContainer() ? project.root : CONTAINER_ROOT,
    hostRoot: project.root,
  }
}
