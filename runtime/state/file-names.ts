/**
 * Names of files are bytes, and any bytes but `/` and NUL. Most names are UTF-8. In the others, each byte that does not
 * fit becomes a lone surrogate from U+DC80 to U+DCFF, as in Python (PEP 383): every name has a string of its own, and the
 * string leads back to the file.
 */
import { readdirSync } from 'node:fs'

/** The names in a folder, sorted. Throws the system's error. */
export function namesIn(folder: string): string[] {
  const names = readdirSync(onDisk(folder), 'utf8')
  // What Node puts in the place of a byte that it cannot decode; a name may also hold it rightly.
  if (!names.some(name => name.includes('\ufffd'))) return names.sort()
  return readdirSync(onDisk(folder), 'buffer').map(textOf).sort()
}

/** A path as functions of `fs` take it. */
export function onDisk(path: string): string | Buffer {
  return LONE.test(path) ? bytesOf(path) : path
}

const LONE = /(?<![\ud800-\udbff])[\udc80-\udcff]/

/** The bytes of a name or path, as text. */
export function textOf(bytes: Buffer): string {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceAt(bytes, at, strict)
    text += length > 0 ? bytes.toString('utf8', at, at + length) : String.fromCharCode(0xdc00 + bytes[at]!)
    at += Math.max(length, 1)
  }
  return text
}

/** The length in bytes of the character that begins there; 0 if none does. */
function sequenceAt(bytes: Buffer, at: number, strict: InstanceType<typeof TextDecoder>): number {
  const first = bytes[at]!
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  try {
    if (at + length > bytes.length) return 0
    strict.decode(bytes.subarray(at, at + length))
    return length
  } catch {
    return 0
  }
}

function bytesOf(path: string): Buffer {
  const parts: Buffer[] = []
  for (const character of path) {
    const code = character.codePointAt(0)!
    const isByte = code >= 0xdc80 && code <= 0xdcff
    parts.push(isByte ? Buffer.from([code - 0xdc00]) : Buffer.from(character))
  }
  return Buffer.concat(parts)
}
