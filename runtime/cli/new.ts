/** `strux new`: the first files of a board, a BSP or an extension. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, posix, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import { definitionKind } from '../../lib/definition.ts'
import { DiagnosticsError } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { flatten } from '../layers/flatten.ts'
import { compileModule } from '../load/compile.ts'
import { loadProject } from '../load/project.ts'
import { BSP_NAME } from '../model/bsp-name.ts'
import { packageRoot, selfVersion } from '../state/own-package.ts'
import { stateFolder } from '../state/state-folder.ts'
import type { GlobalOptions } from './options.ts'
import { fill } from './template.ts'
import { printDiagnostics, printLine } from './terminal.ts'
import { projectRoot } from './workspace.ts'

interface NewFlags extends GlobalOptions {
  readonly extends: string
}

export function newCommands(program: Command): void {
  const command = program
    .command('new')
    .description('make the first files of a board, a BSP or an extension')
    .exitOverride()
  command
    .command('board')
    .argument('<name>', "the board's package, such as panel or @acme/panel; its folder is boards/panel")
    .description('make a board that BSPs can extend')
    .action((name: string, _: unknown, self: Command) => newBoard(name, self.optsWithGlobals<NewFlags>()))
    .exitOverride()
  command
    .command('bsp')
    .argument('<name>', "the BSP's name in commands")
    .description('make a BSP on a board')
    .requiredOption(
      '--extends <board>',
      'a board of the project (panel, boards/panel) or an installed package; if it exports several boards, panel#name',
    )
    .action((name: string, _: unknown, self: Command) => newBsp(name, self.optsWithGlobals<NewFlags>()))
    .exitOverride()
  command
    .command('extension')
    .argument('<name>', 'its name; the file is extensions/NAME.ts')
    .description('make an extension of the project')
    .action((name: string, _: unknown, self: Command) => newExtension(name, self.optsWithGlobals<NewFlags>()))
    .exitOverride()
}

const PACKAGE_NAME = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/

function newBoard(name: string, flags: NewFlags): void {
  if (!PACKAGE_NAME.test(name)) {
    const hint = 'lower-case letters, digits, dot, underscore and hyphen, as npm requires: panel, @acme/panel'
    throw new StruxError(`'${name}' cannot be the name of a board`, { hint, exitCode: 2 })
  }
  const root = projectRoot(flags.project)
  const short = basename(name)
  write(root, `boards/${short}`, 'board', { name: short, package: name, version: selfVersion() })
  printLine(`  next: strux new bsp NAME --extends boards/${short}`)
}

function newExtension(name: string, flags: NewFlags): void {
  if (!BSP_NAME.test(name)) {
    const hint = 'letters, digits, dot, underscore and hyphen, beginning with a letter or digit'
    throw new StruxError(`'${name}' cannot be the name of an extension`, { hint, exitCode: 2 })
  }
  write(projectRoot(flags.project), 'extensions', 'extension', { name })
  printLine(`  next: extensions: ['${name}'] in a BSP or strux.config.ts, then strux extensions`)
}

async function newBsp(name: string, flags: NewFlags): Promise<void> {
  if (!BSP_NAME.test(name)) {
    const hint = 'letters, digits, dot, underscore and hyphen, beginning with a letter or digit'
    throw new StruxError(`'${name}' cannot be the name of a BSP`, { hint, exitCode: 2 })
  }
  const root = projectRoot(flags.project)
  const folder = `${await bspsFolder(root)}/${name}`
  const [board = '', wanted] = flags.extends.split('#')
  const specifier = specifierOf(board, root, folder)
  const { exportName, gives } = await boardIn(root, posix.join(root, folder), specifier, board, wanted)
  const local = exportName === 'default' ? 'board' : exportName
  const keys = [
    ...(gives.has('arch') ? [] : ["arch: 'arm64',"]),
    ...(gives.has('hostname') ? [] : [`hostname: '${name}',`]),
  ]
  write(root, folder, 'bsp', {
    name,
    board,
    import: `import ${exportName === 'default' ? local : `{ ${local} }`} from '${specifier}'`,
    call: `${local}()`,
    keys: keys.join('\n  '),
  })
  printLine(`  next: strux plan ${name}`)
}

/** The folder that contains the folders of BSPs, from the configuration's `bsps`. */
async function bspsFolder(root: string): Promise<string> {
  const loaded = await loadProject(root)
  const said: unknown = loaded.value?.config.bsps ?? (loaded.exported as { bsps?: unknown } | undefined)?.bsps
  const patterns = said === undefined ? ['bsp/*/bsp.ts'] : [said].flat()
  for (const pattern of patterns) {
    const folder = /^(?:\.\/)?([^*?{}[\]()!]+)\/\*\/bsp\.ts$/.exec(String(pattern))?.[1]
    if (folder !== undefined) return folder
  }
  throw new StruxError("the project's bsps does not name a folder for new BSPs", {
    hint: "with bsps: 'bsp/*/bsp.ts' a BSP is a folder in bsp/",
  })
}

