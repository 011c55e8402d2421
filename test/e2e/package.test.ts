/** The package as npm packs and installs it: the command, the type declarations, a build. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, type Ended, good, install, pack, strux } from '../support/packed.ts'
import { REPOSITORY } from '../support/repository.ts'
import { folderUntilExit } from '../support/temp-folder.ts'

const test = suite('package')
const folder = folderUntilExit('strux-package-')
const app = join(folder, 'app')
let files: readonly string[]

function write(path: string, text: string): void {
  mkdirSync(dirname(join(app, path)), { recursive: true })
  writeFileSync(join(app, path), text)
}

test.before(() => {
  mkdirSync(app)
  const packed = pack(REPOSITORY, folder)
  files = packed.files
  write('package.json', JSON.stringify({ name: 'app', private: true, type: 'module' }))
  good(install(app, packed.file))
  write(
    'strux.config.ts',
    "import { defineConfig } from 'strux-bsp'\n\nexport default defineConfig({ name: 'app', project_version: '1.0.0', bsp: 'panel' })\n",
  )
  write('bsp/panel/bsp.ts', bsp())
  write('bsp/panel/scripts/make.sh', 'cp "$BSP_FOLDER/in.txt" "$PROJECT_DIST_OUTPUT_FOLDER/disk.img"\n')
  write('bsp/panel/in.txt', 'one\n')
})

function bsp(more = ''): string {
  return `import { defineBsp, sh } from 'strux-bsp'

export default defineBsp({
  name: 'panel',
  description: 'A panel',
  arch: 'host',
  hostname: 'panel',
  scripts: [
    {
      id: 'disk',
      step: 'make_image',
      location: './scripts/make.sh',
      cached_generated_artifacts: ['output/disk.img'],
      depends_on: ['./in.txt'],
      tools: ['image'],
    },
    { id: 'sum', step: 'after_build', run: sh\`sha256sum dist/output/panel/disk.img\`, tools: ['image'] },
    ${more}
  ],
})
`
}

test('holds what it needs and nothing else', () => {
  const needed = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']
  for (const file of [...needed, 'build/runtime/cli/main.js', 'build/lib/index.js', 'build/lib/index.d.ts']) {
    assert.ok(files.includes(file), `${file} is not in the package`)
  }
  const allowed =
    /^(build|docs|templates)\/|^runtime\/(steps|extensions|buildroot|confined)\/.*\.(sh|mk|py|txt)$/
  const other = files.filter(file => !allowed.test(file) && !needed.includes(file))
  assert.equal(other, [])
  assert.equal(
    files.filter(file => /\.test\.|(?<!\.d)\.ts$/.test(file) && !file.startsWith('templates/')),
    [],
  )
})

test('npx strux: version, plan, check', () => {
  const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'))
  assert.is(strux(app, '--version').stdout.trim(), version)
  const plan = strux(app, 'plan', '--json')
  assert.is(plan.code, 0, plan.stderr)
  const ids = JSON.parse(plan.stdout).nodes.map((node: { id: string }) => node.id)
  assert.equal(ids.slice(-2), ['disk', 'sum'])
  const check = strux(app, 'check')
  assert.is(check.code, 0, check.stderr)
})

test('npx strux build runs scripts in containers, and skips them the second time', () => {
  const built = strux(app, 'build', '--json', '--from', 'make_image')
  assert.is(built.code, 0, built.stdout + built.stderr)
  assert.ok(existsSync(join(app, 'dist/output/panel/disk.img')))
  assert.match(built.stdout, '"id":"disk","outcome":"ran"')
  assert.match(
    strux(app, 'build', '--json', '--from', 'make_image').stdout,
    '"id":"disk","outcome":"skipped"',
  )
})

test('npx strux check: a mistake, found and located by the installed package', () => {
  write('bsp/panel/bsp.ts', bsp("{ step: 'make_imaje', run: sh`true` },"))
  const { code, stderr, stdout } = strux(app, 'check')
  write('bsp/panel/bsp.ts', bsp())
  assert.is(code, 1)
  assert.match(stdout + stderr, 'make_imaje')
  assert.match(stdout + stderr, /bsp\/panel\/bsp\.ts:\d+:\d+/)
})

/** The compiler on the project, which checks the package's declarations too. */
function compiled(): Ended {
  const compilerOptions = {
    ...{ target: 'ES2022', module: 'NodeNext', moduleResolution: 'NodeNext', strict: true, noEmit: true },
    ...{ skipLibCheck: false, types: [], exactOptionalPropertyTypes: true },
  }
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts', 'bsp'] }))
  return compile(app)
}

test('a right BSP compiles against the declarations, which are right themselves', () => {
  write(
    'uses-schema.ts',
    "import { type BspData, bspSchema } from 'strux-bsp/schema'\n\nexport const parsed: BspData = bspSchema.parse({})\n",
  )
  const { code, stdout } = compiled()
  rmSync(join(app, 'uses-schema.ts'))
  assert.is(code, 0, stdout)
})

test('a wrong BSP does not compile, and the error is at the wrong word', () => {
  const wrong: [string, RegExp][] = [
    ["{ step: 'make_imaje', run: sh`true` },", /^step: 'make_imaje'/],
    ["{ step: 'make_image', run: sh`true`, depends: [] },", /^depends/],
    ["{ step: 'before_kernel', run: sh`true` },", /^step: 'before_kernel'/],
    ["{ step: 'make_image', run: sh`true`, cached_generated_artifacts: ['./x'] },", /^'\.\/x'/],
    ["{ step: 'make_image' },", /^(step|\{)/],
  ]
  for (const [entry, word] of wrong) {
    const text = bsp(entry)
    write('bsp/panel/bsp.ts', text)
    const { code, stdout } = compiled()
    assert.is.not(code, 0, entry)
    const [, line, column] = /^bsp\/panel\/bsp\.ts\((\d+),(\d+)\): error/m.exec(stdout) ?? []
    assert.match(text.split('\n')[Number(line) - 1]?.slice(Number(column) - 1) ?? '', word, stdout)
  }
  write('bsp/panel/bsp.ts', bsp())
})

test('nothing of the development is installed with it', () => {
  const installed = readdirSync(join(app, 'node_modules'))
  assert.ok(installed.includes('strux-bsp'))
  for (const name of ['typescript', 'uvu', 'tsx', 'fast-check', '@biomejs'])
    assert.not.ok(installed.includes(name), name)
})

test.run()
