/** `strux extensions check`: whether bash extensions need what is not here. Needs no project and no engine. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { sortDiagnostics } from '../diagnostics/render.ts'
import { findProjectRoot } from '../load/find-project.ts'
import type { GlobalOptions } from './options.ts'
import { printDiagnostics, printJson, printLine } from './terminal.ts'

export function extensionsCheckCommand(extensions: Command): void {
  extensions
    .command('check')
    .argument('<file...>', 'bash extensions, which may call the functions of each other')
    .description('show what bash extensions need that this build does not have')
    .option('--json', 'print JSON')
    .action((files: string[], _: unknown, self: Command) =>
      check(files, self.optsWithGlobals<GlobalOptions & { json?: boolean }>()),
    )
}

async function check(files: readonly string[], flags: GlobalOptions & { json?: boolean }): Promise<void> {
  const { enabledIn, needsOf } = await import('../extensions/bash/needs.ts')
  const folder = process.cwd()
  const project = projectAround(flags.project ?? folder)
  const texts = files.map(file => ({ file: relative(folder, resolve(file)), text: read(file) }))
  const beside = texts.flatMap(({ file, text }) =>
    enabledIn(text).flatMap(name => enabledFile(file, name, project)),
  )
  const found = needsOf(texts, {
    ...(project !== undefined && { root: project }),
    beside: beside.map(file => ({ file, text: read(file) })),
  })
  const diagnostics = sortDiagnostics(found)
  const ok = diagnostics.length === 0
  if (flags.json) printJson({ ok, diagnostics })
  else {
    printDiagnostics(diagnostics, folder)
    printLine(summary(files.length, diagnostics))
  }
  if (!ok) process.exitCode = 1
}

function summary(files: number, diagnostics: readonly Diagnostic[]): string {
  const counted = `${files} file${files === 1 ? '' : 's'}`
  if (diagnostics.length === 0) return `${counted}: everything that they need is there`
  return `${counted}: ${diagnostics.length} thing${diagnostics.length === 1 ? '' : 's'} missing`
}

function projectAround(folder: string): string | undefined {
  try {
    return findProjectRoot(folder)
  } catch {
    return undefined
  }
}

/** The file of an extension that another enables: beside it, or in the project's folders for extensions. */
function enabledFile(file: string, name: string, project: string | undefined): string[] {
  const folders = [
    dirname(file),
    dirname(dirname(file)),
    ...(project === undefined
      ? []
      : ['extensions', 'userpatches/extensions'].map(each => join(project, each))),
  ]
  const forms = folders.flatMap(folder => [join(folder, `${name}.sh`), join(folder, name, `${name}.sh`)])
  return forms.filter(each => existsSync(each)).slice(0, 1)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new StruxError(`${file} cannot be read: ${(error as Error).message}`, { exitCode: 2 })
  }
}
