/** The rules by which scripts are skipped, with real containers. Source: lifecycle-scripts document, "Script caching". */
import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Script, TempProject } from '../../support/project.ts'

const test = suite('rules')
let project: TempProject

test.before.each(() => {
  project = new TempProject()
})
test.after.each(() => project.dispose())

const FIRST = 'before_bundle:./scripts/first.sh'
const SECOND = 'make_image:./scripts/second.sh'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Two scripts, the second of which reads what the first makes. Each writes a line to a log when it runs. */
function twoScripts(changes: Partial<Script> = {}): void {
  project.write('bsp/demo/in.txt', 'one\n')
  project.write('bsp/demo/scripts/first.sh', 'tr a-z A-Z <"$BSP_FOLDER/in.txt" >"$BSP_CACHE_DIR/upper.txt"\n')
  project.write(
    'bsp/demo/scripts/second.sh',
    'sed "s/^/image of /" "$BSP_CACHE_DIR/upper.txt" >"$PROJECT_DIST_OUTPUT_FOLDER/disk.img"\n',
  )
  project.bsp([
    {
      step: 'before_bundle',
      location: './scripts/first.sh',
      cached_generated_artifacts: ['cache/upper.txt'],
      depends_on: ['./in.txt'],
      ...changes,
    },
    {
      step: 'make_image',
      location: './scripts/second.sh',
      cached_generated_artifacts: ['output/disk.img'],
      depends_on: ['cache/upper.txt'],
    },
  ])
}

/** Builds, and expects these to run and everything else to be skipped; then that nothing is left to do. */
async function expectRan(ids: readonly string[], image: string): Promise<void> {
  const built = await project.build()
  assert.is(built.code, 0, built.said)
  assert.equal(built.ran, ids, built.said)
  assert.is(project.read('dist/output/demo/disk.img'), image)
  const again = await project.build()
  assert.equal(again.outcomes, { [FIRST]: 'skipped', [SECOND]: 'skipped' }, again.said)
  assert.equal(again.reasons(FIRST), ['unchanged'])
}

test('the first build runs, the second skips; the record holds the hashes', async () => {
  twoScripts()
  const built = await project.build()
  assert.equal(built.ran, [FIRST, SECOND], built.said)
  assert.equal(built.reasons(FIRST), ['artifact_missing cache/upper.txt', 'no_record'])
  assert.is(project.read('dist/output/demo/disk.img'), 'image of ONE\n')
  const records = project.records()
  assert.equal(Object.keys(records), [FIRST, SECOND])
  assert.is(records[FIRST]!.fingerprint.script, sha256(project.read('bsp/demo/scripts/first.sh')))
  assert.equal(records[FIRST]!.fingerprint.dependencies, { './in.txt': sha256('one\n') })
  assert.equal(records[FIRST]!.outputs, { 'cache/upper.txt': sha256('ONE\n') })
  assert.equal(records[SECOND]!.fingerprint.dependencies, { 'cache/upper.txt': sha256('ONE\n') })
  const again = await project.build()
  assert.is(again.code, 0, again.said)
  assert.equal(again.outcomes, { [FIRST]: 'skipped', [SECOND]: 'skipped' })
  assert.equal(project.records(), records)
})

test('an artifact is deleted', async () => {
  twoScripts()
  await project.build()
  project.remove('dist/output/demo/disk.img')
  await expectRan([SECOND], 'image of ONE\n')
})

test('an artifact comes out the same: what reads it stays up to date', async () => {
  twoScripts()
  await project.build()
  project.remove('dist/cache/demo/upper.txt')
  await expectRan([FIRST], 'image of ONE\n')
})

test('the script is edited', async () => {
  twoScripts()
  await project.build()
  project.write('bsp/demo/scripts/first.sh', 'rev <"$BSP_FOLDER/in.txt" >"$BSP_CACHE_DIR/upper.txt"\n')
  await expectRan([FIRST, SECOND], 'image of eno\n')
})

test('an inline script is edited', async () => {
  const inline = (word: string) =>
    project.bsp([
      {
        id: 'x',
        step: 'before_bundle',
        run: `echo ${word} >"$BSP_CACHE_DIR/x"`,
        cached_generated_artifacts: ['cache/x'],
      },
    ])
  inline('one')
  assert.equal((await project.build()).outcomes, { x: 'ran' })
  assert.equal((await project.build()).outcomes, { x: 'skipped' })
  inline('two')
  const built = await project.build()
  assert.equal(built.outcomes, { x: 'ran' })
  assert.equal(
    built.reasons('x').map(each => each.split(' ')[0]),
    ['script_changed'],
  )
  assert.is(project.read('dist/cache/demo/x'), 'two\n')
})

test('a dependency is changed, with the same size and time', async () => {
  twoScripts()
  await project.build()
  const { statSync, utimesSync } = await import('node:fs')
  const file = project.at('bsp/demo/in.txt')
  const { atime, mtime } = statSync(file)
  project.write('bsp/demo/in.txt', 'two\n')
  utimesSync(file, atime, mtime)
  await expectRan([FIRST, SECOND], 'image of TWO\n')
})

test('a dependency is touched, but its content stands', async () => {
  twoScripts()
  await project.build()
  project.write('bsp/demo/in.txt', 'one\n')
  await expectRan([], 'image of ONE\n')
})

