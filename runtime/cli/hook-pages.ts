/** The hooks of all vocabularies as Markdown, made from the tables: for `strux hooks --markdown` and the reference. */
import type { ImageHookRow } from '../../lib/hooks/image.ts'
import { EVERY_HANDLER, IMAGE_VARIABLES, type ImageVariable } from '../../lib/hooks/image-variables.ts'
import { type PackageHookRow, whichPackages } from '../../lib/hooks/package.ts'
import type { HookRow } from '../../lib/hooks/row.ts'
import type { HookVocabulary } from '../../lib/hooks/vocabularies.ts'
import { conditionText } from '../plan/never.ts'

const code = (text: string) => `\`${text}\``

/** A section for each vocabulary. */
export function hooksMarkdown(vocabularies: readonly HookVocabulary[]): string {
  return vocabularies.map(vocabularySection).join('\n\n')
}

function vocabularySection(vocabulary: HookVocabulary): string {
  const { title, place } = vocabulary
  return `## ${title}\n\nIn ${place}\n\n${listOf(vocabulary)}`
}

function listOf(vocabulary: HookVocabulary): string {
  const { name, hooks } = vocabulary
  if (name === 'image') return imageHooks(hooks as readonly ImageHookRow[], '###')
  if (name === 'package') return packageHooks(hooks as readonly PackageHookRow[])
  return table(
    ['Hook', 'Meaning'],
    hooks.map(row => [code(row.name), meaning(row, vocabulary)]),
  )
}

/** The hooks of source packages, with the packages that have them. */
export function packageHooks(rows: readonly PackageHookRow[]): string {
  return table(
    ['Hook', 'Phase', 'Runs for', 'Meaning'],
    rows.map(row => [code(row.name), row.phase, whichPackages(row) ?? 'all', row.doc]),
  )
}

function meaning({ when, doc }: HookRow, { conditions }: HookVocabulary): string {
  const condition = when === undefined ? undefined : conditions[when]
  return condition ? `${doc} Only with ${code(conditionText(condition))}.` : doc
}

/** The hooks of extensions: a table of all, then a section for each with its variables. */
export function imageHooks(rows: readonly ImageHookRow[], level: string): string {
  const overview = table(
    ['Hook', 'Phase', 'Called', 'Meaning'],
    rows.map(row => [
      `[${code(row.name)}](#${row.name})${row.addition ? ' (addition)' : ''}`,
      row.phase,
      row.times,
      row.doc,
    ]),
  )
  return [overview, ...rows.map(row => hookSection(row, level))].join('\n\n')
}

/** One hook: position, aliases, variables. */
function hookSection(row: ImageHookRow, level: string): string {
  const { name, aliases = [], doc, addition, variables, sets = [] } = row
  const facts = [
    doc,
    placeOf(row),
    aliases.length > 0
      ? `Older ${aliases.length === 1 ? 'name' : 'names'}: ${aliases.map(code).join(', ')}.`
      : '',
    addition ? 'An addition to the original list of hooks.' : '',
  ]
  const listed = table(
    ['Variable', 'Type', 'Meaning'],
    variables.map(variable => [
      `${code(variable)}${sets.includes(variable) ? ' (settable)' : ''}`,
      IMAGE_VARIABLES[variable].type,
      IMAGE_VARIABLES[variable].doc,
    ]),
  )
  const parts = [
    `${level} ${name}`,
    facts.filter(Boolean).join(' '),
    ...(variables.length > 0 ? [listed] : []),
  ]
  return parts.join('\n\n')
}

function placeOf({ runs_in, step, relation, needs }: ImageHookRow): string {
  if (runs_in === 'plan') return 'Called while the definition is loaded, with a draft of it.'
  if (relation === 'end') return 'Runs after the last step, in a container of its own.'
  const inside = `Runs inside the step ${code(step!)}.`
  if (needs === 'loop') return `${inside} Its handlers need the image as a loop device.`
  return needs === 'mount' ? `${inside} Its handlers need the mounted image.` : inside
}

/** The variables of every handler in a build. */
export function everyHandler(): string {
  return table(
    ['Variable', 'Type', 'Meaning'],
    EVERY_HANDLER.map((name: ImageVariable) => [
      code(name),
      IMAGE_VARIABLES[name].type,
      IMAGE_VARIABLES[name].doc,
    ]),
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
