/** A tarball that one script makes and others change in place: whatever runs again, each change is in it exactly once. */
import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Built } from '../../support/built.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('chain')
let project: TempProject

test.before.each(() => {
  project = new TempProject()
  project.write('bsp/demo/base.txt', 'base\n')
  project.write('bsp/demo/one.txt', 'one\n')
  project.write('bsp/demo/scripts/base.sh', BASE)
  project.write('bsp/demo/scripts/one.sh', change('"$(cat "$BSP_FOLDER/one.txt")"'))
  inlineTwo('two')
})
test.after.each(() => project.dispose())

const TARBALL = 'dist/cache/demo/tree.tar.gz'
const BASE = `set -e
mkdir /tmp/tree
cp "$BSP_FOLDER/base.txt" /tmp/tree/log
tar -czf "$BSP_CACHE_DIR/tree.tar.gz" -C /tmp/tree .
`

/** Unpacks, adds a line, and packs in place: not atomic, as scripts are. */
function change(word: string): string {
  return `set -e
mkdir /tmp/tree
tar -xzf "$BSP_CACHE_DIR/tree.tar.gz" -C /tmp/tree
echo ${word} >>/tmp/tree/log
echo damaged >"$BSP_CACHE_DIR/tree.tar.gz"
if [ -e dist/hang-$STEP ]; then echo hanging; sleep 1000; fi
if [ -e dist/fail-$STEP ]; then exit 8; fi
tar -czf "$BSP_CACHE_DIR/tree.tar.gz" -C /tmp/tree .
`
}

function inlineTwo(word: string): void {
  const tarball = 'cache/tree.tar.gz'
  project.bsp([
    {
      id: 'base',
      step: 'before_bundle',
      location: './scripts/base.sh',
      cached_generated_artifacts: [tarball],
      depends_on: ['./base.txt'],
    },
    {
      id: 'one',
      step: 'before_bundle',
      location: './scripts/one.sh',
      cached_generated_artifacts: [tarball],
      depends_on: [tarball, './one.txt'],
    },
    {
      id: 'two',
      step: 'make_image',
      run: change(word),
      cached_generated_artifacts: [tarball],
      depends_on: [tarball],
    },
    {
      id: 'disk',
      step: 'make_image',
      run: 'tar -xzOf "$BSP_CACHE_DIR/tree.tar.gz" ./log >"$PROJECT_DIST_OUTPUT_FOLDER/log"',
      cached_generated_artifacts: ['output/log'],
      depends_on: [tarball],
    },
  ])
}

/** What the tarball holds, read from outside. */
const log = (): string[] =>
  execFileSync('tar', ['-xzOf', project.at(TARBALL), './log'])
    .toString()
    .trim()
    .split('\n')

/** Builds: these run, the tarball holds these lines, the image has them, and then nothing is left to do. */
async function expectBuild(ran: readonly string[], lines: readonly string[]): Promise<void> {
  const built = await project.build()
  assert.is(built.code, 0, built.said)
  assert.equal(built.ran, ran, built.said)
  assert.equal(log(), lines)
  assert.is(project.read('dist/output/demo/log'), `${lines.join('\n')}\n`)
  const again = await project.build()
  assert.equal(again.ran, [], again.said)
  assert.equal(log(), lines)
}

const ALL = ['base', 'one', 'two', 'disk']
const LINKS = ['one', 'two', 'disk']

test('whatever is edited, each change is applied exactly once', async () => {
  await expectBuild(ALL, ['base', 'one', 'two'])
  inlineTwo('second')
  await expectBuild(LINKS, ['base', 'one', 'second'])
  project.write('bsp/demo/one.txt', 'first\n')
  await expectBuild(LINKS, ['base', 'first', 'second'])
  project.write('bsp/demo/base.txt', 'basis\n')
  await expectBuild(ALL, ['basis', 'first', 'second'])
  project.write('bsp/demo/scripts/one.sh', change('third'))
  await expectBuild(LINKS, ['basis', 'third', 'second'])
})

test('the tarball is deleted, damaged, or the records are lost', async () => {
  const lines = ['base', 'one', 'two']
  await expectBuild(ALL, lines)
  project.remove(TARBALL)
  const built = await project.build()
  assert.is(built.code, 0, built.said)
  assert.equal(log(), lines)
  project.write(TARBALL, 'no tarball')
  assert.is((await project.build()).code, 0)
  assert.equal(log(), lines)
  project.remove('dist/cache/demo/.build-cache.json')
  assert.is((await project.build()).code, 0)
  assert.equal(log(), lines)
  await expectBuild([], lines)
  assert.is((await project.build(['--clean'])).code, 0)
  await expectBuild([], lines)
})

test('a selection of a later link brings the earlier ones with it', async () => {
  await project.build(['--until', 'one'])
  assert.equal(log(), ['base', 'one'])
  const built = await project.build(['--only', 'two'])
  assert.is(built.code, 0, built.said)
  assert.equal(log(), ['base', 'one', 'two'])
  inlineTwo('second')
  assert.is((await project.build(['--only', 'two'])).code, 0)
  assert.equal(log(), ['base', 'one', 'second'])
  await expectBuild(['disk'], ['base', 'one', 'second'])
})

for (const [link, hook] of [
  ['one', 'before_bundle'],
  ['two', 'make_image'],
] as const) {
  test(`${link} is killed in the middle, with the tarball half changed`, async () => {
    await expectBuild(ALL, ['base', 'one', 'two'])
    project.write('bsp/demo/one.txt', 'first\n')
    project.write(`dist/hang-${hook}`, '')
    const running = project.startBuild()
    await running.line('hanging')
    running.child.kill('SIGKILL')
    await running.ended
    project.remove(`dist/hang-${hook}`)
    await expectBuild(LINKS, ['base', 'first', 'two'])
  })

  test(`${link} is cancelled, then what was edited is put back`, async () => {
    await expectBuild(ALL, ['base', 'one', 'two'])
    project.write('bsp/demo/one.txt', 'first\n')
    project.write(`dist/hang-${hook}`, '')
    const running = project.startBuild()
    await running.line('hanging')
    running.child.kill('SIGTERM')
    assert.is((await running.ended).code, 143)
    project.remove(`dist/hang-${hook}`)
    project.write('bsp/demo/one.txt', 'one\n')
    await expectBuild(LINKS, ['base', 'one', 'two'])
  })

  test(`${link} fails after damaging the tarball`, async () => {
    project.write(`dist/fail-${hook}`, '')
    const failed = new Built(await project.startBuild().ended)
    assert.is(failed.code, 8, failed.said)
    project.remove(`dist/fail-${hook}`)
    await expectBuild(LINKS, ['base', 'one', 'two'])
  })
}

test.run()
