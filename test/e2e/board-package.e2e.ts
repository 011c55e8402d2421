/** A board as a package: packed by npm, installed by npm and by pnpm into fresh projects, planned, built. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, type Ended, good, install, pack, run, strux } from '../support/packed.ts'
import { REPOSITORY } from '../support/repository.ts'
import { folderUntilExit } from '../support/temp-folder.ts'

const test = suite('board package')
const folder = folderUntilExit('strux-board-')

function write(files: Readonly<Record<string, string>>, at: string): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, path)), { recursive: true })
    writeFileSync(join(at, path), text)
  }
}

const BOARD = {
  'package.json': JSON.stringify({
    name: '@acme/panel',
    version: '2.1.0',
    type: 'module',
    exports: './src/index.ts',
    peerDependencies: { 'strux-bsp': '>=0.1.0' },
  }),
  'src/index.ts': `import { defineBoard, layer } from 'strux-bsp'

/** Files lie beside src/. */
export default defineBoard(new URL('..', import.meta.url).href, (options: { greeting?: string }) =>
  layer({
    arch: 'host',
    hostname: options.greeting ?? 'panel',
    scripts: [
      {
        id: 'disk',
        step: 'make_image',
        location: './scripts/make.sh',
        cached_generated_artifacts: ['output/disk.img'],
        depends_on: ['./content', './scripts/part.sh'],
        tools: ['image'],
      },
    ],
  }),
)
`,
  'scripts/make.sh':
    'set -e\n. "$BOARD_FOLDER/scripts/part.sh"\ncat "$BOARD_FOLDER/content/a.txt" "$BSP_FOLDER/own.txt" > "$PROJECT_DIST_OUTPUT_FOLDER/disk.img"\n',
  'scripts/part.sh': 'echo "board at $BOARD_FOLDER"\n',
  'content/a.txt': 'from the board\n',
}

const PROJECT = {
  'package.json': JSON.stringify({ name: 'app', private: true, type: 'module' }),
  'strux.config.ts':
    "import { defineConfig } from 'strux-bsp'\n\nexport default defineConfig({ name: 'app', project_version: '1.0.0', bsp: 'lobby' })\n",
}

let tarballs: string[]
test.before(() => {
  const board = join(folder, 'panel')
  write(BOARD, board)
  tarballs = [REPOSITORY, board].map(at => pack(at, folder).file)
})

/** Fresh, with both packages installed. */
function app(name: string, putIn = (at: string): Ended => install(at, ...tarballs)): string {
  const at = join(folder, name)
  write(PROJECT, at)
  good(putIn(at))
  return at
}

/** The whole way of a project: scaffold, types, plan, build, build again, a change in the board. */
function goesAllTheWay(at: string): void {
  good(strux(at, 'new', 'bsp', 'lobby', '--extends', '@acme/panel'))
  write({ 'bsp/lobby/own.txt': 'from the BSP\n' }, at)
  assert.match(readFileSync(join(at, 'bsp/lobby/bsp.ts'), 'utf8'), "import board from '@acme/panel'")
  typeChecks(at)

  const plan = JSON.parse(good(strux(at, 'plan', '--json', '--layers')))
  const script = plan.nodes.find((node: { id: string }) => node.id === 'disk')
  assert.is(script.layer, '@acme/panel')
  assert.is(script.location, './scripts/make.sh')
  assert.is(script.env.BOARD_FOLDER, '/project/dist/artifacts/boards/@acme/panel')
  assert.equal(script.dependencies[0], {
    declared: './content',
    path: 'dist/artifacts/boards/@acme/panel/content',
  })
  const arch = plan.layers.values.find((value: { key: string }) => value.key === 'arch')
  assert.equal(plan.layers.order[arch.layer], {
    name: '@acme/panel',
    version: '2.1.0',
    folder: 'dist/artifacts/boards/@acme/panel',
    board: true,
  })

  const built = good(strux(at, 'build', '--json', '--only', 'disk'))
  assert.match(built, '"line":"board at /project/dist/artifacts/boards/@acme/panel"')
  assert.is(readFileSync(join(at, 'dist/output/lobby/disk.img'), 'utf8'), 'from the board\nfrom the BSP\n')
  assert.match(good(strux(at, 'build', '--json', '--only', 'disk')), '"id":"disk","outcome":"skipped"')

  const content = join(realpathSync(join(at, 'node_modules/@acme/panel')), 'content/a.txt')
  rmSync(content)
  writeFileSync(content, 'from a newer board\n')
  const why = JSON.parse(good(strux(at, 'why', 'disk', '--json')))
  assert.equal(
    why.decision.reasons.map((reason: { code: string }) => reason.code),
    ['dependency_changed'],
  )
  good(strux(at, 'build', '--json', '--only', 'disk'))
  assert.match(readFileSync(join(at, 'dist/output/lobby/disk.img'), 'utf8'), 'from a newer board')
}

/** The compiler on the project's definitions and, since boards are sources, on the board. */
function typeChecks(at: string): void {
  const compilerOptions = { module: 'NodeNext', strict: true, noEmit: true, types: [], skipLibCheck: true }
  write({ 'tsconfig.json': JSON.stringify({ compilerOptions, include: ['*.ts', 'bsp', 'boards'] }) }, at)
  good(compile(at))
}

test('installed by npm', () => {
  goesAllTheWay(app('with-npm'))
})

test('installed by pnpm, or linked as it does where it cannot be had', () => {
  const at = app('with-pnpm', at => {
    const pnpm = ['--yes', 'pnpm@9']
    if (run(at, 'npx', ...pnpm, '--version').code === 0)
      return run(at, 'npx', ...pnpm, 'add', '--prefer-offline', '--ignore-scripts', ...tarballs)
    const installed = install(at, ...tarballs)
    linkLikePnpm(join(at, 'node_modules'))
    return installed
  })
  assert.ok(lstatSync(join(at, 'node_modules/@acme/panel')).isSymbolicLink())
  goesAllTheWay(at)
})

/** Every package moves to `.pnpm/NAME/node_modules/NAME`; what they need of each other is found in `.pnpm/node_modules`. */
function linkLikePnpm(modules: string): void {
  const names = readdirSync(modules)
    .filter(name => !name.startsWith('.'))
    .flatMap(name =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map(each => `${name}/${each}`) : [name],
    )
  const link = (target: string, at: string) => {
    mkdirSync(dirname(at), { recursive: true })
    symlinkSync(relative(dirname(at), target), at)
  }
  for (const name of names) {
    const store = join(modules, '.pnpm', name.replace('/', '+'), 'node_modules', name)
    mkdirSync(dirname(store), { recursive: true })
    renameSync(join(modules, name), store)
    link(store, join(modules, '.pnpm/node_modules', name))
    if (['strux-bsp', '@acme/panel'].includes(name)) link(store, join(modules, name))
  }
}

test('the links that are made by hand do as well', () => {
  const at = app('by-hand')
  linkLikePnpm(join(at, 'node_modules'))
  write(
    {
      'bsp/lobby/bsp.ts':
        "import board from '@acme/panel'\nimport { defineBsp } from 'strux-bsp'\n\nexport default defineBsp({ name: 'l', description: 'd', extends: board({ greeting: 'hi' }) })\n",
    },
    at,
  )
  const plan = JSON.parse(good(strux(at, 'plan', '--json')))
  const script = plan.nodes.find((node: { id: string }) => node.id === 'disk')
  assert.is(script.env.BOARD_FOLDER, '/project/dist/artifacts/boards/@acme/panel')
  assert.ok(existsSync(join(at, 'dist/artifacts/boards/@acme/panel/scripts/make.sh')))
})

test('strux new board: a board of the project, planned and type-checked; nothing is overwritten', () => {
  const at = app('with-npm-too')
  good(strux(at, 'new', 'board', '@acme/desk'))
  good(strux(at, 'new', 'bsp', 'lobby', '--extends', 'desk'))
  typeChecks(at)
  const plan = JSON.parse(good(strux(at, 'plan', '--json')))
  const script = plan.nodes.find((node: { id: string }) => node.id === 'disk-image')
  assert.is(script.layer, '@acme/desk')
  assert.is(script.env.BOARD_FOLDER, '/project/boards/desk')
  const checked = strux(at, 'check')
  assert.match(checked.stdout, '1 BSP: 0 errors, 0 warnings')
  for (const again of [
    ['board', 'desk'],
    ['bsp', 'lobby', '--extends', 'desk'],
  ]) {
    const { code, stderr } = strux(at, 'new', ...again)
    assert.is(code, 2)
    assert.match(stderr, 'already exists')
  }
  // What npm would publish of it.
  const { files } = pack(join(at, 'boards/desk'), folder)
  assert.equal(files.toSorted(), ['index.ts', 'package.json', 'scripts/make-image.sh'])
})

test('a board for another version is refused', () => {
  const at = app('with-old-board')
  good(strux(at, 'new', 'bsp', 'lobby', '--extends', '@acme/panel'))
  const file = join(at, 'node_modules/@acme/panel/package.json')
  writeFileSync(file, readFileSync(file, 'utf8').replace('>=0.1.0', '^7.0.0'))
  const { code, stderr } = strux(at, 'plan')
  assert.is(code, 1)
  assert.match(stderr, /@acme\/panel 2\.1\.0 works with strux-bsp \^7\.0\.0, and this is \d/)
  assert.match(stderr, /bsp\/lobby\/bsp\.ts:\d+:\d+/)
})

test.run()
