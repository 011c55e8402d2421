/** The runtime's own data files, with a checksum in the first line: a damaged file counts as missing. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writeWhole } from './atomic-file.ts'

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
  writeWhole(file, `${sha256(json)}\n${json}`)
}
