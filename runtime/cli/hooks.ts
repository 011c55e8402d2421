/** `strux hooks`: the hooks of all vocabularies, from their tables. */
import type { Command } from 'commander'
import type { ImageHookRow } from '../../lib/hooks/image.ts'
import { IMAGE_VARIABLES } from '../../lib/hooks/image-variables.ts'
import { type PackageHookRow, whichPackages } from '../../lib/hooks/package.ts'
import type { HookRow } from '../../lib/hooks/row.ts'
import { type HookVocabulary, VOCABULARIES } from '../../lib/hooks/vocabularies.ts'
import { StruxError } from '../diagnostics/error.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { conditionText } from '../plan/never.ts'
import type { GlobalOptions } from './options.ts'
import { colorsFor, printJson, printLine } from './terminal.ts'

interface HooksFlags extends GlobalOptions {
  readonly json?: boolean
  readonly markdown?: boolean
}

export function hooksCommand(program: Command): void {
  program
    .command('hooks')
    .argument('[name]', `a hook, or a kind of hooks: ${VOCABULARIES.map(({ name }) => name).join(', ')}`)
    .description('list the hooks for scripts, extensions and source packages, in execution order')
    .option('--markdown', 'print Markdown')
    .option('--json', 'print JSON')
    .action((name: string | undefined, _: unknown, self: Command) =>
      showHooks(name, self.optsWithGlobals<HooksFlags>()),
    )
}

async function showHooks(name: string | undefined, { json, markdown }: HooksFlags): Promise<void> {
  const chosen = name === undefined ? VOCABULARIES : named(name)
  if (json) {
    printJson(chosen.flatMap(({ name: vocabulary, hooks }) => hooks.map(row => ({ vocabulary, ...row }))))
  } else if (markdown) {
    const { hooksMarkdown } = await import('./hook-pages.ts')
    printLine(hooksMarkdown(chosen))
  } else {
    for (const [index, vocabulary] of chosen.entries()) {
      if (index > 0) printLine('')
      if (vocabulary.hooks.length === 1 && name !== vocabulary.name && name !== undefined)
        printHook(vocabulary.hooks[0]!, vocabulary)
      else printList(vocabulary)
    }
  }
}

/** A kind of hooks, or every hook with that name or alias. */
function named(name: string): HookVocabulary[] {
  const kind = VOCABULARIES.find(vocabulary => vocabulary.name === name)
  if (kind) return [kind]
  const found = VOCABULARIES.flatMap(vocabulary => {
    const hooks = vocabulary.hooks.filter(row => row.name === name || row.aliases?.includes(name))
    return hooks.length > 0 ? [{ ...vocabulary, hooks }] : []
  })
  if (found.length > 0) return found
  const names = VOCABULARIES.flatMap(({ hooks, name }) => [
    name,
    ...hooks.flatMap(row => [row.name, ...(row.aliases ?? [])]),
  ])
  const near = suggest(name, names)
  throw new StruxError(`there is no hook '${name}'`, {
    hint: near === undefined ? '`strux hooks` lists them.' : `Did you mean '${near}'?`,
    exitCode: 2,
  })
}

function printList(vocabulary: HookVocabulary): void {
  const { title, place, hooks } = vocabulary
  const colors = colorsFor(process.stdout)
  printLine(`${colors.bold(title)}  ${colors.dim(`in ${place.replaceAll('`', '').replace(/\.$/, '')}`)}`)
  const width = Math.max(...hooks.map(row => row.name.length))
  for (const row of hooks) {
    printLine(`${colors.bold(row.name.padEnd(width))}  ${row.doc}`)
    for (const text of notesOf(row, vocabulary)) printLine(`${' '.repeat(width)}  ${colors.dim(text)}`)
  }
}

function notesOf(row: HookRow, { conditions }: HookVocabulary): string[] {
  const condition = row.when === undefined ? undefined : conditions[row.when]
  const packages = whichPackages(row as Partial<PackageHookRow>)
  return [
    ...(condition ? [`only with ${conditionText(condition)}`] : []),
    ...(row.runs_in === 'host' ? ['on this machine, not in a container'] : []),
    ...((row as Partial<ImageHookRow>).addition ? ['an addition to the original list of hooks'] : []),
    ...(packages === undefined ? [] : [`only for ${packages}`]),
    ...(row.aliases ? [`older name: ${row.aliases.join(', ')}`] : []),
  ]
}

function printHook(row: HookRow, vocabulary: HookVocabulary): void {
  const colors = colorsFor(process.stdout)
  printLine(
    `${colors.bold(row.name)}  ${colors.dim(`in ${vocabulary.place.replaceAll('`', '').replace(/\.$/, '')}`)}`,
  )
  printLine(row.doc)
  for (const text of notesOf(row, vocabulary)) printLine(colors.dim(text))
  const { variables = [] } = row as Partial<ImageHookRow>
  const width = Math.max(0, ...variables.map(name => name.length))
  for (const name of variables) {
    const { type, doc } = IMAGE_VARIABLES[name]
    const settable = row.sets?.includes(name) ? ', settable' : ''
    printLine(`  ${name.padEnd(width)}  ${colors.dim(`${type}${settable}`)}  ${doc}`)
  }
}
