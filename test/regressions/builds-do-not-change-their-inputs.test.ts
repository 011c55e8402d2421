/** An input that contains the project's own dist/ consists of sources alone: builds and commands of git leave it as it is. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../support/project.ts'

const test = suite('builds do not change their inputs')
let project: TempProject

test.before.each(() => {
  project = new TempProject()
})
test.after.each(() => project.dispose())

const IN_CONTAINER = { env: { STRUX_IN_CONTAINER: '1' } }
const build = () => project.build([], IN_CONTAINER)

for (const [what, depends_on] of [
  ['a folder', ['../../']],
  ['a folder by its own name', ['./../..']],
  ['a glob', ['./../../**/*']],
] as const)
  test(`${what} that is the whole project`, async () => {
    project.write('notes.txt', 'a')
    project.write('.git/index', 'a')
    project.bsp([
      {
        id: 'first',
        step: 'before_bundle',
        run: 'mkdir -p dist/cache/demo; date +%N >dist/cache/demo/a',
        cached_generated_artifacts: ['cache/a'],
      },
      {
        id: 'reader',
        step: 'before_bundle',
        run: 'mkdir -p dist/output/demo; find . -name notes.txt -not -path "./dist/*" >dist/output/demo/list',
        depends_on: depends_on.map(path => (path.startsWith('./') ? path : `./${path}`)),
        cached_generated_artifacts: ['output/list'],
      },
    ])
    assert.equal((await build()).ran, ['first', 'reader'])
    assert.equal((await build()).ran, [])
    project.write('.git/index', 'b')
    project.write('dist/cache/demo/of-another', 'b')
    assert.equal((await build()).ran, [])
    project.write('more/notes.txt', 'b')
    assert.equal((await build()).ran, ['reader'])
    project.remove('more')
    assert.equal((await build()).ran, ['reader'])
  })

const PACKAGE = (source: string) => `import { definePackage, sh } from 'strux-bsp'
export default definePackage({ name: 'led', version: '1', license: 'MIT', ${source},
  commands: { build: sh\`ls -A >list\`, install_target: sh\`install -D -m 644 list "$TARGET_DIR/usr/share/list"\` } })
`
for (const [what, source, folder] of [
  ['a local source', "site: './..', site_method: 'local'", 'led-1'],
  ['an overridden source', "override_srcdir: './..', site: 'https://example.org/led.git'", 'led-custom'],
] as const)
  test(`${what} of a package that is the whole project`, async () => {
    project.write('packages/led.ts', PACKAGE(source))
    project.write('main.c', 'int main(void) { return 0; }')
    project.bsp([], { packages: ['led'] })
    const packages = () => project.build(['--only', 'package:led'])
    const built = await packages()
    assert.equal(built.ran, ['package:led'], `${built.said}${built.lines('package:led').join('\n')}`)
    const list = project.read(`dist/cache/demo/packages/build/${folder}/list`)
    assert.match(list, /^main\.c$/m)
    assert.not.match(list, /^dist$/m)
    assert.equal((await packages()).ran, [])
    project.write('main.c', 'int main(void) { return 1; }')
    assert.equal((await packages()).ran, ['package:led'])
  })

test.run()
