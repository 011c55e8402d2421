/**
 * A cache for the content of YAML files, in dist/.strux/modules like compiled modules, so that an unchanged
 * file is not parsed and checked again. Entries are found by the file's SHA-256; a damaged one counts as
 * missing.
 */
import { join } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { readChecked, sha256, writeChecked } from '../state/engine-file.ts'
import { selfModule, selfVersion } from '../state/own-package.ts'
import { stateFolder } from '../state/state-folder.ts'

/** Increase with each release that changes the meaning of the cached data. */
const FORMAT = 1

/** A definition without errors: plain data, and warnings with their positions. */
export interface ReadYaml {
  readonly exported: unknown
  readonly diagnostics: readonly Diagnostic[]
}

interface Kept extends ReadYaml {
  readonly of: string
}

/** @param file relative to the project, @param content its current content */
export function recall(root: string, file: string, content: Buffer): ReadYaml | undefined {
  const kept = readChecked(place(root, file)) as Kept | undefined
  return kept?.of === identity(file, content) ? kept : undefined
}

/** Does nothing if the folder cannot be written. */
export function keep(root: string, file: string, content: Buffer, { exported, diagnostics }: ReadYaml): void {
  try {
    writeChecked(place(root, file), { of: identity(file, content), exported, diagnostics } satisfies Kept)
  } catch {}
}

/** Another version, or another copy of this one, may read the file differently. */
function identity(file: string, content: Buffer): string {
  return sha256(JSON.stringify([FORMAT, selfVersion(), selfModule('strux-bsp'), file, sha256(content)]))
}

function place(root: string, file: string): string {
  const readable = file.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(-60)
  return join(stateFolder(root), 'modules', `${readable}-${sha256(file).slice(0, 8)}.json`)
}
