/** A build that does not end by itself: kill -9, Ctrl-C, SIGTERM; what is left, and the build after it. */
import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Built } from '../../support/built.ts'
import { type Running, until } from '../../support/process.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('killed')
let project: TempProject

/** From the signal to the end of the process, ms; a loaded machine gets as much again. */
const CANCEL_TIME = 2000
const SLACK = 3000

test.before.each(() => {
  project = new TempProject()
  project.write('bsp/demo/in.txt', 'one\n')
  // Damages its artifact first. `hang` decides whether it goes on writing for ever; it is no dependency.
  project.write(
    'bsp/demo/scripts/work.sh',
    `echo damaged >"$BSP_CACHE_DIR/result"
if [ -e dist/hang ]; then
  trap '' TERM INT HUP
  echo hanging
  while :; do echo beat >>dist/heartbeat; sleep 0.02; done
fi
cp "$BSP_FOLDER/in.txt" "$BSP_CACHE_DIR/result"
`,
  )
  project.bsp([
    {
      id: 'work',
      step: 'before_bundle',
      location: './scripts/work.sh',
      cached_generated_artifacts: ['cache/result'],
      depends_on: ['./in.txt'],
    },
    { id: 'after', step: 'make_image', run: 'touch dist/after-ran' },
  ])
})
test.after.each(() => project.dispose())

/** A build in the middle of `work`, after an earlier success. */
async function hanging(): Promise<Running> {
  assert.equal((await project.build(['--until', 'work'])).outcomes, { work: 'ran' })
  project.write('bsp/demo/in.txt', 'two\n')
  project.write('dist/hang', '')
  const running = project.startBuild()
  await running.line('hanging')
  await until('the script writes', 10_000, () => project.has('dist/heartbeat'))
  return running
}

/** Everything is as before the build that broke off: only its missing record says that the artifact is no good. */
function putBack(): void {
  project.write('bsp/demo/in.txt', 'one\n')
  project.remove('dist/hang')
}

async function assertSilence(): Promise<void> {
  const { size } = statSync(project.at('dist/heartbeat'))
  await sleep(300)
  assert.is(statSync(project.at('dist/heartbeat')).size, size, 'something still writes')
}

test('kill -9 in the middle of a script: the next build begins at once, stops what is left, and is right', async () => {
  const running = await hanging()
  assert.equal(project.records(), {}, 'the record is gone before the script runs')
  running.child.kill('SIGKILL')
  await running.ended
  putBack()
  // Fails where the dead process is believed to hold its lock.
  const built = await project.build(['--no-wait'])
  assert.is(built.code, 0, built.said)
  assert.equal(built.outcomes, { work: 'ran', after: 'ran' })
  assert.equal(built.reasons('work'), ['no_record'])
  assert.is(project.read('dist/cache/demo/result'), 'one\n')
  await assertSilence()
  assert.equal(await project.containers(), [])
  assert.equal((await project.build(['--until', 'work'])).outcomes, { work: 'skipped' })
})

for (const [name, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${name}: exit code ${code} within two seconds, nothing left, the next build is right`, async () => {
    const running = await hanging()
    const sent = performance.now()
    running.child.kill(name)
    const built = new Built(await running.ended)
    const took = performance.now() - sent
    console.log(`  ended ${took.toFixed(0)} ms after ${name}`)
    assert.is(built.code, code, built.said)
    assert.ok(took < CANCEL_TIME + SLACK, `${took} ms`)
    assert.equal(await project.containers(), [])
    await assertSilence()
    assert.equal(built.outcomes, { work: 'cancelled' })
    assert.is(built.events.at(-1)!.type, 'build_finished')
    assert.is(built.events.at(-1)!.ok, false)
    assert.not.ok(project.has('dist/after-ran'))
    assert.equal(project.records(), {})
    putBack()
    const next = await project.build(['--no-wait'])
    assert.equal(next.outcomes, { work: 'ran', after: 'ran' }, next.said)
    assert.is(project.read('dist/cache/demo/result'), 'one\n')
  })
}

test('a second signal ends it at once; the container goes all the same', async () => {
  const running = await hanging()
  running.child.kill('SIGINT')
  running.child.kill('SIGTERM')
  const { code } = await running.ended
  assert.ok(code === 130 || code === 143, `exit code ${code}`)
  await until('no container', 10_000, async () => !(await project.hasContainers()))
  await assertSilence()
  putBack()
  assert.equal((await project.build()).outcomes, { work: 'ran', after: 'ran' })
})

test('a signal while a build waits for another one', async () => {
  const first = await hanging()
  const second = project.startBuild()
  await second.until('it waits', () => second.stderr.includes('waiting for BSP demo'))
  second.child.kill('SIGINT')
  const { code, stderr } = await second.ended
  assert.is(code, 130, stderr)
  first.child.kill('SIGTERM')
  assert.is((await first.ended).code, 143)
})

test.run()
