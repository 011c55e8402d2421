/** The client: its own tests in Go, and the program. */
import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { selfVersion } from '../../../runtime/state/own-package.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('client')
let project: TempProject

test.before(() => {
  project = new TempProject()
  // Builder images for three architectures may have to be made first.
  project.defaults = { timeout: 20 * 60 * 1000 }
})
test.after(() => project.dispose())

const CLIENT = 'dist/cache/demo/client'

async function build(arch: string): Promise<void> {
  project.bsp([], { arch })
  const built = await project.build(['--only', 'client'])
  assert.is(built.code, 0, `${built.said}\n${built.lines('client').join('\n')}`)
}

test('is a program of no other libraries, also for another architecture, and knows its version', async () => {
  for (const [arch, machine] of [
    ['arm64', 'ARM aarch64'],
    ['x86_64', 'x86-64'],
  ]) {
    await build(arch!)
    const { stdout } = await project.strux(['shell', '--at', 'client'], { input: `file ${CLIENT}\n` })
    assert.match(stdout, machine!)
    assert.match(stdout, 'statically linked')
  }
  if (process.arch === 'x64')
    assert.is(execFileSync(project.at(CLIENT), ['--version'], { encoding: 'utf8' }), `${selfVersion()}\n`)
})

test('its sources are tidy, and pass their tests', async () => {
  await build('host')
  const { code, stdout, stderr } = await project.strux(['shell', '--at', 'client'], {
    input: `cd dist/artifacts/client
export GOFLAGS=-buildvcs=false GOPROXY=off GOTOOLCHAIN=local GOCACHE=/project/dist/cache/.go/build CGO_ENABLED=0
test -z "$(gofmt -l .)" && go vet . && go test -count=1 .
`,
  })
  assert.is(code, 0, stdout + stderr)
  assert.match(stdout, /^ok\s+strux\/client/m)
})

test.run()
