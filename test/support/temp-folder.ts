/** Folders of their own for tests, gone afterwards. */
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

const made: string[] = []
process.on('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

/** A folder that lasts as long as the process. Its real path. */
export function folderUntilExit(name: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), name)))
  made.push(folder)
  return folder
}

export function write(file: string, content: string | Uint8Array, mode?: number): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content, mode === undefined ? {} : { mode })
}
