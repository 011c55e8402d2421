/** `strux clean --all` and builds exclude each other: also a BSP's first build, and one that waits meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lockAll, lockBsp } from '../../runtime/state/project-locks.ts'
import { Built } from '../support/built.ts'
import { TempProject } from '../support/project.ts'
import { inTempFolder } from '../support/temp-folder.ts'

const test = suite('clean --all excludes builds')
const HERE = { env: { STRUX_IN_CONTAINER: '1' } }
const options = (waiting = () => {}) => ({
  command: 'test',
  noWait: false,
  signal: AbortSignal.timeout(20_000),
  waiting,
})

test('a BSP that was never locked before waits for who holds all', () =>
  inTempFolder(async root => {
    const all = await lockAll(root, options())
    let waits = () => {}
    const waiting = new Promise<void>(resolve => {
      waits = resolve
    })
    let held = false
    const bsp = lockBsp(root, 'first', options(waits)).then(lock => {
      held = true
      return lock
    })
    await waiting
    await sleep(300)
    assert.not(held)
    await lockBsp(root, 'other', { ...options(), noWait: true }).then(
      () => assert.unreachable(),
      error => assert.match(error.message, /this project is in use by test/),
    )
    all.release()
    ;(await bsp).release()
  }))

test('who asks for all waits for a BSP, and those who come later wait for both', () =>
  inTempFolder(async root => {
    const order: string[] = []
    const first = await lockBsp(root, 'a', options())
    const all = lockAll(root, options()).then(async lock => {
      order.push('all')
      await sleep(100)
      order.push('all done')
      lock.release()
    })
    await sleep(50)
    const later = lockBsp(root, 'b', options()).then(lock => {
      order.push('b')
      lock.release()
    })
    await sleep(300)
    assert.equal(order, [])
    first.release()
    await Promise.all([all, later])
    assert.equal(order, ['all', 'all done', 'b'])
  }))

test('builds and clean --all at the same time: nothing is lost and nobody fails', async () => {
  const project = new TempProject()
  try {
    const script = (name: string) => ({
      id: 'work',
      step: 'make_image',
      run: `set -e; for ((i = 0; i < 20; i++)); do echo $i >"$BSP_CACHE_DIR/f$i"; sleep 0.01; done; for ((i = 0; i < 20; i++)); do cat "$BSP_CACHE_DIR/f$i"; done >"$PROJECT_DIST_OUTPUT_FOLDER/${name}"`,
      cached_generated_artifacts: [`output/${name}`],
    })
    for (const name of ['demo', 'two']) project.bsp([script(name)], { name })
    const build = (name: string) =>
      project.start(['build', name, '--only', 'work', '--json'], HERE).ended.then(result => new Built(result))
    const clean = () => project.strux(['clean', '--all'], HERE)
    const results = await Promise.all([
      build('demo'),
      clean(),
      build('two'),
      build('demo'),
      clean(),
      build('two'),
    ])
    for (const { code, stderr, stdout } of results) assert.is(code, 0, stdout + stderr)
    project.write('dist/.strux/locks/shared/1-1-1-x.claim.tmp', '')
    assert.is((await clean()).code, 0)
    assert.not(project.has('dist'))
  } finally {
    await project.dispose()
  }
})

test.run()