test('a dependency is new in the list', async () => {
  twoScripts()
  await project.build()
  project.write('bsp/demo/more.txt', 'more\n')
  twoScripts({ depends_on: ['./in.txt', './more.txt'] })
  const why = JSON.parse((await project.strux(['why', FIRST, '--json'])).stdout)
  assert.equal(
    why.decision.reasons.map((each: { code: string; subject: string }) => [each.code, each.subject]),
    [['dependency_new', './more.txt']],
  )
  await expectRan([FIRST], 'image of ONE\n')
})

test('a dependency that is missing: runs on every build until it is there', async () => {
  twoScripts({ depends_on: ['./in.txt', './absent.txt'] })
  for (const expected of [[FIRST, SECOND], [FIRST], [FIRST]]) {
    const built = await project.build()
    assert.is(built.code, 0, built.said)
    assert.equal(built.ran, expected, built.said)
    assert.match(built.stderr, 'absent.txt')
  }
  assert.equal((await project.build()).reasons(FIRST), ['dependency_missing ./absent.txt'])
  project.write('bsp/demo/absent.txt', 'there\n')
  await expectRan([FIRST], 'image of ONE\n')
})

test('without artifacts it runs on every build', async () => {
  project.bsp([{ id: 'always', step: 'before_bundle', run: 'echo ran >>dist/log' }])
  for (let count = 1; count <= 3; count++) {
    const built = await project.build()
    assert.equal(built.outcomes, { always: 'ran' }, built.said)
    assert.equal(built.reasons('always'), ['no_artifacts'])
    assert.is(project.read('dist/log'), 'ran\n'.repeat(count))
  }
})

test('an artifact that the script does not make: a warning that names it, and it runs again', async () => {
  project.bsp([
    {
      id: 'x',
      step: 'before_bundle',
      run: 'true',
      cached_generated_artifacts: ['cache/never.bin', 'cache/never'],
    },
  ])
  for (let count = 0; count < 2; count++) {
    const built = await project.build()
    assert.is(built.code, 0, built.said)
    assert.equal(built.outcomes, { x: 'ran' })
    assert.match(built.stderr, 'cache/never.bin')
    assert.equal(project.records(), {})
  }
})

test('--clean deletes the cache of this BSP alone, and runs everything', async () => {
  twoScripts()
  project.bsp(
    [
      {
        id: 'other',
        step: 'before_bundle',
        run: 'touch "$BSP_CACHE_DIR/x"',
        cached_generated_artifacts: ['cache/x'],
      },
    ],
    { name: 'other' },
  )
  await project.build()
  await project.build(['other'])
  project.write('dist/cache/demo/stale.txt', 'stale')
  const built = await project.build(['--clean'])
  assert.equal(built.ran, [FIRST, SECOND], built.said)
  assert.equal(built.reasons(FIRST), ['clean'])
  assert.not.ok(project.has('dist/cache/demo/stale.txt'))
  assert.equal((await project.build(['other'])).outcomes, { other: 'skipped' })
  await expectRan([], 'image of ONE\n')
})

test('a script that fails after damaging its artifact, and then is put back, runs again', async () => {
  twoScripts()
  await project.build()
  const good = project.read('bsp/demo/scripts/second.sh')
  project.write('bsp/demo/scripts/second.sh', 'echo broken >"$PROJECT_DIST_OUTPUT_FOLDER/disk.img"; exit 3\n')
  const failed = await project.build()
  assert.is(failed.code, 3, failed.said)
  assert.equal(failed.outcomes, { [FIRST]: 'skipped', [SECOND]: 'failed' })
  assert.is(project.read('dist/output/demo/disk.img'), 'broken\n')
  assert.equal(Object.keys(project.records()), [FIRST])
  project.write('bsp/demo/scripts/second.sh', good)
  await expectRan([SECOND], 'image of ONE\n')
})

test('what comes after a failed script does not run', async () => {
  twoScripts()
  project.write('bsp/demo/scripts/first.sh', 'exit 9')
  const failed = await project.build()
  assert.is(failed.code, 9)
  assert.equal(failed.outcomes, { [FIRST]: 'failed' })
  assert.equal(failed.events.at(-1)!.ok, false)
})

for (const [what, file] of [
  ['an input', 'bsp/demo/in.txt'],
  ['the script itself', 'bsp/demo/scripts/first.sh'],
]) {
  test(`${what} is edited while the script runs: a warning, and it runs again`, async () => {
    twoScripts()
    const first = project.read('bsp/demo/scripts/first.sh')
    project.write(
      'bsp/demo/scripts/first.sh',
      `${first}echo read\nuntil [ -e dist/go ]; do sleep 0.02; done\n`,
    )
    const running = project.startBuild()
    await running.line('read')
    project.write(file!, `${project.read(file!)}# edited\n`)
    project.write('dist/go', '')
    const { code, stderr } = await running.ended
    assert.is(code, 0, stderr)
    assert.match(stderr, new RegExp(`${file!.slice('bsp/demo/'.length)} changed while ${FIRST} ran`))
    const edited = file === 'bsp/demo/in.txt'
    await expectRan(
      edited ? [FIRST, SECOND] : [FIRST],
      edited ? 'image of ONE\nimage of # EDITED\n' : 'image of ONE\n',
    )
  })
}

test('a damaged record is reported and counts as empty', async () => {
  twoScripts()
  await project.build()
  project.write('dist/cache/demo/.build-cache.json', '{"version": 3, "scr')
  const built = await project.build()
  assert.is(built.code, 0, built.said)
  assert.match(built.stderr, 'counts as empty')
  assert.equal(built.ran, [FIRST, SECOND])
})

test.run()
