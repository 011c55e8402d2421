/** `strux package`, on one package with a local source. */
import { execFileSync } from 'node:child_process'
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

test("a developer's own source takes the place of the released one as long as it is given", async () => {
  project.write('gadget-1/input', 'released\n')
  const tarball = project.write('packages/gadget/gadget-1.tar.gz', '')
  execFileSync('tar', ['-czf', tarball, '-C', project.root, 'gadget-1'])
  project.write('packages/gadget/mark.patch', '--- a/input\n+++ b/input\n@@ -1 +1 @@\n-released\n+patched\n')
  project.write(
    'packages/gadget/package.ts',
    `import { definePackage, sh } from 'strux-bsp'
export default definePackage({
  name: 'gadget', version: '1', site: '.', site_method: 'file', patches: ['./mark.patch'],
  override_srcdir: process.env.GADGET_SRC,
  commands: { install_target: sh\`install -D input "$TARGET_DIR/usr/share/gadget"\` },
  hooks: { post_patch: sh\`echo hook >>input\` },
})
`,
  )
  project.bsp([], { packages: ['gadget'] })
  const builds = async (made: string, env: { GADGET_SRC?: string }) => {
    const { code, stdout, ran } = await project.build(['--only', 'package:gadget'], { env })
    assert.is(code, 0, stdout)
    assert.is(project.read('dist/cache/demo/packages/per-package/gadget/target/usr/share/gadget'), made)
    return ran.length > 0
  }
  const own = { GADGET_SRC: 'work/gadget' }
  assert.ok(await builds('patched\nhook\n', {}))
  project.write('work/gadget/input', 'mine\n')
  assert.ok(await builds('mine\n', own))
  assert.not.ok(await builds('mine\n', own))
  project.write('work/gadget/input', 'better\n')
  assert.ok(await builds('better\n', own))
  assert.ok(await builds('patched\nhook\n', {}))
  assert.not.ok(project.has('dist/cache/demo/packages/build/gadget-custom'))
  project.bsp([], { packages: ['tool'] })
})

test('a failing script is told with the line of its author', async () => {
  const define = (post: string) =>
    project.write(
      'packages/faulty.ts',
      `import { definePackage, sh } from 'strux-bsp'

export default definePackage({
  name: 'faulty',
  hooks: {
    pre_build: [
      sh\`true\`,
      sh\`${post}\`,
    ],
  },
  commands: { build: sh\`exit 3\` },
})
`,
    )
  project.bsp([], { packages: ['faulty'] })
  const build = () => project.build(['--only', 'package:faulty'])
  define('exit 4')
  assert.match(
    (await build()).said,
    /package:faulty failed with exit code 1 in pre_build of faulty \(packages\/faulty\.ts:8\)/,
  )
  define('true')
  assert.match((await build()).said, /exit code 1 in build of faulty \(packages\/faulty\.ts:11\)/)
  project.bsp([], { packages: ['tool'] })
})

test('log shows the last run; a wrong name or action says which there are', async () => {
  assert.match((await project.strux(['package', 'tool', 'log'])).stdout, />>> tool build/)
  const wrong = await project.strux(['package', 'tol', 'log'])
  assert.is(wrong.code, 2)
  assert.match(wrong.stderr, /Did you mean 'tool'\?/)
  assert.match((await project.strux(['package', 'tool', 'rebild'])).stderr, /Did you mean 'rebuild'\?/)
})

test.run()
