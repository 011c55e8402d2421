/** Finds the project's folder: the one with strux.config.ts or strux.yaml. */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { StruxError } from '../diagnostics/error.ts'

const CONFIG_FILES = ['strux.config.ts', 'strux.config.mts', 'strux.config.js', 'strux.config.mjs']
export const YAML_CONFIG = 'strux.yaml'

/** The real path of the nearest folder, from `from` upwards, with a configuration; undefined if there is none. */
export function projectAround(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (configFile(folder) !== undefined) return realpathSync(folder)
    if (dirname(folder) === folder) return undefined
  }
}

/** The same; throws a StruxError if there is none. */
export function findProjectRoot(from: string): string {
  const root = projectAround(from)
  if (root === undefined) throw noProject(from)
  return root
}

/** The name of the project's configuration file; undefined if the folder is not a project. */
export function configFile(folder: string): string | undefined {
  return [...CONFIG_FILES, YAML_CONFIG].find(name => existsSync(join(folder, name)))
}

export function noProject(folder: string): StruxError {
  return new StruxError(
    `there is no strux.config.ts or strux.yaml in ${resolve(folder)} or a folder above it`,
    {
      hint:
        'go to a project, name one with --project, or write one: ' +
        "import { defineConfig } from 'strux-bsp'; " +
        "export default defineConfig({ name: 'kiosk', project_version: '1.0.0', bsp: 'qemu' })",
    },
  )
}
