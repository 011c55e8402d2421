/** An engine that stops answering is noticed; one that is slow, refuses, or is asked by a busy process is not given up. */
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Engine } from '../../../runtime/execute/engine/engine.ts'
import { EngineWatch } from '../../../runtime/execute/engine/engine-watch.ts'

const test = suite('engine watch')
const TIMES = { interval: 10, patience: 60, secondLook: 20 }

/** An engine that answers as `ping` does. */
function watching(ping: () => Promise<unknown>): EngineWatch {
  const endpoint = { kind: 'unix', path: '/run/engine.sock', origin: 'the test' }
  return new EngineWatch({ docker: { ping }, endpoint } as unknown as Engine, TIMES)
}

async function lostWithin(milliseconds: number, ping: () => Promise<unknown>): Promise<boolean> {
  const watch = watching(ping)
  await sleep(milliseconds)
  watch.close()
  return watch.lost.aborted
}

test('an engine that never answers, or at some time no more, is lost, with a reason', async () => {
  assert.ok(await lostWithin(300, () => new Promise(() => {})))
  let answers = 3
  const watch = watching(() => (answers-- > 0 ? Promise.resolve() : new Promise(() => {})))
  await sleep(400)
  assert.match(
    (watch.lost.reason as Error).message,
    'The container engine at unix:///run/engine.sock stopped answering',
  )
  watch.close()
})

test('slow answers and refusals are answers', async () => {
  assert.not(await lostWithin(300, () => sleep(40)))
  assert.not(await lostWithin(300, () => Promise.reject(new Error('refused'))))
})

test('an answer that waits because this process was busy counts', async () => {
  let busy = true
  const late = () =>
    new Promise(resolve => {
      setImmediate(() => {
        const end = performance.now() + (busy ? 150 : 0)
        while (performance.now() < end);
        busy = false
        setTimeout(resolve, 1)
      })
    })
  assert.not(await lostWithin(400, late))
})

test('a watch that is closed asks no more', async () => {
  let asked = 0
  const watch = watching(async () => asked++)
  await sleep(50)
  watch.close()
  const before = asked
  await sleep(50)
  assert.ok(before > 0)
  assert.is(asked, before)
})

test.run()
