/** `strux add` and `strux rename`: edit definitions in place. */
import { existsSync, statSync } from 'node:fs'
import { join, posix, relative, resolve, sep } from 'node:path'
import { type Command, Option } from 'commander'
import { HOOK_NAMES } from '../../lib/hooks/build.ts'
import { type Diagnostic, DiagnosticsError } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import type { Change } from '../edit/change.ts'
import type { Bsp, Loaded, LoadedProject } from '../load/loaded.ts'
import { loadBsp, loadProject } from '../load/project.ts'
import { examine } from '../run/workspace.ts'
import type { GlobalOptions } from './options.ts'
import { printDiagnostics, printLine, printNotice } from './terminal.ts'
import { projectRoot } from './workspace.ts'

interface AddScriptFlags extends GlobalOptions {
  readonly hook: string
  readonly location: string
  readonly bsp?: string
  readonly description?: string
  readonly artifact?: string[]
  readonly dependsOn?: string[]
  readonly id?: string
}

interface AddPackageFlags extends GlobalOptions {
  readonly bsp?: string
  readonly all?: boolean
}

const THE_BSP = "the BSP (default: the project's)"
const HOW = `
The module is changed in place: what is already there keeps its form and its comments. Where a list is computed, comes
from a spread or another file, or where the definition is YAML, nothing is changed and the place is named.`

export function editCommands(program: Command): void {
  const add = program
    .command('add')
    .description('add a script or packages to a definition, in place')
    .exitOverride()
  add
    .command('script')
    .description('add a script to a BSP')
    .addOption(
      new Option('--hook <hook>', "the script's hook; strux hooks lists them")
        .choices(HOOK_NAMES)
        .makeOptionMandatory(),
    )
    .requiredOption('--location <file>', "the script's file, relative to the BSP's folder")
    .option('--bsp <name>', THE_BSP)
    .option('--description <text>', 'a short description')
    .option('--artifact <path>', 'a file that the script makes (output/disk.img); may be repeated', collect)
    .option('--depends-on <path>', 'an input of the script (./content); may be repeated', collect)
    .option('--id <id>', 'a unique name')
    .addHelpText('after', HOW)
    .action((_: unknown, self: Command) => addScript(self.optsWithGlobals<AddScriptFlags>()))
    .exitOverride()
  add
    .command('package')
    .description('add Debian packages to the root filesystem')
    .argument('<package...>', 'names of Debian packages, or .deb files')
    .addOption(new Option('--bsp <name>', THE_BSP).conflicts('all'))
    .option('--all', "add them to the project's configuration, for every BSP")
    .addHelpText('after', HOW)
    .action((names: string[], _: unknown, self: Command) =>
      addPackages([...new Set(names)], self.optsWithGlobals<AddPackageFlags>()),
    )
    .exitOverride()
  program
    .command('rename')
    .description('rename a file and its mentions in a definition')
    .exitOverride()
    .command('hook-file')
    .description("rename a script's file, and its mentions in the BSP")
    .argument('<old>', "the file, relative to the BSP's folder")
    .argument('<new>', "its new name, relative to the BSP's folder")
    .option('--bsp <name>', THE_BSP)
    .addHelpText('after', HOW)
    .action((from: string, to: string, _: unknown, self: Command) =>
      renameHookFile(from, to, self.optsWithGlobals<GlobalOptions & { bsp?: string }>()),
    )
    .exitOverride()
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}

/** A project and a BSP that load, with their diagnostics. */
interface Opened {
  readonly root: string
  readonly project: LoadedProject
  readonly loaded: Loaded<Bsp>
  readonly bsp: Bsp
  readonly said: readonly Diagnostic[]
}

async function open(flags: GlobalOptions, name: string | undefined): Promise<Opened> {
  const root = projectRoot(flags.project)
  const project = await loadProject(root)
  const wanted = name ?? project.value?.config.bsp
  const loaded = wanted === undefined ? undefined : await loadBsp(project, wanted, { notice: printNotice })
  const { diagnostics } = await examine(project, loaded)
  // A definition that loads may be edited, even if it names a file that does not exist yet.
  if (project.value && loaded?.value) return { root, project, loaded, bsp: loaded.value, said: diagnostics }
  printDiagnostics(diagnostics, root)
  throw new DiagnosticsError(diagnostics)
}

async function again(root: string, name: string): Promise<Diagnostic[]> {
  const project = await loadProject(root)
  return (await examine(project, await loadBsp(project, name, { notice: printNotice }))).diagnostics
}

/** Other BSPs may use the same file. */
async function ofAll(root: string): Promise<Diagnostic[]> {
  const { bsps } = await loadProject(root)
  const found: Diagnostic[] = []
  for (const { name } of bsps) found.push(...(await again(root, name)))
  return found
}

