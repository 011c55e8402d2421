/** `strux export`: the project as YAML, for tools that know nothing else. */
import { existsSync, realpathSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { type Diagnostic, DiagnosticsError } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import type { Bsp, Loaded, LoadedProject } from '../load/loaded.ts'
import { diagnose, loadBsp, loadProject } from '../load/project.ts'
import { examine, type Workspace } from '../run/workspace.ts'
import type { GlobalOptions } from './options.ts'
import { printDiagnostics, printJson, printLine } from './terminal.ts'
import { projectRoot } from './workspace.ts'

interface ExportFlags extends GlobalOptions {
  readonly out?: string
  readonly withSources?: boolean
  readonly lossy?: boolean
  readonly force?: boolean
  readonly json?: boolean
}

const OUT = 'dist/export'

export function exportCommand(program: Command): void {
  program
    .command('export')
    .argument('[bsp]', 'the BSP; all of the project otherwise')
    .description(
      'the project as strux.yaml and bsp.yaml with all files that they name, for tools that know only YAML',
    )
    .option('--out <folder>', `where to; ${OUT} of the project unless given`)
    .option('--with-sources', "the application's sources as well")
    .option('--lossy', 'leave out what YAML cannot say, also where it makes a difference')
    .option('--force', 'overwrite files that were not made by an export, or changed since')
    .option('--json', 'for other programs')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      exportTo(bsp, self.optsWithGlobals<ExportFlags>()),
    )
}

async function exportTo(name: string | undefined, flags: ExportFlags): Promise<void> {
  const root = projectRoot(flags.project)
  const project = await loadProject(root)
  const out = outFolder(root, flags.out)
  const names = name === undefined ? project.bsps.map(bsp => bsp.name) : [name]
  const { loaded, diagnostics } = await loadAll(project, names)
  stopAtErrors(diagnostics, root)
  const { exportAll } = await import('../export/export.ts')
  const { files, ofProject, ofBsps } = await exportAll(
    loaded.map(({ bsp, workspace }) => ({ ...workspace, source: bsp.source })),
    {
      ...{ root, project: loaded[0]!.workspace.project, config: project.source, out },
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

/** All that is wrong with any of them; without an error, all of them. */
async function loadAll(project: LoadedProject, names: readonly string[]) {
  const diagnostics = new Map<string, Diagnostic>()
  const loaded: LoadedBsp[] = []
  for (const name of names) {
    const bsp = await loadBsp(project, name)
    const { diagnostics: said, workspace } = await examine(project, bsp)
    // What other tools make of it is said of the exported files, most of which are put right.
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

/** Absolute real path. The folder of a project in TypeScript is refused: there would be two definitions of everything. */
function outFolder(root: string, said: string | undefined): string {
  const out = said === undefined ? join(root, OUT) : resolve(said)
  const real = existsSync(out) ? realpathSync(out) : out
  const isProject = ['ts', 'mts', 'js', 'mjs'].some(each => existsSync(join(real, `strux.config.${each}`)))
  if (real === root || isProject) {
    const hint = `choose another folder; ${OUT} of the project is used without --out`
    throw new StruxError(`${shown(out)} is a project of its own`, { hint, exitCode: 2 })
  }
  return real
}

/** As seen from here, where that is short. */
function shown(path: string): string {
  const way = relative(process.cwd(), path)
  return way === '' ? '.' : way.startsWith('../..') ? path : way
}
