/** The environment of scripts and steps. Source: lifecycle-scripts document, "Execution environment", and its reference. */
import { posix } from 'node:path'
import type { BspData, ProjectData } from '../../lib/schema.ts'
import type { ExtensionHandler, Extensions } from '../model/extensions.ts'
import { KERNEL_BRANCH } from '../model/image-hooks.ts'
import { cacheFolder, outputFolder } from '../model/paths.ts'
import type { TargetArch } from '../model/plan.ts'
import { DEBIAN_ARCH } from './arch.ts'
import { imageName, imageVersion } from './image-name.ts'
import { suiteOf } from './suite.ts'

/** Where the project is mounted in a container. */
export const CONTAINER_ROOT = '/project'

export interface EnvironmentFacts {
  readonly project: ProjectData
  readonly bsp: BspData
  readonly bspName: string
  /** The BSP's folder, relative to the project. */
  readonly bspFolder: string
  readonly host: TargetArch
  readonly target: TargetArch
  readonly version: string
  /** The number of make's parallel jobs, if an extension chooses it. */
  readonly makeJobs?: number
  readonly extensions?: Pick<Extensions, 'stepVariables'>
  /** The number of make's jobs without such a choice, for handlers of extensions. */
  readonly processors?: number
  /** The lowest layer of the BSP. */
  readonly family?: string
}

type Env = Record<string, string>

/** The environment of a build script; `root` is the project's path where the script runs. */
export function scriptEnvironment(facts: EnvironmentFacts, step: string, root: string): Env {
  return {
    ...pathVariables(facts, root),
    ...identity(facts),
    STEP: step,
    ...projectIdentity(facts),
    ...presentation(facts),
  }
}

/** The environment of a built-in step: no STEP, splash or display, because steps read the definition instead. */
export function stepEnvironment(facts: EnvironmentFacts, root: string): Env {
  const { PRESELECTED_BSP, HOST_ARCH, TARGET_ARCH, STRUX_VERSION } = identity(facts)
  return {
    ...pathVariables(facts, root),
    PRESELECTED_BSP: PRESELECTED_BSP!,
    HOST_ARCH: HOST_ARCH!,
    TARGET_ARCH: TARGET_ARCH!,
    STRUX_VERSION: STRUX_VERSION!,
    ...projectIdentity(facts),
    ...parallelism(facts),
  }
}

/** Make's option for parallel jobs; without it, steps use all processors. */
function parallelism({ makeJobs }: EnvironmentFacts): Env {
  return makeJobs === undefined ? {} : { CTHREADS: `-j${makeJobs}` }
}

/** The environment of a flash script, on the host; `root` is the project's real path. */
export function flashEnvironment(facts: EnvironmentFacts, step: string, root: string): Env {
  const workspace = posix.join(root, flashFolder(facts.bspName))
  return {
    ...pathVariables(facts, root),
    ...identity(facts),
    STEP: step,
    ...presentation(facts),
    FLASH_DIR: workspace,
    PROJECT_DIST_FLASH_FOLDER: workspace,
  }
}

/** Additional variables for a board's scripts; `folder` is the board's folder, relative to the project. */
export function boardEnvironment(folder: string, root: string): Env {
  return { BOARD_FOLDER: posix.join(root, folder) }
}

/** The folder of everything that source packages make, relative to the project. */
export const packagesFolder = (bsp: string): string => `${cacheFolder(bsp)}/packages`

/**
 * The folders of source packages and images, by the names in scripts for whole images. Source: the page about
 * post-image scripts.
 */
export function folderEnvironment({ bspName }: Pick<EnvironmentFacts, 'bspName'>, root: string): Env {
  const base = posix.join(root, packagesFolder(bspName))
  return {
    BASE_DIR: base,
    BUILD_DIR: `${base}/build`,
    HOST_DIR: `${base}/host`,
    STAGING_DIR: `${base}/staging`,
    TARGET_DIR: `${base}/target`,
    BINARIES_DIR: posix.join(root, outputFolder(bspName)),
    CONFIG_DIR: base,
    BR2_CONFIG: `${base}/.config`,
  }
}

/**
 * The environment of an extension's handler: a script's, and the variables of extension hooks that are known
 * before the build. Source: facts about extension hooks, "What every implementor sees". `hashedEnv`: the part
 * that counts in fingerprints.
 */
export function handlerEnvironment(handler: ExtensionHandler, facts: EnvironmentFacts, root: string) {
  const at = (root: string): Env => ({
    ...scriptEnvironment(facts, handler.hook, root),
    ...parallelism({ ...facts, makeJobs: facts.makeJobs ?? facts.processors ?? 1 }),
    ...handlerVariables(handler, facts, root),
  })
  return { env: at(root), hashedEnv: withoutUnhashed(at(CONTAINER_ROOT)) }
}

