/** A folder of its own for a test, gone afterwards. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export async function inTempFolder(work: (folder: string) => unknown): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'strux-test-')))
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function write(file: string, content: string | Uint8Array, mode?: number): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content, mode === undefined ? {} : { mode })
}
