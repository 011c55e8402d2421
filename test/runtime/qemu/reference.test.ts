/** Pictures of the whole screen: compared but for areas, with a picture of the difference, and made from a screen. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ReferenceData } from '../../../lib/schema/test.ts'
import { openReference, saveReference } from '../../../runtime/qemu/reference.ts'
import type { Picture } from '../../../runtime/qemu/screen.ts'
import { folderUntilExit } from '../../support/temp-folder.ts'

const test = suite('reference')
const root = folderUntilExit('strux-reference-')
const places = { root, file: join(root, 'screen.png'), difference: join(root, 'dist/difference.png') }

/** White, with pixels of other colours. */
function picture(
  others: readonly [x: number, y: number, color: string][] = [],
  width = 20,
  height = 10,
): Picture {
  const pixels = Buffer.alloc(width * height * 3, 255)
  for (const [x, y, color] of others) Buffer.from(color, 'hex').copy(pixels, (y * width + x) * 3)
  return { width, height, pixels }
}

const compare = (screen: Picture, data: Partial<ReferenceData> = {}) =>
  openReference({ reference: 'screen.png', ...data }, places).compare(screen)

test('a screen is like the picture that was made of it; one pixel elsewhere is told, and shown', () => {
  saveReference(places.file, picture([[3, 3, '0000ff']]))
  assert.is(compare(picture([[3, 3, '0000ff']])), true)
  assert.not(existsSync(places.difference))
  assert.is(compare(picture([[4, 3, '0000ff']])), '2 pixels differ; dist/difference.png shows where')
  const shown = PNG.sync.read(readFileSync(places.difference))
  const red = (x: number, y: number) =>
    shown.data.subarray((y * 20 + x) * 4, (y * 20 + x) * 4 + 3).toString('hex')
  assert.equal([red(3, 3), red(4, 3)], ['ff0000', 'ff0000'])
  assert.is.not(red(5, 3), 'ff0000')
  assert.is(compare(picture([[3, 3, '0000ff']])), true)
  assert.not(existsSync(places.difference), 'no picture of a difference that is gone')
})

test('the lower right corner counts', () => {
  saveReference(places.file, picture())
  assert.match(String(compare(picture([[19, 9, '000000']]))), /^1 pixel differs/)
})

test('areas are left out, in pixels or shares, to their last pixel', () => {
  saveReference(places.file, picture())
  const half = { x: '50%', y: '0', width: '50%', height: '20%' }
  for (const at of [10, 19]) assert.is(compare(picture([[at, 1, '000000']]), { ignore: [half] }), true)
  for (const [x, y] of [
    [9, 1],
    [10, 2],
  ] as const)
    assert.match(String(compare(picture([[x, y, '000000']]), { ignore: [half] })), /^1 pixel/)
  const whole = { x: '0', y: '0', width: '100%', height: '100%' }
  assert.is(compare(picture([[19, 9, '000000']]), { ignore: [whole] }), true)
})

test('a shade that no eye sees is no difference, unless that is asked for; some pixels may differ where that is said', () => {
  saveReference(places.file, picture([[0, 0, '0f766e']]))
  const shade = picture([[0, 0, '11776e']])
  assert.is(compare(shade), true)
  assert.match(String(compare(shade, { tolerance: 0 })), /^1 pixel/)
  const other = picture([
    [0, 0, '0f766e'],
    [5, 5, '000000'],
  ])
  assert.match(String(compare(other)), /^1 pixel/)
  assert.is(compare(other, { pixels: 1 }), true)
})

test('a picture of another size, that is not there or is none', () => {
  saveReference(places.file, picture([], 10, 10))
  assert.is(compare(picture()), 'the screen has 20x10 pixels, the reference 10x10')
  writeFileSync(places.file, 'no picture')
  assert.throws(() => compare(picture()), /the reference picture screen\.png is not a PNG file/)
  assert.throws(
    () => openReference({ reference: 'x' }, { ...places, file: join(root, 'gone.png') }),
    /there is no reference picture gone\.png/,
  )
})

test.run()
