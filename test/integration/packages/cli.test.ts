/** `strux package`, on one package with a local source. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('strux package')
let project: TempProject
test.before(() => {
  project = new TempProject()
  project.write('packages/tool/src/input', 'one\n')
  project.write(
    'packages/tool/package.ts',
    `import { definePackage, sh } from 'strux-bsp'
const note = (words: string) => sh\`echo \${words} >>"$PROJECT_FOLDER/order"\`
export default definePackage({
  name: 'tool', site: './src',
  commands: {
    configure: note('configure'),
    build: sh\`\${note('build')}; cat input >>product\`,
    install_target: sh\`install -D product "$TARGET_DIR/usr/share/product"\`,
  },
})
`,
  )
  project.bsp([], { packages: ['tool'] })
})
test.after(() => project.dispose())

const BUILD = 'dist/cache/demo/packages/build/tool'
const product = () => project.read('dist/cache/demo/packages/per-package/tool/target/usr/share/product')
async function act(action: string): Promise<string[]> {
  project.remove('order')
  const { code, stderr } = await project.strux(['package', 'tool', action])
  assert.is(code, 0, stderr)
  return project.has('order') ? project.read('order').trim().split('\n') : []
}

test('rebuild and reconfigure go on in the build folder with the source of now', async () => {
  assert.is((await project.build(['--only', 'package:tool'])).code, 0)
  project.write('packages/tool/src/input', 'two\n')
  assert.equal(await act('rebuild'), ['build'])
  assert.is(product(), 'one\ntwo\n')
  assert.equal(await act('reconfigure'), ['configure', 'build'])
  // What rebuild made is the package's output: nothing is left to do.
  assert.equal((await project.build(['--only', 'package:tool'])).ran, [])
})

test('a rebuild that fails before it comes to the package leaves no trace for later builds', async () => {
  const env = { DOCKER_HOST: 'unix:///nowhere.sock' }
  const { code } = await project.strux(['package', 'tool', 'rebuild'], { env })
  assert.is(code, 1)
  assert.not.ok(project.has('dist/cache/demo/packages/build/.stamps/tool/.update'))
})

test('extract makes a fresh source and stops; the next build goes on there', async () => {
  const { code, stdout } = await project.strux(['package', 'tool', 'extract'])
  assert.is(code, 0)
  assert.is(stdout.trim(), BUILD)
  assert.ok(project.has(`${BUILD}/input`))
  assert.not.ok(project.has(`${BUILD}/product`))
  project.remove('order')
  assert.equal((await project.build(['--only', 'package:tool'])).ran, ['package:tool'])
  assert.equal(project.read('order').trim().split('\n'), ['configure', 'build'])
  assert.is(product(), 'two\n')
})

test('clean leaves nothing, so the next build makes everything', async () => {
  assert.equal(await act('clean'), [])
  assert.not.ok(project.has(BUILD))
  assert.equal((await project.build(['--only', 'package:tool'])).ran, ['package:tool'])
  assert.is(product(), 'two\n')
})

test('log shows the last run; a wrong name or action says which there are', async () => {
  assert.match((await project.strux(['package', 'tool', 'log'])).stdout, />>> tool build/)
  const wrong = await project.strux(['package', 'tol', 'log'])
  assert.is(wrong.code, 2)
  assert.match(wrong.stderr, /Did you mean 'tool'\?/)
  assert.match((await project.strux(['package', 'tool', 'rebild'])).stderr, /Did you mean 'rebuild'\?/)
})

test.run()