/** The import specifier for the new BSP: a relative path to a file of the project, else the package. */
function specifierOf(board: string, root: string, from: string): string {
  for (const candidate of [board, `boards/${board}`]) {
    const path = join(root, candidate)
    const file = [path, ...['index.ts', 'index.js', 'board.ts'].map(name => join(path, name))].find(isFile)
    if (file === undefined) continue
    const way = posix.relative(from, relative(root, file).split(sep).join('/'))
    // Both compilers find the .ts file under this name without any option.
    return (way.startsWith('.') ? way : `./${way}`).replace(/\.ts$/, '.js')
  }
  if (/^[./]/.test(board)) throw new StruxError(`there is no board ${board}`, { exitCode: 2 })
  return board
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

interface FoundBoard {
  readonly exportName: string
  /** The keys that the board provides when it is called without options, as far as known. */
  readonly gives: ReadonlySet<string>
}

/** Loads the module like the new BSP would: with an import from its folder. */
async function boardIn(
  root: string,
  folder: string,
  specifier: string,
  board: string,
  wanted: string | undefined,
): Promise<FoundBoard> {
  const draft = join(stateFolder(root), `new-${process.pid}`)
  const target = specifier.startsWith('.') ? posix.relative(draft, posix.join(folder, specifier)) : specifier
  try {
    mkdirSync(draft, { recursive: true })
    writeFileSync(join(draft, 'board.ts'), `export * as board from ${JSON.stringify(target)}\n`)
    const { module, diagnostics } = await compileModule(join(draft, 'board.ts'), { root, outDir: draft })
    if (!module) {
      const unresolved = diagnostics.some(
        one => one.code === 'unresolved_import' && one.message.includes(`'${target}'`),
      )
      if (unresolved) {
        const hint = `npm install ${board}, or strux new board ${board}`
        throw new StruxError(`there is no board ${board} in boards/, and no such package`, {
          hint,
          exitCode: 2,
        })
      }
      printDiagnostics(diagnostics, root)
      throw new DiagnosticsError(diagnostics)
    }
    const { board: exported } = (await import(pathToFileURL(module.output).href)) as {
      board: Readonly<Record<string, unknown>>
    }
    const boards = Object.keys(exported).filter(name => definitionKind(exported[name]) === 'board')
    const one = boards.includes('default') ? 'default' : boards.length === 1 ? boards[0] : undefined
    const exportName = wanted === undefined ? one : boards.find(name => name === wanted)
    if (exportName === undefined && boards.length > 0) {
      const message =
        wanted === undefined ? `${board} exports several boards` : `${board} exports no board ${wanted}`
      const hint = `choose one: ${boards.map(name => `--extends ${board}#${name}`).join(', ')}`
      throw new StruxError(message, { hint, exitCode: 2 })
    }
    if (exportName === undefined) {
      throw new StruxError(`${board} exports no board`, {
        hint: 'a board is made with defineBoard',
        exitCode: 2,
      })
    }
    return { exportName, gives: givenBy(exported[exportName] as () => unknown) }
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

function givenBy(board: () => unknown): Set<string> {
  try {
    const { layers } = flatten({ extends: board() })
    return new Set(layers.flatMap(({ data }) => Object.keys(data)))
  } catch {
    // The board needs options, which the author will add. Loading the BSP reports what is missing.
    return new Set(['arch', 'hostname'])
  }
}

/** Writes the files of a template, unless one of them exists. */
function write(
  root: string,
  folder: string,
  template: string,
  values: Readonly<Record<string, string>>,
): void {
  const from = join(packageRoot(), 'templates/new', template)
  const files = readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.txt'))
    .sort()
    .map(path => ({
      source: join(from, path),
      path: `${folder}/${path.slice(0, -'.txt'.length).replace('NAME', values.name!)}`,
    }))
  const there = files.find(({ path }) => existsSync(join(root, path)))
  if (there)
    throw new StruxError(`${there.path} already exists`, { hint: 'choose another name', exitCode: 2 })
  for (const { source, path } of files) {
    const text = fill(readFileSync(source, 'utf8'), values)
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    printLine(`wrote ${path}`)
  }
}
