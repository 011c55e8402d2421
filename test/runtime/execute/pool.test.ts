/** Spare containers and those on their way out, without an engine. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Container } from '../../../runtime/execute/containers/container.ts'
import { Pool } from '../../../runtime/execute/containers/pool.ts'
import type { BuilderRef } from '../../../runtime/model/plan.ts'

const test = suite('pool')
const BUILDER: BuilderRef = { kind: 'named', image: 'builder', key: 'builder' }

/** A pool of containers that only say what is done with them; `fate` of each start, in order. */
function pool(...fates: ('lives' | 'dies' | 'fails' | 'stays')[]) {
  const done: string[] = []
  const notices: string[] = []
  let count = 0
  const start = async (_: BuilderRef, id?: string): Promise<Container> => {
    const name = `${++count} for ${id ?? 'whoever'}`
    const fate = fates[count - 1] ?? 'lives'
    done.push(`start ${name}`)
    if (fate === 'fails') throw new Error('no engine')
    const container = {
      name,
      isRunning: async () => fate !== 'dies',
      makeReady: async () => {},
      remove: async () => {
        await new Promise(resolve => setTimeout(resolve, 1))
        if (fate === 'stays') throw new Error('busy')
        done.push(`remove ${name}`)
      },
    }
    return container as unknown as Container
  }
  const made = new Pool({ start, notice: message => notices.push(message) })
  const take = async (id: string) => ((await made.take(BUILDER, id)) as unknown as { name: string }).name
  return { made, take, done, notices }
}

test('a command gets the container that was started beforehand, the next one its own', async () => {
  const { made, take, done } = pool()
  made.prepare(BUILDER)
  made.prepare(BUILDER)
  assert.is(await take('a'), '1 for whoever')
  assert.is(await take('b'), '2 for b')
  assert.equal(done, ['start 1 for whoever', 'start 2 for b'])
})

test('the next node’s container is started before the present one has taken its own', async () => {
  const { made, take, done } = pool()
  made.prepare(BUILDER, 'b')
  assert.is(await take('a'), '2 for a')
  made.prepare(BUILDER, 'c')
  assert.is(await take('b'), '1 for b')
  made.prepare(BUILDER, 'd')
  assert.is(await take('c'), '3 for c')
  assert.is(await take('d'), '4 for d')
  assert.is(done.length, 4)
})

test('the container of a node that needs none goes to the next node', async () => {
  const { made, take, done } = pool()
  made.prepare(BUILDER, 'b')
  made.prepare(BUILDER, 'b')
  made.release('b')
  made.prepare(BUILDER, 'c')
  assert.is(await take('c'), '1 for b')
  made.prepare(BUILDER, 'd')
  made.release('d')
  assert.is(await take('e'), '2 for d')
  await made.close()
  assert.is(done.filter(line => line.startsWith('start')).length, 2)
})

test('a container that died meanwhile is removed, and another one started', async () => {
  const { made, take, done } = pool('dies')
  made.prepare(BUILDER, 'a')
  assert.is(await take('a'), '2 for a')
  await made.close()
  assert.equal(done, ['start 1 for a', 'start 2 for a', 'remove 1 for a'])
})

test('one that could not be started beforehand is tried again', async () => {
  const { made, take } = pool('fails')
  made.prepare(BUILDER, 'a')
  assert.is(await take('a'), '2 for a')
})

test('closing waits until all are gone, and starts no more', async () => {
  const { made, take, done } = pool()
  made.prepare(BUILDER, 'a')
  made.retire((await made.take(BUILDER, 'a')) as Container)
  made.prepare(BUILDER, 'b')
  await made.close()
  assert.equal(done.toSorted(), ['remove 1 for a', 'remove 2 for b', 'start 1 for a', 'start 2 for b'])
  made.prepare(BUILDER, 'c')
  assert.is(done.length, 4)
  assert.is(await take('d'), '3 for d')
})

test('what cannot be removed is said, and ends nothing', async () => {
  const { made, notices } = pool('stays')
  made.prepare(BUILDER)
  await made.close()
  assert.equal(notices, ['A container could not be removed: busy'])
})

test.run()
