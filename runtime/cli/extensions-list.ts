/** `strux extensions`: what a BSP enables, and every handler in calling order. */
import type { Command } from 'commander'
import type { ExtensionHandler, SourcePlace } from '../model/extensions.ts'
import type { Workspace } from '../run/workspace.ts'
import { type EnableFlags, type GlobalOptions, withEnable } from './options.ts'
import { colorsFor, printJson, printLine } from './terminal.ts'
import { openWorkspace } from './workspace.ts'

interface ListFlags extends GlobalOptions, EnableFlags {
  readonly json?: boolean
}

export function extensionsListCommand(command: Command): void {
  withEnable(command.argument('[bsp]', "the BSP (default: the project's)"))
    .option('--json', 'print JSON')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      list(bsp, self.optsWithGlobals<ListFlags>()),
    )
}

async function list(bsp: string | undefined, flags: ListFlags): Promise<void> {
  const workspace = await openWorkspace(flags.project, bsp, flags)
  const listed = await listOf(workspace)
  if (flags.json) printJson(listed)
  else print(listed)
}

interface ListedHandler {
  readonly id: string
  readonly hook: string
  /** The name that the extension uses, if it is an older one. */
  readonly called_as?: string
  readonly position?: number
  readonly total?: number
  readonly order: number
  readonly name: string
  readonly extension: string
  readonly description?: string
  readonly file: string
  readonly line: number
}

interface ListedExtension {
  readonly name: string
  readonly description?: string
  readonly kind: string
  readonly file?: string
  readonly folder: string
  readonly added_by: string
  readonly options: object
  /** The package or definition whose extension it stands in for. */
  readonly instead?: string
}

interface Listed {
  readonly bsp: string
  readonly extensions: readonly ListedExtension[]
  readonly handlers: readonly ListedHandler[]
  readonly skipped: readonly (ListedHandler & { readonly why: string; readonly by: string })[]
  readonly never: readonly { readonly id: string; readonly reason: string }[]
}

async function listOf({ bsp, plan }: Workspace): Promise<Listed> {
  const { enabled = [], handlers = [], skipped = [] } = bsp.extensions ?? {}
  const ids = new Set(handlers.map(({ id }) => id))
  return {
    bsp: bsp.name,
    extensions: enabled.map(({ name, description, kind, file, folder, addedBy, options, instead }) => ({
      name,
      ...(description !== undefined && { description }),
      kind,
      ...(file !== undefined && { file }),
      folder,
      added_by: addedBy,
      options,
      ...(instead !== undefined && { instead }),
    })),
    handlers: await Promise.all(handlers.map(listedHandler)),
    skipped: await Promise.all(
      skipped.map(async ({ handler, why, by }) => ({ ...(await listedHandler(handler)), why, by })),
    ),
    never: plan.never.filter(({ id }) => ids.has(id)).map(({ id, reason }) => ({ id, reason })),
  }
}

type Handler = Omit<ExtensionHandler, 'position' | 'total'> &
  Partial<Pick<ExtensionHandler, 'position' | 'total'>>

async function listedHandler(handler: Handler): Promise<ListedHandler> {
  const { id, hook, calledAs, position, total, order, name, extension, description } = handler
  const { file, line } = await placeOf(handler)
  return {
    id,
    hook,
    ...(calledAs !== hook && { called_as: calledAs }),
    ...(position !== undefined && { position, total: total! }),
    order,
    name,
    extension: extension.name,
    ...(description !== undefined && { description }),
    file,
    line,
  }
}

async function placeOf({ at, locate, extension }: Handler): Promise<Pick<SourcePlace, 'file' | 'line'>> {
  return at ?? (await locate?.()) ?? { file: extension.file ?? extension.folder, line: 1 }
}

function print({ bsp, extensions, handlers, skipped, never }: Listed): void {
  const colors = colorsFor(process.stdout)
  if (extensions.length === 0) {
    printLine(`${bsp} enables no extension`)
    return
  }
  printLine(colors.bold(`extensions of ${bsp}`))
  printRows(
    extensions.map(({ name, file, folder, added_by, instead, description }) => [
      name,
      colors.dim(file ?? folder),
      `by ${added_by}${instead === undefined ? '' : `, in place of the one of ${instead}`}`,
      colors.dim(description ?? ''),
    ]),
  )
  const reasons = new Map(never.map(({ id, reason }) => [id, reason]))
  printLine(colors.bold('handlers, in calling order'))
  let hook = ''
  const called = handlers.filter(({ id }) => !reasons.has(id))
  for (const handler of called) {
    if (handler.hook !== hook) printLine(`  ${handler.hook}`)
    hook = handler.hook
    const { position, total, order, name, extension, file, line, called_as } = handler
    const alias = called_as === undefined ? '' : ` as ${called_as}`
    printLine(
      `    ${position}/${total}  ${String(order).padStart(4)}  ${name}  ${colors.dim(`${extension}, ${file}:${line}${alias}`)}`,
    )
  }
  if (called.length === 0) printLine('  none')
  if (never.length > 0) {
    printLine(colors.bold('never called in this build'))
    printRows(never.map(({ id, reason }) => [id, colors.dim(reason)]))
  }
  if (skipped.length > 0) {
    printLine(colors.bold('left out'))
    printRows(
      skipped.map(({ id, why, by, file, line }) => [id, `${why} by ${by}`, colors.dim(`${file}:${line}`)]),
    )
  }
}

/** Aligned columns; the colours of a cell do not count. */
function printRows(rows: readonly (readonly string[])[]): void {
  const widthOf = (text: string) => text.replaceAll(ANSI, '').length
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, index) => Math.max(most[index] ?? 0, widthOf(cell))),
    [],
  )
  for (const row of rows) {
    const cells = row.map((cell, index) => cell + ' '.repeat(widths[index]! - widthOf(cell)))
    printLine(`  ${cells.join('  ').trimEnd()}`)
  }
}

const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')
