/** Pictures of a guest's screen: read from QEMU's PPM files, compared, and asked for colours at places. */
import { readFileSync } from 'node:fs'

export interface Picture {
  readonly width: number
  readonly height: number
  /** Red, green, blue of each pixel, by rows from the top. */
  readonly pixels: Buffer
}

/** A binary PPM (P6, 8 bits). Undefined where the file is something else, or not complete. */
export function readPpm(file: string): Picture | undefined {
  const bytes = readFileSync(file)
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 64).toString('latin1'))
  if (!head) return undefined
  const [width, height] = [Number(head[1]), Number(head[2])]
  const pixels = bytes.subarray(head[0].length)
  return pixels.length === width * height * 3 ? { width, height, pixels } : undefined
}

/** The share of pixels in which two pictures differ, 0 to 1; 1 where their sizes do. */
export function difference(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height) return 1
  let count = 0
  for (let at = 0; at < a.pixels.length; at += 3) {
    if (
      a.pixels[at] !== b.pixels[at] ||
      a.pixels[at + 1] !== b.pixels[at + 1] ||
      a.pixels[at + 2] !== b.pixels[at + 2]
    )
      count++
  }
  return count / (a.width * a.height)
}

/** Below this share of pixels that are not black a screen counts as dark: texts of firmware and kernel, a cursor. */
const DARK = 0.03

/** Whether something is drawn that is more than a few words on black. */
export function isDrawn({ pixels }: Picture): boolean {
  let lit = 0
  for (let at = 0; at < pixels.length; at += 3) {
    if (pixels[at] !== 0 || pixels[at + 1] !== 0 || pixels[at + 2] !== 0) lit++
  }
  return lit > (pixels.length / 3) * DARK
}

/** Pixels of a place as it is declared: `'120'`, or a share of the whole such as `'50%'`. */
export function placeOn(length: number, declared: string): number {
  const place = declared.endsWith('%')
    ? Math.round(((length - 1) * Number(declared.slice(0, -1))) / 100)
    : Number(declared)
  return Math.min(Math.max(place, 0), length - 1)
}

/** Six hexadecimal digits. */
export function colorAt({ width, pixels }: Picture, x: number, y: number): string {
  const at = (y * width + x) * 3
  return pixels.subarray(at, at + 3).toString('hex')
}

/** Whether each of red, green and blue is near enough. */
export function isNear(actual: string, wanted: string, tolerance: number): boolean {
  const [a, b] = [Buffer.from(actual, 'hex'), Buffer.from(wanted, 'hex')]
  return [0, 1, 2].every(index => Math.abs(a[index]! - b[index]!) <= tolerance)
}
