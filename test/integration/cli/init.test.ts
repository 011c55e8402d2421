/** `strux init`: a project that loads, is typed, and is whole or not there. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'
import { REPOSITORY } from '../../support/repository.ts'

const test = suite('init')
let place: TempProject

test.before.each(() => {
  place = new TempProject()
})
test.after.each(() => place.dispose())

const npm = (args: readonly string[], cwd: string) =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, stdio: 'pipe' })

test('the boards of this package by name', async () => {
  const named = JSON.parse(readFileSync(join(REPOSITORY, 'templates/init/boards.json'), 'utf8'))
  assert.equal(Object.keys(named), readdirSync(join(REPOSITORY, 'boards')).sort())
  for (const [board, exported] of Object.entries(named))
    assert.match(
      readFileSync(join(REPOSITORY, `boards/${board}/board.ts`), 'utf8'),
      `export const ${exported} = defineBoard(`,
    )
})

test('a project for each board: planned, and no error of types', async () => {
  for (const board of readdirSync(join(REPOSITORY, 'boards'))) {
    const name = `on-${board.replaceAll('_', '-')}`
    const made = await place.strux(['init', name, '--board', board])
    assert.is(made.code, 0, made.stderr)
    assert.match(made.stdout, `next: cd ${name}`)
    const cwd = place.at(name)
    npm(['install'], cwd)
    const planned = await place.strux(['plan', '--json'], { cwd })
    assert.is(planned.code, 0, planned.stderr)
    assert.is(planned.stderr, '')
    assert.is(JSON.parse(planned.stdout).bsp, board)
    execFileSync(join(REPOSITORY, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd, stdio: 'pipe' })
  }
})

test('has what the template has, under its own name', async () => {
  await place.strux(['init', 'lobby'])
  const files = readdirSync(place.at('lobby'), { recursive: true, encoding: 'utf8' })
  for (const path of [
    '.gitignore',
    'main.go',
    'frontend/package-lock.json',
    'assets/logo.png',
    'screen.png',
    'bsp/qemu-x86_64/bsp.ts',
  ])
    assert.ok(files.includes(path), path)
  assert.not.ok(files.some(path => /node_modules|dist|\.txt$/.test(path)))
  assert.match(place.read('lobby/go.mod'), /^module lobby$/m)
  assert.match(place.read('lobby/strux.config.ts'), "name: 'lobby'")
  assert.is(files.filter(path => existsSync(place.at(`lobby/${path}`))).length, files.length)
})

test('says what is wrong, and leaves nothing behind', async () => {
  place.write('there/file', '')
  for (const [args, said] of [
    [['Lobby'], /'Lobby' cannot be the name of a project\n.*lower-case/],
    [['there'], /there already exists/],
    [['lobby', '--board', 'qemu-x86'], /no board 'qemu-x86'\n.*did you mean qemu-x86_64\?/],
    [['lobby', '--board', '@acme/panel'], /no board '@acme\/panel'\n.*@acme\/panel#panel/],
  ] as const) {
    const { code, stderr } = await place.strux(['init', ...args])
    assert.is(code, 2)
    assert.match(stderr, said)
  }
  assert.equal(readdirSync(place.root).sort(), ['strux.config.ts', 'there'])

  place.write('file', '')
  const { code, stderr } = await place.strux(['init', 'file/lobby'])
  assert.is(code, 1)
  assert.match(stderr, 'file/lobby cannot be made')
})

test('a board of somebody else', async () => {
  await place.strux(['init', 'lobby', '--board', '@acme/panel#wide'])
  assert.match(place.read('lobby/bsp/panel/bsp.ts'), "import { wide } from '@acme/panel'")
  assert.is(JSON.parse(place.read('lobby/package.json')).devDependencies['@acme/panel'], '*')
})

test.run()
