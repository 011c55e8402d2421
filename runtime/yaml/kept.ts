/**
 * What a YAML file says, kept as compiled modules are (dist/.strux/modules), so that a file that has not changed is not
 * parsed and checked again. Known by the SHA-256 of the file; what is damaged counts as not there.
 */
import { join } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { selfModule, selfVersion } from '../state/own-package.ts'
import { stateFolder } from '../state/state-folder.ts'
import { readVouched, sha256, writeVouched } from '../state/vouched.ts'

/** One more than the last release whenever the meaning of what is kept changes. */
const FORMAT = 1

/** A definition without an error: plain data, and warnings with their places. */
export interface ReadYaml {
  readonly exported: unknown
  readonly diagnostics: readonly Diagnostic[]
}

interface Kept extends ReadYaml {
  readonly of: string
}

/** @param file relative to the project, @param content what is in it now */
export function recall(root: string, file: string, content: Buffer): ReadYaml | undefined {
  const kept = readVouched(place(root, file)) as Kept | undefined
  return kept?.of === identity(file, content) ? kept : undefined
}

/** Where nothing can be written, nothing is kept. */
export function keep(root: string, file: string, content: Buffer, { exported, diagnostics }: ReadYaml): void {
  try {
    writeVouched(place(root, file), { of: identity(file, content), exported, diagnostics } satisfies Kept)
  } catch {}
}

/** Another version, or another copy of this one, may read the file in another way. */
function identity(file: string, content: Buffer): string {
  return sha256(JSON.stringify([FORMAT, selfVersion(), selfModule('strux-bsp'), file, sha256(content)]))
}

function place(root: string, file: string): string {
  const readable = file.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(-60)
  return join(stateFolder(root), 'modules', `${readable}-${sha256(file).slice(0, 8)}.json`)
}