function handlerVariables(
  { extension, calledAs, position, total }: ExtensionHandler,
  { project, bsp, bspName, target, extensions, family = bspName }: EnvironmentFacts,
  root: string,
): Env {
  const at = (path: string) => posix.join(root, path)
  return {
    HOOK_POINT: calledAs,
    HOOK_ORDER: String(position),
    HOOK_POINT_TOTAL_FUNCS: String(total),
    EXTENSION: extension.name,
    EXTENSION_DIR: at(extension.folder),
    ...(extension.file !== undefined && { EXTENSION_FILE: at(extension.file) }),
    EXTENSION_ADDED_BY: extension.addedBy,
    EXTENSION_OPTIONS: JSON.stringify(extension.options),
    BOARD: bspName,
    BOARDFAMILY: family,
    LINUXFAMILY: family,
    BRANCH: KERNEL_BRANCH,
    BUILD_DESKTOP: 'no',
    BUILD_MINIMAL: 'no',
    // As in Armbian: headers of Debian's kernels work, those of a kernel of one's own are not packed.
    KERNEL_HAS_WORKING_HEADERS: bsp.boot?.kernel?.custom_kernel ? 'no' : 'yes',
    RELEASE: suiteOf(project),
    DISTRIBUTION: 'Debian',
    version: imageVersion(bsp.image, bspName) + (extensions?.stepVariables?.EXTRA_IMAGE_SUFFIXES ?? ''),
    ARCH: DEBIAN_ARCH[target],
    EXTENSION_MANAGER_TMP_DIR: at(recordsFolder(bspName)),
    ...(bsp.image && { FINAL_IMAGE_FILE: at(`${outputFolder(bspName)}/${imageName(bsp.image)}`) }),
    SRC: at(extensionFolder(bspName)),
    DEST: at(outputFolder(bspName)),
    USERPATCHES_PATH: at('userpatches'),
  }
}

/** The folder that handlers of extensions know as SRC, relative to the project. */
export const extensionFolder = (bsp: string): string => `${cacheFolder(bsp)}/extensions`

/** Folders of the project that are in it under the same name. */
export const USER_FOLDERS = ['extensions', 'userpatches'] as const

/** The folder with the records of hook calls, while a build runs. */
export const recordsFolder = (bsp: string): string => `${cacheFolder(bsp)}/.hook-records`

export const flashFolder = (bsp: string): string => `dist/flash/${bsp}`

/**
 * Removes variables that do not count in fingerprints: the tool's own version, the build machine, and the number of
 * jobs (docs/json.md).
 */
export function withoutUnhashed(env: Env): Env {
  const { STRUX_VERSION: _version, HOST_ARCH: _host, CTHREADS: _jobs, ...rest } = env
  return rest
}

/** The environment of a step with shared outputs: no variable that differs between BSPs. */
export function sharedStepEnvironment(root: string): Env {
  const at = (path: string) => posix.join(root, path)
  return {
    PROJECT_DIR: root,
    PROJECT_FOLDER: root,
    PROJECT_DIST_DIR: at('dist'),
    PROJECT_DIST_FOLDER: at('dist'),
    PROJECT_DIST_ARTIFACTS_FOLDER: at('dist/artifacts'),
    SHARED_CACHE_DIR: at('dist/cache'),
  }
}

function pathVariables({ bspName, bspFolder }: EnvironmentFacts, root: string): Env {
  const at = (path: string) => posix.join(root, path)
  return {
    ...sharedStepEnvironment(root),
    BSP_CACHE_DIR: at(cacheFolder(bspName)),
    PROJECT_DIST_CACHE_FOLDER: at(cacheFolder(bspName)),
    PROJECT_DIST_OUTPUT_FOLDER: at(outputFolder(bspName)),
    BSP_FOLDER: at(bspFolder),
  }
}

function identity({ bspName, host, target, version }: EnvironmentFacts): Env {
  return {
    BSP_NAME: bspName,
    PRESELECTED_BSP: bspName,
    HOST_ARCH: host,
    TARGET_ARCH: target,
    STRUX_VERSION: version,
  }
}

function projectIdentity({ project }: EnvironmentFacts): Env {
  return {
    PROJECT_NAME: project.name,
    PROJECT_VERSION: project.project_version,
    STRUX_UPDATE_ENABLED: String(project.update?.enabled ?? false),
  }
}

/** Splash and display: only variables with a value, so that a script can tell "not set" from "empty". */
function presentation({ project, bsp }: EnvironmentFacts): Env {
  const env: Env = {}
  const splash = project.boot?.splash
  if (splash) {
    env.SPLASH_ENABLED = String(splash.enabled)
    if (splash.logo) env.SPLASH_LOGO = splash.logo
    if (splash.color) env.SPLASH_COLOR = splash.color
  }
  if (bsp.display) {
    const [width, height] = bsp.display.resolution.split('x')
    env.DISPLAY_WIDTH = String(Number(width))
    env.DISPLAY_HEIGHT = String(Number(height))
  }
  return env
}
