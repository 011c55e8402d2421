/** Lets a process "die" at a chosen change of the disk, in the middle of a build: from then on nothing is changed any more. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Node takes the functions that delete folders from `fs` at the first use, and keeps them: that must not be a replaced one.
fs.rmSync(fs.mkdtempSync(join(tmpdir(), 'strux-mortal-')), { recursive: true })

export class Death extends Error {}

const CHANGES = [
  'renameSync',
  'rmSync',
  'rmdirSync',
  'copyFileSync',
  'mkdirSync',
  'writeFileSync',
  'writeSync',
] as const

/**
 * Runs `work` so that the `after`th change of the disk, and each one that follows, is not made but throws. What scripts
 * write counts when they call `step`. Resolves with whether it came to that.
 */
export async function dyingAfter(after: number, work: (step: () => void) => Promise<void>): Promise<boolean> {
  let left = after
  const step = () => {
    if (left-- <= 0) throw new Death('the process died here')
  }
  const originals = CHANGES.map(name => [name, fs[name]] as const)
  for (const [name, original] of originals) {
    Object.assign(fs, {
      [name]: (...parameters: unknown[]) => {
        step()
        return (original as (...all: unknown[]) => unknown)(...parameters)
      },
    })
  }
  syncBuiltinESMExports()
  try {
    await work(step)
  } finally {
    Object.assign(fs, Object.fromEntries(originals))
    syncBuiltinESMExports()
  }
  return left < 0
}
