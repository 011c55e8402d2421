/** Reference images: the expected content of a whole screen, with ignored areas. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'
import type { ReferenceData } from '../../lib/schema/test.ts'
import { StruxError } from '../diagnostics/error.ts'
import { type Picture, placeOn } from './screen.ts'

/** Default tolerance for a pixel, of 255: more than rounding errors, less than is visible. */
const TOLERANCE = 12

export interface Reference {
  readonly data: ReferenceData
  /** True if the screen matches; else a description. Then also saves an image of the differences. */
  compare(screen: Picture): true | string
}

export interface ReferencePlaces {
  /** The files of the reference image and of the image with the differences; absolute paths. */
  readonly file: string
  readonly difference: string
  readonly root: string
}

/** Throws a StruxError if there is no readable image. */
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
    throw new StruxError(`the reference picture ${shown} is not a PNG file: ${(cause as Error).message}`, {
      cause,
      hint: 'strux test --update replaces it.',
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

/** Saves the screen as the reference. */
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

/** One byte per pixel, non-zero for ignored ones. An area without a size reaches to the edge. */
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
