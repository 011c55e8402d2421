/** `strux import`: converts definitions from YAML to TypeScript. */
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { DiagnosticsError } from '../diagnostics/diagnostic.ts'
import { StruxError } from '../diagnostics/error.ts'
import { projectAround } from '../load/find-project.ts'
import { writeAtomic } from '../state/atomic-file.ts'
import type { GlobalOptions } from './options.ts'
import { printDiagnostics, printLine } from './terminal.ts'

interface ImportFlags extends GlobalOptions {
  readonly out?: string
  readonly force?: boolean
}

export function importCommand(program: Command): void {
  program
    .command('import')
    .argument('[path]', 'a YAML file, or the folder of a project or a BSP (default: the project)')
    .description('convert strux.yaml and bsp.yaml to TypeScript')
    .option('--out <folder>', 'write below this folder (default: beside the YAML files)')
    .option('--force', 'replace existing files')
    .addHelpText(
      'after',
      '\nComments stay with their keys. The YAML files stay unchanged. A project may have only one of both, so delete\n' +
        'them when you are satisfied. If a file has an error, nothing is written.',
    )
    .action((path: string | undefined, _: unknown, self: Command) =>
      importFiles(path, self.optsWithGlobals<ImportFlags>()),
    )
}

async function importFiles(path: string | undefined, flags: ImportFlags): Promise<void> {
  const { importYaml } = await import('../import/import.ts')
  // A single BSP need not be in a project.
  const from = flags.project ?? '.'
  const { root, diagnostics, modules } = await importYaml(path ?? projectAround(from) ?? from)
  printDiagnostics(diagnostics, root)
  if (diagnostics.some(each => each.severity === 'error')) throw new DiagnosticsError(diagnostics)
  const out = flags.out === undefined ? root : resolve(flags.out)
  const there = flags.force ? [] : modules.filter(({ to }) => existsSync(join(out, to)))
  if (there.length > 0) {
    const names = there.map(({ to }) => shown(join(out, to))).join(', ')
    const hint = '--force replaces them, --out writes elsewhere'
    throw new StruxError(`nothing was written: ${names} already ${there.length === 1 ? 'exists' : 'exist'}`, {
      hint,
      exitCode: 2,
    })
  }
  for (const { to, text } of modules) {
    writeAtomic(join(out, to), text)
    printLine(`wrote ${shown(join(out, to))}`)
  }
  if (out !== root) return
  const files = modules.map(({ from }) => shown(join(root, from)))
  printLine(`  next: delete ${files.join(', ')}, which have the same content`)
}

function shown(path: string): string {
  const way = relative(process.cwd(), path)
  return way.startsWith('..') ? path : way
}