async function addScript(flags: AddScriptFlags): Promise<void> {
  const { root, loaded, bsp, said } = await open(flags, flags.bsp)
  const file = inBsp(root, bsp.folder, flags.location)
  const location = written(bsp.folder, file)
  const same = (bsp.data.scripts ?? []).find(
    script =>
      script.step === flags.hook &&
      script.location !== undefined &&
      posix.join(bsp.folder, script.location) === file,
  )
  if (same) {
    printLine(`${bsp.file} already has ${location} at ${flags.hook}`)
    return
  }
  const script = {
    ...(flags.id !== undefined && { id: flags.id }),
    step: flags.hook,
    location,
    ...(flags.description !== undefined && { description: flags.description }),
    ...(flags.artifact && { cached_generated_artifacts: flags.artifact }),
    ...(flags.dependsOn && { depends_on: flags.dependsOn }),
  }
  await edited(root, bsp.file, async () => {
    const { addScript } = await import('../edit/add.ts')
    const { EditableModule } = await import('../edit/module.ts')
    const module = await EditableModule.open(root, loaded, bsp.file)
    const change = { module, edits: addScript(module, script) }
    const ignored = (each: Diagnostic) => each.code === 'script_missing' && each.message.includes(` ${file}`)
    await keep(root, change, said, async () => (await again(root, bsp.name)).filter(each => !ignored(each)))
  })
  printLine(`added ${location} at ${flags.hook} to ${bsp.file}`)
  if (!existsSync(join(root, file))) printLine(`  next: write ${file}`)
}

async function addPackages(names: readonly string[], flags: AddPackageFlags): Promise<void> {
  const { root, project, loaded, bsp, said } = await open(flags, flags.bsp)
  const definition = flags.all ? project : loaded
  const { packages } = (flags.all ? project.value!.config.rootfs : bsp.data.rootfs) ?? {}
  const file = flags.all ? configOf(project) : bsp.file
  const there = names.filter(name => packages?.includes(name))
  const fresh = names.filter(name => !packages?.includes(name))
  if (there.length > 0) printLine(`${file} already has ${there.join(', ')}`)
  if (fresh.length === 0) return
  await edited(root, file, async () => {
    const { addPackages } = await import('../edit/add.ts')
    const { EditableModule } = await import('../edit/module.ts')
    const module = await EditableModule.open(root, definition, file)
    const edits = addPackages(module, fresh, flags.all ? 'project' : 'bsp')
    await keep(root, { module, edits }, said, () => again(root, bsp.name))
  })
  printLine(`added ${fresh.join(', ')} to ${file}`)
}

async function renameHookFile(
  from: string,
  to: string,
  flags: GlobalOptions & { bsp?: string },
): Promise<void> {
  const { root, loaded, bsp } = await open(flags, flags.bsp)
  const [old, fresh] = [inBsp(root, bsp.folder, from), inBsp(root, bsp.folder, to)]
  if (!isFile(join(root, old))) {
    throw new StruxError(`there is no file ${old}`, {
      hint: "the name is relative to the BSP's folder",
      exitCode: 2,
    })
  }
  if (existsSync(join(root, fresh)))
    throw new StruxError(`${fresh} already exists`, { hint: 'choose another name', exitCode: 2 })
  await edited(root, bsp.file, async () => {
    const { renameMentions } = await import('../edit/rename.ts')
    const { EditableModule } = await import('../edit/module.ts')
    const module = await EditableModule.open(root, loaded, bsp.file)
    const edits = await renameMentions(module, loaded, bsp, old, fresh)
    if (edits.length === 0) {
      throw new StruxError(`${bsp.file} does not name ${old}`, {
        hint: 'only files of scripts are renamed',
        exitCode: 2,
      })
    }
    const move = { from: join(root, old), to: join(root, fresh) }
    await keep(root, { module, edits, move }, await ofAll(root), () => ofAll(root))
    printLine(
      `renamed ${old} to ${fresh}, in ${edits.length} place${edits.length === 1 ? '' : 's'} of ${bsp.file}`,
    )
  })
}

async function keep(
  root: string,
  change: Change,
  before: readonly Diagnostic[],
  examineAgain: () => Promise<readonly Diagnostic[]>,
): Promise<void> {
  const { change: perform } = await import('../edit/change.ts')
  const fresh = await perform(root, change, before, examineAgain)
  printDiagnostics(fresh, root)
  if (fresh.some(each => each.severity === 'error'))
    throw new StruxError(`${change.module.file} was not changed: the change would cause errors`)
}

/** Shows a refused edit with its position in the source. */
async function edited(root: string, file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NotEditable') throw error
    printDiagnostics([(error as unknown as { diagnostic: Diagnostic }).diagnostic], root)
    throw new StruxError(`${file} was not changed`)
  }
}

function configOf({ source, root }: LoadedProject): string {
  if (source?.kind === 'module') return source.module.entry
  return source?.file ?? relative(root, 'strux.config.ts')
}

/**
 * A path on the command line, relative to the project. The given path is relative to the BSP's folder, or to
 * the current folder, as shells complete it.
 */
function inBsp(root: string, folder: string, given: string): string {
  const own = posix.join(folder, given.split(sep).join('/'))
  const here = relative(root, resolve(given)).split(sep).join('/')
  return !existsSync(join(root, own)) && here.startsWith(`${folder}/`) ? here : own
}

function written(folder: string, file: string): string {
  const path = posix.relative(folder, file)
  return path.startsWith('../') ? path : `./${path}`
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
