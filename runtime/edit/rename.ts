/** Finds the mentions of a renamed file in a definition's scripts. */
import { posix } from 'node:path'
import type { Finding } from '../diagnostics/diagnostic.ts'
import { showKeys } from '../diagnostics/show-value.ts'
import type { BspLocation, Loaded } from '../load/loaded.ts'
import type { Edit } from './insert.ts'
import { type EditableModule, NotEditable } from './module.ts'
import { quoted } from './print-value.ts'

interface Script {
  readonly location?: unknown
  readonly depends_on?: unknown
}

/**
 * Throws NotEditable if a mention is not plain text in the module.
 *
 * @param from and `to`: relative to the project
 */
export async function renameMentions(
  module: EditableModule,
  { source, exported }: Loaded<unknown>,
  { folder }: Pick<BspLocation, 'folder'>,
  from: string,
  to: string,
): Promise<Edit[]> {
  const { scripts } = (exported ?? {}) as { scripts?: unknown }
  if (!Array.isArray(scripts) || !source) return []
  const mentions: { finding: Finding; text: string }[] = []
  const add = (text: unknown, keys: readonly (string | number)[], isMention: boolean) => {
    if (typeof text !== 'string' || !isMention || posix.join(folder, text) !== from) return
    const origin = { source: 'bsp', keys } as const
    const message = `${showKeys(keys)} is computed, and names this file`
    mentions.push({
      text,
      finding: { severity: 'error', code: 'not_editable', message, origin, at: 'value' },
    })
  }
  for (const [index, script] of (scripts as readonly Script[]).entries()) {
    add(script.location, ['scripts', index, 'location'], true)
    if (!Array.isArray(script.depends_on)) continue
    for (const [at, path] of script.depends_on.entries()) {
      // Paths without ./ or ../ are build products.
      add(path, ['scripts', index, 'depends_on', at], /^\.\.?\//.test(String(path)))
    }
  }
  const places = await source.locate(mentions.map(({ finding }) => finding))
  const edits = new Map<number, Edit>()
  for (const [index, { text }] of mentions.entries()) {
    const place = places[index]!
    const node = place.file === module.file ? module.stringAt(place) : undefined
    if (!node || node.getText().slice(1, -1) !== text) {
      throw new NotEditable({ ...place, hint: 'change it by hand' })
    }
    const relative = posix.relative(folder, to)
    const isPlain = !/^\.\.?\//.test(text) || relative.startsWith('../')
    const quote = node.getText()[0] === '"' ? '"' : "'"
    const put = quoted(isPlain ? relative : `./${relative}`, { quote })
    edits.set(node.getStart(), { start: node.getStart(), end: node.getEnd(), text: put })
  }
  return [...edits.values()]
}
