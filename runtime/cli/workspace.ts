/** The project and BSP that a command is about; complaints about them are printed. */
import { DiagnosticsError } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { findProjectRoot } from '../load/find-project.ts'
import type { LoadedProject } from '../load/loaded.ts'
import { diagnose, loadBsp, loadProject } from '../load/project.ts'
import { examine, type Workspace } from '../run/workspace.ts'
import { printDiagnostics } from './terminal.ts'

/** The folder that a command is about: `--project`, or the nearest project around the current one. */
export function projectRoot(folder: string | undefined): string {
  return findProjectRoot(folder ?? process.cwd())
}

/**
 * Everything up to the plan. Warnings are printed; errors are printed, all at once, and end the command with a
 * DiagnosticsError before anything has run.
 */
export async function openWorkspace(
  folder: string | undefined,
  bspName: string | undefined,
): Promise<Workspace> {
  const root = projectRoot(folder)
  const loaded = await loadProject(root)
  const name = bspName ?? defaultBsp(loaded)
  // With a configuration that cannot be used, the BSP's own mistakes are said in the same breath.
  const bsp = name === undefined ? undefined : await loadBsp(loaded, name)
  const { diagnostics, workspace } = await examine(loaded, bsp)
  printDiagnostics(diagnostics, root)
  if (!workspace || diagnostics.some(each => each.severity === 'error'))
    throw new DiagnosticsError(diagnostics)
  return workspace
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
