/** `strux init`: makes a new project from the kiosk template, for a board. */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { StruxError } from '../diagnostics/error.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { packageRoot, selfVersion } from '../state/own-package.ts'
import { fill } from './template.ts'
import { printLine } from './terminal.ts'

const DEFAULT_BOARD = 'qemu-x86_64'
/** Valid as a host name, an npm package name and a Go module name. */
const NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/

export function initCommand(program: Command): void {
  program
    .command('init')
    .argument('<name>', 'the project: a new folder here, or the path of one')
    .description('make a new project: a kiosk that builds')
    .option(
      '--board <board>',
      'a board of this package, or an npm package with its export: @acme/panel#panel',
      DEFAULT_BOARD,
    )
    .addHelpText('after', () => `\nBoards of this package: ${Object.keys(ownBoards()).join(', ')}`)
    .action((folder: string, { board }: { board: string }) => init(folder, boardNamed(board)))
}

interface Board {
  /** The BSP's name, and its folder in bsp/. */
  readonly name: string
  readonly package: string
  /** The name of the package's export. */
  readonly exportName: string
  /** The package's version, for a dependency. */
  readonly version: string
}

function init(given: string, board: Board): void {
  const root = resolve(given)
  const name = basename(root)
  if (!NAME.test(name)) {
    const hint =
      'lower-case letters, digits and hyphens, beginning with a letter: it is the host name as well'
    throw new StruxError(`'${name}' cannot be the name of a project`, { hint, exitCode: 2 })
  }
  if (existsSync(root) || isDanglingLink(root)) {
    throw new StruxError(`${given} already exists`, { hint: 'choose another name', exitCode: 2 })
  }
  // Atomic: the project is made in a temporary folder beside its final place, and then moved.
  const draft = join(dirname(root), `.${name}.${process.pid}`)
  try {
    mkdirSync(draft, { recursive: true })
    copyKiosk(draft, name)
    writeOwn(draft, name, board)
    renameSync(draft, root)
  } catch (error) {
    if (existsSync(draft)) rmSync(draft, { recursive: true, force: true })
    if (error instanceof StruxError) throw error
    throw new StruxError(`${given} cannot be made: ${(error as Error).message}`, { cause: error })
  }
  const shown = relative(process.cwd(), root) || root
  printLine(`made ${shown}, a kiosk for ${board.name}`)
  printLine(`  next: cd ${shown}`)
  printLine('        npm install')
  printLine('        npx strux build')
  printLine('        npx strux run')
}

function isDanglingLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}

/** Copies frontend, backend and assets, without packages and build results in the template's folder. */
function copyKiosk(to: string, name: string): void {
  const from = join(packageRoot(), 'templates/kiosk')
  cpSync(from, to, {
    recursive: true,
    filter: source => !['node_modules', 'dist'].includes(basename(source)) || source === from,
  })
  const module = join(to, 'go.mod')
  writeFileSync(module, readFileSync(module, 'utf8').replace(/^module .*$/m, `module ${name}`))
}

/** Writes the files that are specific to the project. */
function writeOwn(to: string, name: string, board: Board): void {
  const values = {
    name,
    board: board.name,
    package: board.package,
    export: board.exportName,
    boardVersion: board.version,
    version: ownVersion(),
    // A linked board then finds this package in the project's node_modules, not beside the board.
    links: isCheckout() ? '"preserveSymlinks": true,' : '',
  }
  const files = {
    'strux.config.ts.txt': 'strux.config.ts',
    'package.json.txt': 'package.json',
    'tsconfig.json.txt': 'tsconfig.json',
    'gitignore.txt': '.gitignore',
    'bsp/bsp.ts.txt': `bsp/${board.name}/bsp.ts`,
  }
  for (const [template, path] of Object.entries(files)) {
    mkdirSync(dirname(join(to, path)), { recursive: true })
    writeFileSync(
      join(to, path),
      fill(readFileSync(join(packageRoot(), 'templates/init', template), 'utf8'), values),
    )
  }
}

/** One of this package's boards by its short name, or any package: `NAME#EXPORT`. */
function boardNamed(text: string): Board {
  const boards = ownBoards()
  const [named = '', exported] = text.split('#')
  const short = named.replace(/^@strux-bsp\//, '')
  const exportName = exported ?? boards[short]
  if (boards[short] !== undefined && exportName !== undefined) {
    return { name: short, package: `@strux-bsp/${short}`, exportName, version: ownBoardVersion(short) }
  }
  if (exportName !== undefined && /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/.test(named)) {
    return { name: basename(named), package: named, exportName, version: '*' }
  }
  const near = suggest(named, Object.keys(boards))
  throw new StruxError(`there is no board '${named}'`, {
    hint: near
      ? `did you mean ${near}?`
      : `one of ${Object.keys(boards).join(', ')}, or an npm package with the name that it exports: @acme/panel#panel`,
    exitCode: 2,
  })
}

function ownBoards(): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(packageRoot(), 'templates/init/boards.json'), 'utf8')) as Record<
    string,
    string
  >
}

/** A source checkout is linked, because its content may be unpublished. */
const isCheckout = () => existsSync(join(packageRoot(), 'boards'))

const ownVersion = () => (isCheckout() ? `file:${packageRoot()}` : `^${selfVersion()}`)

function ownBoardVersion(short: string): string {
  const folder = join(packageRoot(), 'boards', short)
  return isCheckout() && existsSync(folder) ? `file:${folder}` : `^${selfVersion()}`
}
