/** `strux flash` and `strux shell`: commands with the author at the terminal. */
import { spawn } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CLI, until } from '../../support/process.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('terminal')
let project: TempProject

test.before.each(() => {
  project = new TempProject()
})
test.after.each(() => project.dispose())

const LOG = 'echo "$STEP $(basename "$0") $PWD $FLASH_DIR" >>"$PROJECT_DIR/log"\n'

/** A flash script is listed before the tool script, which runs first all the same. */
function flashScripts(flash: string, tool = LOG): void {
  project.write('bsp/demo/scripts/flash.sh', flash)
  project.write('bsp/demo/scripts/tool.sh', tool)
  project.bsp([
    { step: 'flash_script', location: './scripts/flash.sh' },
    { step: 'flash_script_tool', location: './scripts/tool.sh' },
    { step: 'flash_script_tool', id: 'inline-tool', run: LOG },
  ])
}

/** Runs strux on a pseudo-terminal of its own; `script` passes on what is typed. */
function onTerminal(args: string): {
  said: () => string
  type: (text: string) => void
  ended: Promise<number>
} {
  const child = spawn('script', ['-qec', `${process.execPath} ${CLI} ${args}`, '/dev/null'], {
    cwd: project.root,
    env: { ...process.env, STRUX_IN_CONTAINER: '', TERM: 'dumb' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', chunk => {
    text += chunk
  })
  return {
    said: () => text,
    type: typed => child.stdin.write(typed),
    ended: new Promise(resolve => child.on('close', code => resolve(code ?? -1))),
  }
}

test('flash: tool scripts first, in the workspace, as files, with the paths of this machine', async () => {
  flashScripts(`${LOG}env | sort >env.txt; [ "$BASH_SOURCE" = "$0" ] && echo "file $0"`)
  const { code, stdout, stderr } = await project.strux(['flash'], {
    env: { OF_THE_CALLER: 'kept', STEP: 'wrong' },
  })
  assert.is(code, 0, stderr)
  const workspace = project.at('dist/flash/demo')
  const log = project.read('log').trim().split('\n')
  assert.equal(log[0], `flash_script_tool tool.sh ${workspace} ${workspace}`)
  assert.match(log[1]!, `flash_script_tool `)
  assert.equal(log[2], `flash_script flash.sh ${workspace} ${workspace}`)
  assert.is(log.length, 3)
  assert.match(stdout, `file ${project.at('bsp/demo/scripts/flash.sh')}`)
  const env = new Map(
    project
      .read('dist/flash/demo/env.txt')
      .split('\n')
      .map(line => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
  )
  const expected = {
    PROJECT_DIR: project.root,
    PROJECT_FOLDER: project.root,
    PROJECT_DIST_FOLDER: project.at('dist'),
    PROJECT_DIST_OUTPUT_FOLDER: project.at('dist/output/demo'),
    BSP_CACHE_DIR: project.at('dist/cache/demo'),
    BSP_FOLDER: project.at('bsp/demo'),
    FLASH_DIR: workspace,
    PROJECT_DIST_FLASH_FOLDER: workspace,
    BSP_NAME: 'demo',
    STEP: 'flash_script',
    OF_THE_CALLER: 'kept',
  }
  for (const [name, value] of Object.entries(expected)) assert.is(env.get(name), value, name)
  for (const name of ['PROJECT_NAME', 'PROJECT_VERSION', 'STRUX_UPDATE_ENABLED'])
    assert.not.ok(env.has(name), name)
})

test('flash: never skipped', async () => {
  flashScripts(LOG)
  for (let count = 1; count <= 2; count++) {
    assert.is((await project.strux(['flash', 'demo'])).code, 0)
    assert.is(project.read('log').trim().split('\n').length, 3 * count)
  }
})

test('flash: the exit code of the first that fails, and nothing after it', async () => {
  flashScripts(LOG, 'exit 5\n')
  const { code, stderr } = await project.strux(['flash'])
  assert.is(code, 5)
  assert.match(stderr, 'failed with exit code 5')
  assert.not.ok(project.has('log'))
  flashScripts('exit 6')
  assert.is((await project.strux(['flash'])).code, 6)
})

test('flash: without a flash script it says so', async () => {
  project.bsp([])
  const { code, stderr } = await project.strux(['flash'])
  assert.is(code, 1)
  assert.match(stderr, 'demo has no flash_script')
})

test('flash: a script asks, and the terminal answers', async () => {
  flashScripts(
    '[ -t 0 ] && [ -t 1 ] || exit 3\nread -r -p "Which device? " device\necho "writing to $device"; [ "$device" = sdx ] || exit 4\n',
  )
  const terminal = onTerminal('flash')
  await until('the question', 30_000, () => terminal.said().includes('Which device? '))
  terminal.type('sdx\n')
  assert.is(await terminal.ended, 0, terminal.said())
  assert.match(terminal.said(), 'writing to sdx')
})

test('flash: Ctrl-C on the terminal reaches the script, which may clean up; exit code 130', async () => {
  flashScripts(
    `trap 'echo cleaned >"$PROJECT_DIR/cleaned"; exit 1' INT TERM\necho flashing\nsleep 1000 & wait\n`,
  )
  const terminal = onTerminal('flash')
  await until('it flashes', 30_000, () => terminal.said().includes('flashing'))
  terminal.type('\x03')
  assert.is(await terminal.ended, 130, terminal.said())
  assert.is(project.read('cleaned'), 'cleaned\n')
})

function scriptForShell(): void {
  project.bsp([{ id: 'work', step: 'make_image', run: 'true' }])
}

test("shell --at: commands from a pipe, in a container with the script's surroundings; its exit code", async () => {
  scriptForShell()
  const input =
    'echo "$STEP $BSP_NAME $(pwd) $(id -u)"; echo words >&2; echo x >"$PROJECT_DIST_OUTPUT_FOLDER/made"; exit 5\n'
  const { code, stdout, stderr } = await project.strux(['shell', '--at', 'work'], { input })
  assert.is(code, 5, stderr)
  assert.is(stdout, 'make_image demo /project 0\n')
  assert.match(stderr, 'words')
  assert.is(project.read('dist/output/demo/made'), 'x\n')
  assert.equal(await project.containers(), [])
})

test('shell: the end of the input ends it', async () => {
  scriptForShell()
  const { code, stdout } = await project.strux(['shell', '--at', 'work'], {
    input: 'cat /etc/os-release | head -1',
  })
  assert.is(code, 0)
  assert.match(stdout, 'Debian')
})

test('shell: on a terminal', async () => {
  scriptForShell()
  const terminal = onTerminal('shell --at work')
  await until('a prompt', 60_000, () => /[#$] $/.test(terminal.said()))
  terminal.type('tty && echo "step is $STEP"; exit 9\n')
  assert.is(await terminal.ended, 9, terminal.said())
  assert.match(terminal.said(), '/dev/pts/')
  assert.match(terminal.said(), 'step is make_image')
  assert.equal(await project.containers(), [])
})

test('shell: kill -9 leaves no container', async () => {
  scriptForShell()
  const running = project.start(['shell', '--at', 'work'], { input: 'echo here; sleep 1000\n' })
  await running.until('it runs', () => running.stdout.includes('here'))
  assert.is((await project.containers()).length, 1)
  running.child.kill('SIGKILL')
  await running.ended
  await until('no container', 20_000, async () => !(await project.hasContainers()))
})

test('shell: an unknown id is wrong use; a host script needs none', async () => {
  flashScripts('true')
  const unknown = await project.strux(['shell', '--at', 'nothing'], { input: '' })
  assert.is(unknown.code, 2)
  assert.match(unknown.stderr, "no script or step 'nothing'")
  const host = await project.strux(['shell', '--at', 'inline-tool'], { input: '' })
  assert.is(host.code, 1)
  assert.match(host.stderr, 'runs on this machine')
})

test.run()
