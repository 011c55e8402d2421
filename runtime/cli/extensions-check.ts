/** `strux extensions check`: whether bash extensions need what is not here. Needs no project and no engine. */
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { StruxError } from '../diagnostics/error.ts'
import { sortDiagnostics } from '../diagnostics/render.ts'
import { findExtension } from '../extensions/find.ts'
import { projectAround } from '../load/find-project.ts'
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
  const { needsOf } = await import('../extensions/bash/needs.ts')
  const folder = process.cwd()
  const project = projectAround(flags.project ?? folder)
  const texts = files.map(file => ({ file: relative(folder, resolve(file)), text: read(file) }))
  const beside = await enabledBy(files, project)
  const found = needsOf(texts, {
    ...(project !== undefined && { root: project }),
    beside: beside.map(file => ({ file, text: read(file) })),
  })
  const diagnostics = sortDiagnostics(found)
  const missing = diagnostics.filter(({ severity }) => severity === 'error').length
  const ok = missing === 0
  if (flags.json) printJson({ ok, diagnostics })
  else {
    printDiagnostics(diagnostics, folder)
    printLine(summary(files.length, missing))
  }
  if (!ok) process.exitCode = 1
}

function summary(files: number, missing: number): string {
  const counted = `${files} file${files === 1 ? '' : 's'}`
  if (missing === 0) return `${counted}: everything that they need is there`
  return `${counted}: ${missing} thing${missing === 1 ? '' : 's'} missing`
}

/** The bash files that these enable, those that they enable in turn, and so on. */
async function enabledBy(files: readonly string[], project: string | undefined): Promise<string[]> {
  const { enabledIn } = await import('../extensions/bash/needs.ts')
  const given = new Set(files.map(file => resolve(file)))
  const found = new Set(given)
  // A loop over a set also visits what is added meanwhile.
  for (const file of found)
    for (const name of enabledIn(read(file))) {
      // Without a project, the folder around the file's own may have other extensions.
      const root = project ?? dirname(dirname(file))
      const other = findExtension(root, name, relative(root, dirname(file)) || '.')
      if (other?.endsWith('.sh')) found.add(join(root, other))
    }
  return [...found].filter(file => !given.has(file))
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new StruxError(`${file} cannot be read: ${(error as Error).message}`, { exitCode: 2 })
  }
}
