/** The application step: cross-compiled with the real Go, what it is made from, and what it refuses. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readGoBuild } from '../../../runtime/legal/go-modules.ts'
import type { Built } from '../../support/built.ts'
import { TempProject } from '../../support/project.ts'
import { refusing, succeeding } from '../../support/step-ends.ts'

const test = suite('application')
let project: TempProject

test.before(() => {
  project = new TempProject()
  // Builder images for three architectures may have to be made first.
  project.defaults = { timeout: 20 * 60 * 1000 }
})
test.after(() => project.dispose())
test.before.each(() => {
  for (const path of [
    'dist/cache/demo',
    'main.go',
    'go.mod',
    'page.html',
    'main_test.go',
    'backend',
    'words',
  ])
    project.remove(path)
  project.config()
  project.bsp([])
})

const MAIN = 'dist/cache/demo/app/main'
const HELLO =
  'package main\n\nimport _ "embed"\n\n//go:embed page.html\nvar page string\n\nfunc main() { print(page) }\n'

function hello(): void {
  project.write('go.mod', 'module hello\n\ngo 1.19\n')
  project.write('main.go', HELLO)
  project.write('page.html', 'first')
}

const build = (...args: string[]) => project.build(['--only', 'application', ...args])
const complaint = (built: Built) => built.lines('application', 'stderr').join('\n')
const run = () => execFileSync('sh', ['-c', `${project.at(MAIN)} 2>&1`], { encoding: 'utf8' })

const succeeds = succeeding({ build, complaint })
const refused = refusing({ build, complaint, isMade: () => project.has(MAIN) })

test('is compiled again when something changes that Go reads, and not otherwise', async () => {
  hello()
  await succeeds()
  for (const path of ['README.md', 'update.key', 'main_test.go', 'overlay/etc/motd'])
    project.write(path, `package main // ${path}`)
  assert.equal((await build()).ran, [])
  project.write('page.html', 'second')
  const again = await succeeds()
  assert.equal(again.ran, ['application'])
  assert.equal(again.reasons('application'), ['dependency_changed .: page.html'])
  assert.is(run(), 'second')
})

test('the program says which modules it has', async () => {
  project.write(
    'go.mod',
    'module hello\n\ngo 1.19\n\nrequire example.com/words v1.2.0\n\nreplace example.com/words => ./words\n',
  )
  project.write('main.go', 'package main\n\nimport "example.com/words"\n\nfunc main() { print(words.All) }\n')
  project.write('words/go.mod', 'module example.com/words\n\ngo 1.19\n')
  project.write('words/words.go', 'package words\n\nconst All = "two words"\n')
  await succeeds()
  const build = readGoBuild(readFileSync(project.at(MAIN)))!
  assert.match(build.version, /^1\.\d+/)
  assert.equal(build.modules, [{ path: 'example.com/words', version: 'v1.2.0' }])
})

test('for each architecture, with C where the program has some', async () => {
  hello()
  project.write(
    'main.go',
    'package main\n\n// int answer(void) { return 42; }\nimport "C"\n\nfunc main() { print(C.answer()) }\n',
  )
  for (const [arch, machine] of [
    ['arm64', 'ARM aarch64'],
    ['armhf', 'ARM, EABI5'],
    ['x86_64', 'x86-64'],
  ]) {
    project.bsp([], { arch })
    await succeeds()
    const said = (
      await project.strux(['shell', '--at', 'application'], { input: `file ${MAIN}\nreadelf -h ${MAIN}\n` })
    ).stdout
    assert.match(said, `ELF ${arch === 'armhf' ? 32 : 64}-bit LSB`)
    assert.match(said, machine!)
    assert.match(said, 'dynamically linked')
  }
})

test('in a folder of its own; modules of the project beside it are compiled in, with a warning', async () => {
  project.config({ application: 'backend' })
  project.write(
    'backend/go.mod',
    'module backend\n\ngo 1.19\n\nrequire shared v0.0.0\n\nreplace shared => ../shared\n',
  )
  project.write('backend/main.go', 'package main\n\nimport "shared"\n\nfunc main() { shared.Say() }\n')
  project.write('shared/go.mod', 'module shared\n\ngo 1.19\n')
  project.write('shared/shared.go', 'package shared\n\nfunc Say() { print("shared") }\n')
  const built = await succeeds()
  assert.match(complaint(built), 'changes in shared do not trigger a build: it lies outside backend')
})

test('what is missing is said', async () => {
  await refused(/there is no main\.go: the step application cannot be built/)
  hello()
  project.remove('go.mod')
  await refused(/there is no go\.mod beside main\.go\n`go mod init NAME`/)
  project.write('go.mod', 'module hello\n\ngo 1.19\n')
  project.write('main.go', 'package hello\n')
  await refused(/main\.go belongs to the package hello/)
  project.write('main.go', 'package main\n\nfunc main() { print(nowhere) }\n')
  await refused(/main\.go:3:21: undefined: nowhere/)
})

test.run()
