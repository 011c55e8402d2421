/**
 * Notes that files of root may lie in the project. A note is written before the first container of a caller who
 * is not root, and removed when everything belongs to the caller. A process that finds a note from an earlier
 * process repairs first. There is one file per BSP, because two BSPs may be built at the same time.
 */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from '../../state/atomic-file.ts'
import { readEngineJson } from '../../state/engine-file.ts'
import { pidExists } from '../../state/process-identity.ts'

export interface Unclaimed {
  readonly bsp: string
  /** Files created since then may come from the build. */
  readonly since: Date
  readonly pid: number
}

const PREFIX = 'unclaimed-'

/** Throws the system's error if the note cannot be written, such as EACCES in a folder of root. */
export function noteUnclaimed(folder: string, note: Unclaimed): void {
  writeAtomic(noteFile(folder, note.bsp), `${JSON.stringify(note, null, 2)}\n`)
}

export function forgetUnclaimed(folder: string, bsp: string): void {
  rmSync(noteFile(folder, bsp), { recursive: true, force: true })
}

/**
 * Notes without an active process: of the BSP itself, whose lock the caller holds, and of dead processes. A
 * damaged note has an unknown age: then only dist/ can be repaired.
 */
export function abandonedNotes(folder: string, bsp: string, alive = pidExists): Unclaimed[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return []
  }
  return names
    .filter(name => name.startsWith(PREFIX) && name.endsWith('.json'))
    .map(name => readNote(folder, name))
    .filter(note => note.bsp === bsp || !alive(note.pid))
}

function readNote(folder: string, name: string): Unclaimed {
  const bsp = decodeURIComponent(name.slice(PREFIX.length, -'.json'.length))
  const note = (readEngineJson(join(folder, name)) ?? {}) as { since?: unknown; pid?: unknown }
  const since = new Date(String(note.since))
  const isWhole = Number.isInteger(note.pid) && !Number.isNaN(since.getTime())
  return isWhole ? { bsp, since, pid: Number(note.pid) } : { bsp, since: new Date(), pid: 0 }
}

function noteFile(folder: string, bsp: string): string {
  return join(folder, `${PREFIX}${encodeURIComponent(bsp)}.json`)
}
