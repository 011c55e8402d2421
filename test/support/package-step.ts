/** The bash of a source package's step alone, without a container. */
import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { hostArch } from '../../runtime/plan/arch.ts'
import { packageBody } from '../../runtime/steps/package/body.ts'

/** A phase without hooks or commands. */
export const RECIPE = { pre: [], post: [], settings: {} }

/** The configuration of a package `led` without a source, whose folder is `packages`. */
export const LED = {
  ...{ id: 'led', name: 'led', variant: 'target', infra: 'generic', build_name: 'led-1', folder: 'packages' },
  ...{ arch: hostArch(), source: { kind: 'none' }, needs: [], native: true },
  order: ['configure', 'build'],
  phases: { configure: RECIPE, build: RECIPE } as Record<string, object>,
}

export interface BashEnd {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

/** The commands after the bash of the step. */
export const packageScript = (commands: string): string => `${packageBody.source}\n${commands}`

/** The variables of the step in a project at `folder` with its cache in `cache`. */
export function packageVariables(folder: string, config: object): Record<string, string> {
  const at = (path: string) => join(folder, path)
  return {
    ...{ PROJECT_FOLDER: folder, BSP_FOLDER: folder, BSP_CACHE_DIR: at('cache') },
    ...{ SHARED_CACHE_DIR: at('shared'), STRUX_SCRATCH: at('views') },
    ...{ STEP_NAME: 'led', BUILDER_KEY: 'key', TARGET_ARCH: hostArch(), STEP_CONFIG: JSON.stringify(config) },
  }
}

/** Runs commands after the bash of the step, in a project at `folder` with its cache in `cache`. */
export function packageBash(folder: string, commands: string, config: object): Promise<BashEnd> {
  mkdirSync(join(folder, 'cache'), { recursive: true })
  const env = { ...process.env, ...packageVariables(folder, config), no_proxy: '127.0.0.1' }
  return new Promise(resolve => {
    execFile('bash', ['-c', packageScript(commands)], { env }, (error, stdout, stderr) =>
      resolve({ stdout: stdout.trim(), stderr, code: error ? Number(error.code) : 0 }),
    )
  })
}

/** The same; returns what the commands print. Throws their errors if they fail. */
export async function packageBashOutput(
  folder: string,
  commands: string,
  config: object = LED,
): Promise<string> {
  const { stdout, stderr, code } = await packageBash(folder, commands, config)
  if (code !== 0) throw new Error(stderr)
  return stdout
}
