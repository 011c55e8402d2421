/** Opens the project and BSP of a command, and prints their diagnostics. */

import { DiagnosticsError } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { findProjectRoot } from '../load/find-project.ts'
import type { LoadedProject } from '../load/loaded.ts'
import { diagnose, type LoadOptions, loadBsp, loadProject } from '../load/project.ts'
import { BSP_NAME } from '../model/bsp-name.ts'
import { examine, type Workspace } from '../run/workspace.ts'
import { printDiagnostics, printNotice } from './terminal.ts'

/** The project of a command: `--project`, or the nearest project around the current folder. */
export function projectRoot(folder: string | undefined): string {
  return findProjectRoot(folder ?? process.cwd())
}

/**
 * Loads and plans. Prints warnings; prints all errors at once and ends the command with a DiagnosticsError
 * before anything runs.
 */
export async function openWorkspace(
  folder: string | undefined,
  bspName: string | undefined,
  options: LoadOptions = {},
): Promise<Workspace> {
  const root = projectRoot(folder)
  const loaded = await loadProject(root)
  const name = bspName ?? defaultBsp(loaded)
  // If the configuration has errors, the BSP's errors are reported as well.
  const bsp =
    name === undefined ? undefined : await loadBsp(loaded, name, { notice: printNotice, ...options })
  const { diagnostics, workspace } = await examine(loaded, bsp)
  printDiagnostics(diagnostics, root)
  if (!workspace || diagnostics.some(each => each.severity === 'error'))
    throw new DiagnosticsError(diagnostics)
  return workspace
}

/**
 * The given name of a BSP, or the project's default, for commands about built results. The BSP's definition may
 * have errors: only the configuration is read, and only if no name is given.
 */
export async function namedBsp(root: string, name: string | undefined): Promise<string> {
  if (name !== undefined) {
    if (BSP_NAME.test(name)) return name
    throw new StruxError(`'${name}' cannot be the name of a BSP`, { exitCode: 2 })
  }
  const project = await loadProject(root)
  if (project.value) return project.value.config.bsp
  const diagnostics = await diagnose(project)
  printDiagnostics(diagnostics, root)
  throw new DiagnosticsError(diagnostics)
}

/** The default BSP, if it can be determined despite other errors in the configuration. */
function defaultBsp({ value, exported, bsps }: LoadedProject): string | undefined {
  if (value) return value.config.bsp
  const said = (exported as { bsp?: unknown } | undefined)?.bsp
  return bsps.find(bsp => bsp.name === said)?.name
}
