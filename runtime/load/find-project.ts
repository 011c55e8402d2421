/** Where a project is: the folder with strux.config.ts or strux.yaml. */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { StruxError } from '../diagnostics/error.ts'

const CONFIG_FILES = ['strux.config.ts', 'strux.config.mts', 'strux.config.js', 'strux.config.mjs']
export const YAML_CONFIG = 'strux.yaml'

/** The nearest folder from `from` upwards that has a configuration: its real path. Throws a StruxError where none has. */
export function findProjectRoot(from: string): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (configFile(folder) !== undefined) return realpathSync(folder)
    if (dirname(folder) === folder) throw noProject(from)
  }
}

/** The name of the configuration of a project; undefined for a folder that is none. */
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
