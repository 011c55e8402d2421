/** Assertions about a screen, with a guest that is none: a moving picture and a still one. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { TestData } from '../../../lib/schema/test.ts'
import { expectAll, type Outcome } from '../../../runtime/qemu/expect.ts'
import type { Guest } from '../../../runtime/qemu/guest.ts'
import type { Picture } from '../../../runtime/qemu/screen.ts'

const test = suite('expect')

/** Red above; below it is another colour at each look. */
function moving(look: number): Picture {
  return { width: 1, height: 2, pixels: Buffer.from([255, 0, 0, look % 256, 0, 0]) }
}

/** What was reported by the end of the time: seconds. */
async function outcomes(screen: TestData['screen'], seconds: number, picture: (look: number) => Picture) {
  let looks = 0
  const guest = {
    alive: true,
    startedAt: Date.now(),
    consoleLines: () => [],
    look: async () => picture(40 * looks++),
  }
  const reported: Outcome[] = []
  const { signal } = new AbortController()
  const options = { timeout: seconds * 1000, signal, report: (one: Outcome) => reported.push(one) }
  await expectAll(guest as unknown as Guest, { screen }, options)
  return reported
}

test('a colour counts once the screen stands still, or at once where that is not asked for', async () => {
  const place = { x: '0', y: '0', color: 'ff0000' }
  const [atOnce, later] = await outcomes([place, { ...place, still: false }], 2, moving)
  assert.is(atOnce?.ok, true)
  assert.ok(atOnce!.after_ms < 1000)
  assert.is(later?.ok, false)
  assert.is(later?.found, 'the screen does not stand still')
  const [still] = await outcomes([place], 20, () => moving(0))
  assert.is(still?.ok, true)
  assert.ok(still!.after_ms > 2000)
})

test.run()
