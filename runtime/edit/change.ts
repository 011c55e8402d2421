/** Changes files, and keeps the changes only if the project still loads. */
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { writeAtomic } from '../state/atomic-file.ts'
import { applied, type Edit } from './insert.ts'
import type { EditableModule } from './module.ts'

/** The diagnostics of the project as it is on disk now. */
export type Examine = () => Promise<readonly Diagnostic[]>

export interface Change {
  readonly module: EditableModule
  readonly edits: readonly Edit[]
  /** A file to rename at the same time; both paths absolute. */
  readonly move?: { readonly from: string; readonly to: string }
}

/**
 * A new error, or an exception, undoes all changes.
 *
 * @param before the diagnostics without the change
 * @returns the new diagnostics; if one is an error, nothing has changed
 */
export async function change(
  root: string,
  { module, edits, move }: Change,
  before: readonly Diagnostic[],
  examine: Examine,
): Promise<Diagnostic[]> {
  const path = realpathSync(join(root, module.file))
  const old = readFileSync(path, 'utf8')
  const { text, prefix } = module.read()
  const undo: (() => void)[] = []
  try {
    if (move) {
      rename(move.from, move.to)
      undo.push(() => renameSync(move.to, move.from))
    }
    undo.push(() => rewrite(path, old))
    rewrite(path, prefix + applied(text, edits))
    const known = new Set(before.map(said))
    const fresh = (await examine()).filter(each => !known.has(said(each)))
    if (fresh.some(each => each.severity === 'error')) undoAll(undo)
    return fresh
  } catch (error) {
    undoAll(undo)
    throw error
  }
}

function undoAll(undo: readonly (() => void)[]): void {
  for (const step of undo.toReversed()) step()
}

/** Diagnostics that only moved to another line count as the same. */
function said({ line: _, column: __, length: ___, ...rest }: Diagnostic): string {
  return JSON.stringify(rest)
}

function rewrite(path: string, text: string): void {
  const { mode } = statSync(path)
  writeAtomic(path, text)
  chmodSync(path, mode & 0o7777)
}

function rename(from: string, to: string): void {
  // Check first, because rename would replace an existing file.
  if (existsSync(to)) throw new Error(`${to} already exists`)
  mkdirSync(dirname(to), { recursive: true })
  renameSync(from, to)
}
