/**
 * The engine's own files below dist/ and in the user's cache folder. Anything may stand in the place of one: a folder, a
 * link to itself, a pipe. Reading then fails at once and never waits, and the next write puts the file there.
 */
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { writeAtomic, writeWhole } from './atomic-file.ts'

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/** The content of a file. Throws the system's error if there is none, or an error that names what is there instead. */
export function readEngineFile(file: string): Buffer {
  // Opening a pipe would otherwise wait for its other end.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) throw new Error(`${stat.isDirectory() ? 'a folder' : 'no file'} is in its place`)
    return readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The value in a JSON file; undefined if the file is missing or damaged. */
export function readEngineJson(file: string): unknown {
  try {
    return JSON.parse(readEngineFile(file).toString())
  } catch {
    return undefined
  }
}

/** The value in a file with a checksum in its first line; undefined if the file is missing, or one byte differs. */
export function readChecked(file: string): unknown {
  let content: Buffer
  try {
    content = readEngineFile(file)
  } catch {
    return undefined
  }
  const end = content.indexOf('\n')
  const json = content.subarray(end + 1)
  return end > 0 && content.toString('latin1', 0, end) === sha256(json)
    ? JSON.parse(json.toString())
    : undefined
}

/** `durable`: the file survives a power failure once this returns. Leave it out for what can be made again. */
export function writeChecked(file: string, value: unknown, { durable = false } = {}): void {
  const json = JSON.stringify(value)
  const write = durable ? writeAtomic : writeWhole
  write(file, `${sha256(json)}\n${json}`)
}
