/** The runtime's own data files, with a checksum in the first line: a damaged file counts as missing. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { temporaryFor } from './atomic-file.ts'

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Undefined if the file is missing or incomplete. */
export function readVouched(file: string): unknown {
  let content: Buffer
  try {
    content = readFileSync(file)
  } catch {
    return undefined
  }
  const end = content.indexOf('\n')
  const json = content.subarray(end + 1)
  return end > 0 && content.toString('latin1', 0, end) === sha256(json)
    ? JSON.parse(json.toString())
    : undefined
}

export function writeVouched(file: string, value: unknown): void {
  const json = JSON.stringify(value)
  mkdirSync(dirname(file), { recursive: true })
  writeWhole(file, `${sha256(json)}\n${json}`)
}

/** A concurrent reader or another `strux` process sees the old file or the new one, never a part. */
export function writeWhole(file: string, content: string): void {
  const temporary = temporaryFor(file)
  try {
    writeFileSync(temporary, content)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
