/** What is left when a build does not end by itself: nothing. Needs a container engine. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createDockerExecutor } from '../../../runtime/execute/containers/docker.ts'
import { runOnce } from '../../../runtime/execute/executor.ts'
import { builder, containersOf, loopDevices, TestProject, until } from './project.ts'

const test = suite('cancel')
const CHILD = join(import.meta.dirname, 'child.ts')

const LOOP_IN_PROJECT = `mkdir -p dist/m
  truncate -s 8M dist/left.img && mke2fs -q dist/left.img
  DEVICE=$(losetup -f --show /project/dist/left.img) && mount "$DEVICE" dist/m
  truncate -s 8M /tmp/strux-own.img && losetup -f /tmp/strux-own.img
`

async function withProject(work: (project: TestProject) => Promise<void>): Promise<void> {
  const project = new TestProject()
  try {
    await project.run('true')
    await work(project)
  } finally {
    await project.remove()
  }
}

test('a cancelled script is gone within two seconds, with container, mounts and loop devices', () =>
  withProject(async project => {
    const before = loopDevices()
    const cancel = new AbortController()
    const reason = new Error('stop')
    let cancelled = 0
    const run = project.run(
      `${LOOP_IN_PROJECT} trap '' TERM; echo ready; sleep 1000`,
      {},
      cancel.signal,
      line => {
        if (line !== 'ready') return
        assert.match(loopDevices(), 'left.img')
        assert.match(loopDevices(), 'strux-own.img')
        cancelled = performance.now()
        cancel.abort(reason)
      },
    )
    const error = await run.then(
      () => undefined,
      error => error,
    )
    const took = performance.now() - cancelled
    assert.is(error, reason)
    assert.ok(took < 2000, `${took} ms`)
    console.log(`  cancelled in ${took.toFixed(0)} ms`)
    assert.equal(await containersOf(project.root), [])
    assert.is(loopDevices(), before)
  }))

test('a failed script leaves no loop devices either', () =>
  withProject(async project => {
    const before = loopDevices()
    const { code, lines } = await project.run(`set -e; ${LOOP_IN_PROJECT} exit 9`)
    assert.is(code, 9, lines.join('\n'))
    assert.is(loopDevices(), before)
  }))

test('cancelling one script leaves the loop devices of another alone', () =>
  withProject(async project => {
    const before = loopDevices()
    const cancel = new AbortController()
    const one = project.run(
      `truncate -s 1M dist/one.img; losetup -f --show dist/one.img; sleep 2; losetup -n -O BACK-FILE -j dist/one.img; losetup -d $(losetup -n -O NAME -j /project/dist/one.img)`,
    )
    const two = project.run(
      'truncate -s 1M dist/two.img; losetup -f dist/two.img; echo ready; sleep 1000',
      {},
      cancel.signal,
      line => {
        if (line === 'ready') setTimeout(() => cancel.abort(new Error('stop')), 300)
      },
    )
    await two.catch(() => {})
    assert.match((await one).stdout[1] ?? '', /one\.img/)
    await until('loop devices as before', 2000, () => loopDevices() === before)
  }))

test('an aborted signal starts nothing', () =>
  withProject(async project => {
    const reason = new Error('before')
    const error = await project.run('touch dist/ran', {}, AbortSignal.abort(reason)).catch(error => error)
    assert.is(error, reason)
    assert.not.ok(existsSync(join(project.root, 'dist/ran')))
  }))

/** A process that runs the script; resolves when the script says that it is ready. */
async function startChild(root: string, script: string): Promise<ChildProcess> {
  const order = join(root, 'order.json')
  writeFileSync(order, JSON.stringify({ root, script }))
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, order], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', chunk => {
    text += chunk
  })
  await until('the script runs', 60_000, () => text.includes('line: ready'))
  return child
}

test('the engine removes the container of a process that was killed', async () => {
  const root = mkdtempSync(join(tmpdir(), 'strux-killed-'))
  const child = await startChild(root, 'echo ready; sleep 1000')
  assert.is((await containersOf(root)).length, 1)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const started = performance.now()
  await until('no container', 5000, async () => (await containersOf(root)).length === 0)
  console.log(`  gone ${(performance.now() - started).toFixed(0)} ms after kill -9`)
  rmSync(root, { recursive: true })
})

test('a loop device left by a killed process is released by the next build', async () => {
  const before = loopDevices()
  const root = mkdtempSync(join(tmpdir(), 'strux-killed-'))
  const child = await startChild(
    root,
    'truncate -s 1M dist/k.img; losetup -f dist/k.img; echo ready; sleep 1000',
  )
  child.kill('SIGKILL')
  await until('no container', 5000, async () => (await containersOf(root)).length === 0)
  assert.match(loopDevices(), '/dist/k.img')
  const executor = createDockerExecutor({
    projectRoot: root,
    bsp: 'lobby',
    notice() {},
    caller: { uid: 0, gid: 0 },
  })
  const output = () => {}
  await runOnce(executor, { script: 'true', env: {}, builder, id: 'x' }, output, new AbortController().signal)
  await executor.close()
  assert.is(loopDevices(), before)
  rmSync(root, { recursive: true })
})

test('containers that an earlier process left behind are removed before the first one', () =>
  withProject(async project => {
    const { docker } = await (await import('../../../runtime/execute/engine/engine.ts')).connectEngine()
    const { containerLabels } = await import('../../../runtime/execute/containers/leftovers.ts')
    const labels = { ...containerLabels(project.root, 'lobby', 'build'), 'strux.pid': '1' }
    const Image = project.executor.imageId(builder)!
    const stray = await docker.createContainer({ Image, Cmd: ['sleep', '1000'], Labels: labels })
    await stray.start()
    const other = { ...labels, 'strux.bsp': 'other' }
    const neighbour = await docker.createContainer({ Image, Cmd: ['sleep', '1000'], Labels: other })
    await project.executor.removeLeftovers()
    assert.equal(await containersOf(project.root), [neighbour.id])
    await neighbour.remove({ force: true })
  }))

test.run()
