/** Images of a guest's screen: reads QEMU's PPM files, compares images, and reads colours at positions. */
import { readFileSync } from 'node:fs'

export interface Picture {
  readonly width: number
  readonly height: number
  /** Red, green, blue of each pixel, by rows from the top. */
  readonly pixels: Buffer
}

/** Reads a binary PPM (P6, 8 bits). Undefined if the file is incomplete or has another format. */
export function readPpm(file: string): Picture | undefined {
  const bytes = readFileSync(file)
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 64).toString('latin1'))
  if (!head) return undefined
  const [width, height] = [Number(head[1]), Number(head[2])]
  const pixels = bytes.subarray(head[0].length)
  return pixels.length === width * height * 3 ? { width, height, pixels } : undefined
}

/** The share of pixels that differ between two images, 0 to 1; 1 if their sizes differ. */
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

/** A screen with a smaller share of non-black pixels counts as dark: firmware and kernel messages, a cursor. */
const DARK = 0.03

/** Whether more is drawn than a few words on black. */
export function isDrawn({ pixels }: Picture): boolean {
  let lit = 0
  for (let at = 0; at < pixels.length; at += 3) {
    if (pixels[at] !== 0 || pixels[at + 1] !== 0 || pixels[at + 2] !== 0) lit++
  }
  return lit > (pixels.length / 3) * DARK
}

/** The pixel of a declared position: `'120'`, or a share of the whole such as `'50%'`. */
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

/** Whether each of red, green and blue is within the tolerance. */
export function isNear(actual: string, wanted: string, tolerance: number): boolean {
  const [a, b] = [Buffer.from(actual, 'hex'), Buffer.from(wanted, 'hex')]
  return [0, 1, 2].every(index => Math.abs(a[index]! - b[index]!) <= tolerance)
}
