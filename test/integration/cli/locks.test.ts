/** Two builds at once: of one BSP one after the other, of two BSPs together. */
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Built } from '../../support/built.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('locks')
let project: TempProject

test.before.each(() => {
  project = new TempProject()
})
test.after.each(() => project.dispose())

/** A script that says that it runs, and goes on when dist/go is there. */
function waitingScript(): void {
  project.bsp([
    {
      id: 'work',
      step: 'before_bundle',
      run: 'echo in >>dist/log; echo running; until [ -e dist/go ]; do sleep 0.02; done; echo out >>dist/log; touch "$BSP_CACHE_DIR/x"',
      cached_generated_artifacts: ['cache/x'],
    },
  ])
}

test('a second build of a BSP waits, says for whom, and finds everything done', async () => {
  waitingScript()
  const first = project.startBuild()
  await first.line('running')
  const second = project.startBuild()
  await second.until('it says that it waits', () => second.stderr.includes('\n'))
  assert.match(second.stderr, `waiting for BSP demo: in use by strux build demo (process ${first.child.pid})`)
  assert.is(second.stdout, '', 'nothing begins meanwhile')
  project.write('dist/go', '')
  const [one, two] = [new Built(await first.ended), new Built(await second.ended)]
  assert.is(one.code, 0, one.said)
  assert.is(two.code, 0, two.said)
  assert.equal([one.outcomes, two.outcomes], [{ work: 'ran' }, { work: 'skipped' }])
  assert.is(project.read('dist/log'), 'in\nout\n')
})

test('five builds started at once run one after another, and the script once', async () => {
  waitingScript()
  project.write('dist/go', '')
  const built = await Promise.all([1, 2, 3, 4, 5].map(() => project.build()))
  for (const each of built) assert.is(each.code, 0, each.said)
  assert.is(built.filter(each => each.outcomes.work === 'ran').length, 1)
  assert.is(project.read('dist/log'), 'in\nout\n')
})

test('a second build whose definition has changed meanwhile builds its own', async () => {
  waitingScript()
  const first = project.startBuild()
  await first.line('running')
  const second = project.startBuild()
  await second.until('it waits', () => second.stderr.includes('waiting for BSP demo'))
  project.write('bsp/demo/unused.txt', '')
  project.write('dist/go', '')
  assert.is((await first.ended).code, 0)
  assert.is((await second.ended).code, 0)
  project.bsp([
    { id: 'work', step: 'before_bundle', run: 'touch dist/other', cached_generated_artifacts: ['other'] },
  ])
  assert.equal((await project.build()).outcomes, { work: 'ran' })
})

for (const command of [
  ['build', '--from', 'before_bundle', '--no-wait'],
  ['clean', '--no-wait'],
]) {
  test(`strux ${command.join(' ')} fails at once while a build is under way`, async () => {
    waitingScript()
    const first = project.startBuild()
    await first.line('running')
    const { code, stdout, stderr } = await project.strux(command)
    assert.is(code, 1)
    assert.is(stdout, '')
    assert.match(stderr, 'BSP demo is in use by strux build demo')
    assert.match(stderr, String(first.child.pid))
    assert.not.match(stderr, / at .*\.js:\d+/)
    project.write('dist/go', '')
    assert.is((await first.ended).code, 0)
    assert.is((await project.strux(command)).code, 0)
  })
}

test('commands that only look do not wait for a build', async () => {
  waitingScript()
  const first = project.startBuild()
  await first.line('running')
  for (const command of [
    ['plan'],
    ['why', 'work'],
    ['check'],
    ['build', '--dry-run', '--from', 'before_bundle'],
  ]) {
    const { code, stderr } = await project.strux(command)
    assert.is(code, 0, stderr)
  }
  project.write('dist/go', '')
  assert.is((await first.ended).code, 0)
})

test('two BSPs are built at the same time', async () => {
  project.config({ bsp: 'one' })
  // Each ends only when the other one runs too.
  for (const [own, other] of [
    ['one', 'two'],
    ['two', 'one'],
  ]) {
    project.bsp(
      [
        {
          id: 'meet',
          step: 'before_bundle',
          run: `touch dist/${own}-is-here; for ((i = 0; i < 1500; i++)); do [ -e dist/${other}-is-here ] && exit 0; sleep 0.02; done; exit 9`,
        },
      ],
      { name: own! },
    )
  }
  const built = await Promise.all([project.build(['one']), project.build(['two'])])
  for (const each of built) assert.is(each.code, 0, each.said)
})

test('a build of one BSP ends while the other goes on, and leaves its container alone', async () => {
  waitingScript()
  project.bsp([{ id: 'quick', step: 'before_bundle', run: 'true' }], { name: 'quick' })
  const slow = project.startBuild()
  await slow.line('running')
  const quick = await project.build(['quick'])
  assert.is(quick.code, 0, quick.said)
  await sleep(100)
  assert.is((await project.containers()).length, 1)
  project.write('dist/go', '')
  assert.is((await slow.ended).code, 0)
})

test.run()
