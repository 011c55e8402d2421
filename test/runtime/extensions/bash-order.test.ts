/** The order of handlers of bash files: the cases that were tried with the original. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bashOrder, compareOrder } from '../../../runtime/extensions/order.ts'

const sorted = (names: readonly string[]) =>
  names
    .map(name => ({ name, ...bashOrder(name, 'hook') }))
    .sort(compareOrder)
    .map(({ name }) => name)

test('numbers compare by value; equal values by their text', () => {
  assert.equal(sorted(['900_l', '33_y', '033_x', '9_z']), ['9_z', '033_x', '33_y', '900_l'])
})

test('a name without a number counts as 500, capital letters first', () => {
  assert.equal(sorted(['abc', '500_aaa', 'Zed']), ['Zed', '500_aaa', 'abc'])
  assert.equal(bashOrder('-5_neg', 'hook').order, 500)
})

test('exponents and hexadecimal numbers are numbers', () => {
  assert.is(bashOrder('1e3_q', 'hook').order, 1000)
  assert.is(bashOrder('0x10_h', 'hook').order, 16)
  assert.is(bashOrder('9tripod_x', 'hook').order, 9)
})

test('handlers under an alias come after all others', () => {
  const own = bashOrder('900_last', 'post_customize_image', ['image_tweaks_post_customize'])
  const alias = bashOrder('100_first', 'image_tweaks_post_customize', ['image_tweaks_post_customize'])
  assert.ok(compareOrder(own, alias) < 0)
})

test.run()
