/** `strux export`: writes the project as YAML, for tools that only read YAML. */
import { existsSync, realpathSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { type Diagnostic, DiagnosticsError } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import type { Written } from '../export/write.ts'
import type { Bsp, Loaded, LoadedProject } from '../load/loaded.ts'
import { diagnose, type LoadOptions, loadBsp, loadProject } from '../load/project.ts'
import { examine, type Workspace } from '../run/workspace.ts'
import { type EnableFlags, type GlobalOptions, withEnable } from './options.ts'
import { printDiagnostics, printJson, printLine, printNotice } from './terminal.ts'
import { namedBsp, projectRoot } from './workspace.ts'

interface ExportFlags extends GlobalOptions, EnableFlags {
  readonly out?: string
  readonly withSources?: boolean
  readonly lossy?: boolean
  readonly force?: boolean
  readonly json?: boolean
  readonly buildroot?: string
}

const OUT = 'dist/export'

export function exportCommand(program: Command): void {
  withEnable(program.command('export'))
    .argument('[bsp]', 'the BSP (default: all BSPs of the project)')
    .description(
      'export the project as strux.yaml and bsp.yaml with all their files, for tools that only read YAML',
    )
    .option('--out <folder>', `the target folder (default: ${OUT} in the project)`)
    .option('--with-sources', "include the application's sources")
    .option('--buildroot <folder>', 'write the BSP as an external tree of Buildroot instead')
    .option('--lossy', 'leave out settings that the format cannot express, even if they change the result')
    .option('--force', 'overwrite files that were not made by an export, or changed since')
    .option('--json', 'print JSON')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      exportTo(bsp, self.optsWithGlobals<ExportFlags>()),
    )
}

async function exportTo(name: string | undefined, flags: ExportFlags): Promise<void> {
  const root = projectRoot(flags.project)
  const project = await loadProject(root)
  if (flags.buildroot !== undefined) return exportTree(project, name, flags.buildroot, flags)
  const out = outFolder(root, flags.out)
  const names = name === undefined ? project.bsps.map(bsp => bsp.name) : [name]
  const { loaded, diagnostics } = await loadAll(project, names, flags)
  stopAtErrors(diagnostics, root)
  const { exportAll } = await import('../export/export.ts')
  const { files, ofProject, ofBsps } = await exportAll(
    loaded.map(({ bsp, workspace }) => ({ ...workspace, source: bsp.source })),
    {
      ...{ root, config: project.source, out },
      ...{ withSources: flags.withSources ?? false, lossy: flags.lossy ?? false },
      complete: name === undefined,
    },
  )
  const said = [...(await diagnose({ ...project, findings: [], diagnostics: [] }, ofProject))]
  for (const { bsp, workspace } of loaded) {
    const findings = ofBsps.get(workspace.bsp.name) ?? []
    said.push(...(await diagnose({ ...bsp, findings: [], diagnostics: [] }, findings)))
  }
  stopAtErrors(said, root)
  const { writeExport } = await import('../export/write.ts')
  const written = writeExport(out, files, name === undefined, flags.force ?? false)
  printWritten(out, names, written, flags)
}

/** One BSP, by default the project's. */
async function exportTree(
  project: LoadedProject,
  said: string | undefined,
  folder: string,
  flags: ExportFlags,
): Promise<void> {
  const { root } = project
  const out = outFolder(root, folder)
  const { loaded, diagnostics } = await loadAll(project, [said ?? (await namedBsp(root, undefined))], flags)
  stopAtErrors(diagnostics, root)
  const [{ bsp, workspace }] = loaded as [LoadedBsp]
  const { exportBuildroot } = await import('../export/buildroot/tree.ts')
  const { files, findings } = exportBuildroot({ ...workspace, out, lossy: flags.lossy ?? false })
  const about = (source: 'project' | 'bsp') => findings.filter(({ origin }) => origin.source === source)
  const lost = [
    ...(await diagnose({ ...project, findings: [], diagnostics: [] }, about('project'))),
    ...(await diagnose({ ...bsp, findings: [], diagnostics: [] }, about('bsp'))),
  ]
  stopAtErrors(lost, root)
  const { writeExport } = await import('../export/write.ts')
  printWritten(out, [workspace.bsp.name], writeExport(out, files, true, flags.force ?? false), flags)
}

function printWritten(
  out: string,
  names: readonly string[],
  written: readonly Written[],
  flags: ExportFlags,
): void {
  if (flags.json) {
    printJson({ out, bsps: names, files: written })
    return
  }
  const count = (change: string) => written.filter(each => each.change === change).length
  const removed = count('removed') > 0 ? `, ${count('removed')} removed` : ''
  printLine(`${shown(out)}: ${count('written')} files written, ${count('unchanged')} unchanged${removed}`)
}

interface LoadedBsp {
  readonly bsp: Loaded<Bsp>
  readonly workspace: Workspace
}

/** The diagnostics of all BSPs; if there is no error, also the BSPs. */
async function loadAll(project: LoadedProject, names: readonly string[], options: LoadOptions) {
  const diagnostics = new Map<string, Diagnostic>()
  const loaded: LoadedBsp[] = []
  for (const name of names) {
    const bsp = await loadBsp(project, name, { notice: printNotice, ...options })
    const { diagnostics: said, workspace } = await examine(project, bsp)
    // Warnings about other tools are made for the exported files, most of which the export has corrected.
    for (const each of said) if (each.code !== 'breaks_elsewhere') diagnostics.set(JSON.stringify(each), each)
    if (workspace) loaded.push({ bsp, workspace })
  }
  if (names.length === 0) return { loaded, diagnostics: (await examine(project, undefined)).diagnostics }
  return { loaded, diagnostics: [...diagnostics.values()] }
}

function stopAtErrors(diagnostics: readonly Diagnostic[], root: string): void {
  printDiagnostics(diagnostics, root)
  if (diagnostics.some(each => each.severity === 'error')) throw new DiagnosticsError(diagnostics)
}

/** The absolute real path. Refuses the folder of a TypeScript project, which would then have two definitions. */
function outFolder(root: string, said: string | undefined): string {
  const out = said === undefined ? join(root, OUT) : resolve(said)
  const real = existsSync(out) ? realpathSync(out) : out
  const isProject = ['ts', 'mts', 'js', 'mjs'].some(each => existsSync(join(real, `strux.config.${each}`)))
  if (real === root || isProject) {
    const hint = `choose another folder; the default is ${OUT} in the project`
    throw new StruxError(`${shown(out)} is a project of its own`, { hint, exitCode: 2 })
  }
  return real
}

/** Relative to the current folder, if that is shorter. */
function shown(path: string): string {
  const way = relative(process.cwd(), path)
  return way === '' ? '.' : way.startsWith('../..') ? path : way
}
