/** What a script sees and what becomes of what it says, with the built command and a real container. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('script')
let project: TempProject

test.before.each(() => {
  project = new TempProject()
})
test.after.each(() => project.dispose())

const HOST = ({ x64: 'x86_64', arm64: 'arm64', arm: 'armhf' } as Record<string, string>)[process.arch]!

/** What every script sees, for BSP demo at hook before_bundle. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  PROJECT_DIR: '/project',
  PROJECT_FOLDER: '/project',
  PROJECT_DIST_DIR: '/project/dist',
  PROJECT_DIST_FOLDER: '/project/dist',
  PROJECT_DIST_ARTIFACTS_FOLDER: '/project/dist/artifacts',
  SHARED_CACHE_DIR: '/project/dist/cache',
  BSP_CACHE_DIR: '/project/dist/cache/demo',
  PROJECT_DIST_CACHE_FOLDER: '/project/dist/cache/demo',
  PROJECT_DIST_OUTPUT_FOLDER: '/project/dist/output/demo',
  BSP_FOLDER: '/project/bsp/demo',
  BSP_NAME: 'demo',
  PRESELECTED_BSP: 'demo',
  STEP: 'before_bundle',
  HOST_ARCH: HOST,
  TARGET_ARCH: 'arm64',
  PROJECT_NAME: 'test',
  PROJECT_VERSION: '1.2.3',
  STRUX_UPDATE_ENABLED: 'false',
  STRUX_IN_CONTAINER: '1',
}
const OPTIONAL = {
  SPLASH_ENABLED: 'true',
  SPLASH_LOGO: 'assets/logo.png',
  SPLASH_COLOR: '1e90ff',
  DISPLAY_WIDTH: '1280',
  DISPLAY_HEIGHT: '800',
}

function environmentIn(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines
      .filter(line => line.includes('='))
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

test('root, in /project, $0 is /bin/bash, no arguments; all variables, and none that is not set', async () => {
  project.write(
    'bsp/demo/scripts/look.sh',
    '#!/usr/bin/env python3\nid -u; pwd; echo "$0 $#"; [ -n "$BASH_VERSION" ] && echo bash; [ -e bsp/demo/bsp.ts ] && echo mounted; read -r || echo no input; env\n',
  )
  const script = { id: 'look', step: 'before_bundle', location: './scripts/look.sh' }
  project.bsp([script], { arch: 'arm64' })
  const built = await project.build()
  assert.is(built.code, 0, built.said)
  const lines = built.lines('look', 'stdout')
  assert.equal(lines.slice(0, 6), ['0', '/project', '/bin/bash 0', 'bash', 'mounted', 'no input'])
  const seen = environmentIn(lines)
  for (const [name, value] of Object.entries(ENVIRONMENT)) assert.is(seen.get(name), value, name)
  assert.match(seen.get('STRUX_VERSION')!, /^\d+\.\d+\.\d+/)
  for (const name of [...Object.keys(OPTIONAL), 'FLASH_DIR', 'PROJECT_DIST_FLASH_FOLDER'])
    assert.not.ok(seen.has(name), name)
})

test('variables of splash, display and updates', async () => {
  project.config({
    boot: { splash: { enabled: true, logo: 'assets/logo.png', color: '1e90ff' } },
    update: { enabled: true },
  })
  project.write('assets/logo.png', 'x')
  project.bsp([{ id: 'look', step: 'before_bundle', run: 'env' }], { display: { resolution: '1280x800' } })
  const built = await project.build()
  const seen = environmentIn(built.lines('look'))
  for (const [name, value] of Object.entries({ ...OPTIONAL, STRUX_UPDATE_ENABLED: 'true' }))
    assert.is(seen.get(name), value, name)
})

test("a variable of the caller's does not reach the script", async () => {
  project.bsp([{ id: 'look', step: 'before_bundle', run: 'echo "${SECRET_OF_CALLER-unset} $BSP_NAME"' }])
  const built = await project.build([], { env: { SECRET_OF_CALLER: 'leaked', BSP_NAME: 'wrong' } })
  assert.equal(built.lines('look'), ['unset demo'])
})

test('the event stream: order, output, progress', async () => {
  project.write(
    'bsp/demo/scripts/talk.sh',
    `echo one
sleep 0.1
echo two >&2
sleep 0.1
echo "STRUX_PROGRESS: unpacking"
echo "  STRUX_PROGRESS_BAR: copying (42.4%)"
echo "STRUX_PROGRESS:"
sleep 0.1
printf 'Größe ✓\\r\\nwithout end'
`,
  )
  project.bsp([
    { id: 'talk', step: 'before_bundle', location: './scripts/talk.sh', description: 'Talks' },
    { id: 'quiet', step: 'make_image', run: 'true' },
  ])
  const built = await project.build()
  assert.is(built.code, 0, built.said)
  assert.equal(
    built.events.map(({ type, id, stream, line, message, percent, outcome, exit_code, ok }) =>
      [type, id, stream, line, message, percent, outcome, exit_code, ok]
        .filter(each => each !== undefined)
        .join(' '),
    ),
    [
      'build_started',
      'node_started talk',
      'node_output talk stdout one',
      'node_output talk stderr two',
      'progress talk unpacking',
      'progress talk copying 42',
      'node_output talk stdout Größe ✓',
      'node_output talk stdout without end',
      'node_finished talk ran 0',
      'node_started quiet',
      'node_finished quiet ran 0',
      'build_finished true',
    ],
  )
  assert.is(built.events[0]!.bsp, 'demo')
  assert.ok(built.events.find(event => event.type === 'node_finished')!.duration_ms! >= 300)
  assert.type(built.events.at(-1)!.duration_ms, 'number')
})

test('output comes while the script runs, not when it has ended', async () => {
  project.bsp([
    {
      id: 'slow',
      step: 'before_bundle',
      run: 'echo begun; until [ -e dist/go ]; do sleep 0.02; done; echo over',
    },
  ])
  const running = project.startBuild()
  await running.line('begun')
  assert.not.match(running.stdout, 'over')
  project.write('dist/go', '')
  assert.is((await running.ended).code, 0)
  assert.match(running.stdout, '"line":"over"')
})

for (const code of [7, 1, 2, 255]) {
  test(`a script's exit code ${code} is the command's`, async () => {
    project.bsp([{ id: 'fails', step: 'before_bundle', run: `echo before; exit ${code}` }])
    const built = await project.build()
    assert.is(built.code, code)
    const finished = built.events.find(event => event.type === 'node_finished')!
    assert.is(finished.outcome, 'failed')
    assert.is(finished.exit_code, code)
    assert.is(built.events.at(-1)!.type, 'build_finished')
    assert.is(built.events.at(-1)!.ok, false)
    assert.match(built.stderr, `fails failed with exit code ${code}`)
    assert.not.match(built.stderr, / at .*\.js:\d+/)
  })
}

test('a script that a signal ends: 128 and the number', async () => {
  project.bsp([{ id: 'killed', step: 'before_bundle', run: 'kill -KILL $$' }])
  assert.is((await project.build()).code, 137)
})

test('for people: a failed script’s output is shown, and once', async () => {
  project.bsp([
    { id: 'fails', step: 'before_bundle', run: 'echo the reason is here; echo and here >&2; exit 7' },
  ])
  for (const flags of [[], ['--verbose']]) {
    const { code, stdout, stderr } = await project.strux(['build', '--from', 'before_bundle', ...flags])
    assert.is(code, 7)
    assert.is(stdout, '')
    assert.is(stderr.split('the reason is here\n').length, 2, stderr)
    assert.is(stderr.split('and here\n').length, 2, stderr)
  }
})

test('a script of more than a mebibyte', async () => {
  const filler = '# a line that makes the script longer than one argument may be, and then much longer\n'
  const text = `${filler.repeat(15_000)}echo "$0 $LINENO $(pwd)"\nexit 6\n`
  assert.ok(text.length > 1024 * 1024)
  project.write('bsp/demo/scripts/long.sh', text)
  project.bsp([{ id: 'long', step: 'before_bundle', location: './scripts/long.sh' }])
  const built = await project.build()
  assert.is(built.code, 6, built.stderr)
  assert.match(built.lines('long')[0]!, /^\/bin\/bash 1500\d \/project$/)
})

test('much output, and a line of a mebibyte', async () => {
  project.bsp([
    {
      id: 'much',
      step: 'before_bundle',
      run: 'seq 50000; head -c 1048576 /dev/zero | tr "\\0" x; echo; echo end',
    },
  ])
  const built = await project.build()
  assert.is(built.code, 0, built.stderr)
  const lines = built.lines('much')
  assert.equal(
    lines.slice(0, 50_000),
    Array.from({ length: 50_000 }, (_, n) => String(n + 1)),
  )
  assert.is(lines.slice(50_000).join('').length, 1048576 + 'end'.length)
})

test('each script gets a fresh container: nothing but the project remains', async () => {
  const look =
    'ls /tmp/left /root/left 2>/dev/null; cat /etc/left 2>/dev/null; touch /tmp/left /root/left; echo x >/etc/left; echo done'
  project.bsp(['a', 'b', 'c'].map(id => ({ id, step: 'before_bundle', run: look })))
  const built = await project.build()
  for (const id of ['a', 'b', 'c']) assert.equal(built.lines(id), ['done'])
  assert.equal(await project.containers(), [])
})

test('image tools and loop devices: a filesystem is made and mounted', async () => {
  project.bsp([
    {
      id: 'fs',
      step: 'before_bundle',
      run: `set -e
for tool in genimage mkfs.ext4 mkfs.vfat dtc mcopy sfdisk mksquashfs; do command -v "$tool" >/dev/null || echo "no $tool"; done
truncate -s 4M /tmp/x.ext4
mke2fs -q -t ext4 /tmp/x.ext4
mkdir /tmp/m
mount -o loop /tmp/x.ext4 /tmp/m
echo content >/tmp/m/file
umount /tmp/m
debugfs -R 'cat /file' /tmp/x.ext4 2>/dev/null`,
    },
  ])
  const built = await project.build()
  assert.is(built.code, 0, built.said)
  assert.equal(built.lines('fs', 'stdout'), ['content'])
})

test.run()
