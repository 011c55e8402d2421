/** Reference pictures: what a whole screen is to look like, but for areas that are never the same. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'
import type { ReferenceData } from '../../lib/schema/test.ts'
import { StruxError } from '../diagnostics/error.ts'
import { type Picture, placeOn } from './screen.ts'

/** How far a pixel may be off, of 255, where nothing else is said: more than rounding, less than an eye sees. */
const TOLERANCE = 12

export interface Reference {
  readonly data: ReferenceData
  /** True where the screen looks like it; else what is different. Keeps a picture that shows where. */
  compare(screen: Picture): true | string
}

export interface ReferencePlaces {
  /** The file of the reference picture, and the one in which differences are shown; absolute. */
  readonly file: string
  readonly difference: string
  readonly root: string
}

/** Throws a StruxError where there is no picture that can be read. */
export function openReference(data: ReferenceData, { file, difference, root }: ReferencePlaces): Reference {
  const shown = relative(root, file)
  if (!existsSync(file)) {
    throw new StruxError(`there is no reference picture ${shown}`, {
      hint: 'strux test --update makes it from the screen, once all else that the test declares holds.',
    })
  }
  let wanted: PNG
  try {
    wanted = PNG.sync.read(readFileSync(file))
  } catch (cause) {
    throw new StruxError(`the reference picture ${shown} is no PNG file: ${(cause as Error).message}`, {
      cause,
      hint: 'strux test --update makes it anew.',
    })
  }
  rmSync(difference, { force: true })
  return {
    data,
    compare(screen) {
      if (screen.width !== wanted.width || screen.height !== wanted.height)
        return `the screen has ${screen.width}x${screen.height} pixels, the reference ${wanted.width}x${wanted.height}`
      const { width, height } = wanted
      const shows = new PNG({ width, height })
      const count = pixelmatch(wanted.data, withAlpha(screen), shows.data, width, height, {
        threshold: (data.tolerance ?? TOLERANCE) / 255,
        includeAA: true,
        ignoreMask: maskOf(data, screen),
      })
      if (count <= (data.pixels ?? 0)) {
        rmSync(difference, { force: true })
        return true
      }
      write(difference, shows)
      return `${count} ${count === 1 ? 'pixel differs' : 'pixels differ'}; ${relative(root, difference)} shows where`
    },
  }
}

/** Makes the screen the reference. */
export function saveReference(file: string, screen: Picture): void {
  const png = new PNG({ width: screen.width, height: screen.height })
  png.data = withAlpha(screen)
  write(file, png)
}

function write(file: string, png: PNG): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, PNG.sync.write(png, { colorType: 2 }))
}

function withAlpha({ width, height, pixels }: Picture): Buffer {
  const all = Buffer.alloc(width * height * 4, 255)
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) pixels.copy(all, to, from, from + 3)
  return all
}

/** One byte for each pixel; those that are left out are not 0. An area reaches to the edge where it says no size. */
function maskOf({ ignore = [] }: ReferenceData, { width, height }: Picture): Uint8Array {
  const mask = new Uint8Array(width * height)
  for (const area of ignore) {
    const [left, top] = [placeOn(width, area.x), placeOn(height, area.y)]
    const right = left + lengthOn(width, area.width)
    const bottom = Math.min(top + lengthOn(height, area.height), height)
    for (let row = top; row < bottom; row++)
      mask.fill(1, row * width + left, row * width + Math.min(right, width))
  }
  return mask
}

function lengthOn(whole: number, declared: string): number {
  return declared.endsWith('%') ? Math.ceil((whole * Number(declared.slice(0, -1))) / 100) : Number(declared)
}
