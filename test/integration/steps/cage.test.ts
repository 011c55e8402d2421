/** The compositor: the suite's, and one compiled from sources of the project, which then runs without a screen. */
import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Built } from '../../support/built.ts'
import { TempProject } from '../../support/project.ts'
import { REPOSITORY } from '../../support/repository.ts'
import { refusing, succeeding } from '../../support/step-ends.ts'

const test = suite('cage')
let project: TempProject

test.before(() => {
  project = new TempProject()
  // Builder images for three architectures may have to be made first.
  project.defaults = { timeout: 20 * 60 * 1000 }
  cpSync(join(REPOSITORY, 'test/fixtures/compositor'), project.at('compositor'), { recursive: true })
  project.write(
    'patches/greeting.patch',
    `--- a/main.c
+++ b/main.c
@@ -178,3 +178,3 @@
-    printf("one-screen: %s\\n", LABEL);
+    printf("patched: %s\\n", LABEL);
     wlr_log_init(WLR_ERROR, NULL);
 
`,
  )
})
test.after(() => project.dispose())
test.before.each(() => project.remove('dist/cache/demo'))

/** A proxy that nobody is. */
const OFFLINE = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' }
const CAGE = 'dist/cache/demo/cage'
const build = (env = {}) => project.build(['--only', 'cage'], { env })
const complaint = (built: Built) => built.lines('cage').join('\n')
const inStep = async (input: string) => (await project.strux(['shell', '--at', 'cage'], { input })).stdout

const succeeds = succeeding({ build, complaint })
const refused = refusing({ build, complaint, isMade: () => project.has(CAGE) })

test('the package of the suite, for the target; fetched once', async () => {
  project.config()
  for (const [arch, machine] of [
    ['arm64', 'ARM aarch64'],
    ['x86_64', 'x86-64'],
  ]) {
    project.bsp([], { arch })
    await succeeds()
    const said = await inStep(
      `file ${CAGE}\nstrings ${CAGE} | grep WAYLAND_DISPLAY || grep -c WAYLAND_DISPLAY ${CAGE}\n`,
    )
    assert.match(said, machine!)
  }
  assert.is(project.read('dist/cache/demo/.cage-env'), '')
  project.remove(CAGE)
  const offline = await succeeds(OFFLINE)
  assert.match(complaint(offline), 'is used as last fetched')
})

test('the environment of the board, and what hides the cursor', async () => {
  project.config()
  project.bsp([], { cage: { hide_cursor: true, env: ['WLR_RENDERER=gles2', 'A=two words "$x"'] } })
  await succeeds()
  assert.is(
    project.read('dist/cache/demo/.cage-env'),
    'STRUX_HIDE_CURSOR=1\nXCURSOR_PATH=/usr/share/strux/cursors\nXCURSOR_THEME=default\nWLR_RENDERER=gles2\nA=two words "$x"\n',
  )
})

test('compiled from a folder, with patches, options and further packages; it runs a program and ends with it', async () => {
  project.config({
    cage: {
      source: './compositor',
      patches: ['patches/greeting.patch'],
      options: ['-Dlabel=from the project'],
      packages: ['libconfuse-dev'],
    },
  })
  project.bsp([])
  const built = await succeeds()
  const installs = ({ events }: Built) =>
    events.some(({ message }) => /^Installing libconfuse-dev:/.test(message ?? ''))
  assert.ok(installs(built))
  const said = await inStep(`export WLR_BACKENDS=headless WLR_RENDERER=pixman XDG_RUNTIME_DIR=/tmp
timeout 30 ${CAGE} -- sh -c 'sleep 1; echo "child on $WAYLAND_DISPLAY"; exit 7'
echo "exit code $?"
`)
  assert.equal(
    said.split('\n').filter(line => line !== ''),
    [
      'patched: from the project',
      'one-screen: output HEADLESS-1 1280x720',
      'child on wayland-0',
      'exit code 7',
    ],
  )
  assert.not.ok(project.has('compositor/build'), 'the source stays as it was')
  assert.equal((await build()).ran, [])
  project.remove(CAGE)
  assert.ok(installs(await succeeds(OFFLINE)), 'from what was kept')
  project.write('compositor/main.c', `${project.read('compositor/main.c')}\n`)
  assert.equal((await build()).reasons('cage'), ['dependency_changed compositor: main.c'])
})

test('a tarball by its checksum, for a foreign architecture', async () => {
  execFileSync('tar', ['-czf', project.at('one.tar.gz'), '-C', project.root, 'compositor'])
  const sum = execFileSync('sha256sum', [project.at('one.tar.gz')], { encoding: 'utf8' }).slice(0, 64)
  project.bsp([], { arch: 'arm64' })
  project.config({ cage: { source: './one.tar.gz', sha256: '0'.repeat(64) } })
  await refused(new RegExp(`one\\.tar\\.gz does not have the given SHA-256\n.*\n.*${sum}`))
  project.config({ cage: { source: './one.tar.gz', sha256: sum } })
  await succeeds()
  assert.match(await inStep(`file ${CAGE}\n`), 'ARM aarch64')
})

test('what cannot be compiled is said', async () => {
  project.bsp([])
  project.config({ cage: { source: './patches' } })
  await refused(/there is no meson\.build in \.\/patches/)
  project.config({ cage: { source: './compositor', patches: ['patches/none.patch'] } })
  assert.is.not((await build()).code, 0)
  project.write('broken/meson.build', "project('x', 'c')\ndependency('no-such-library')\n")
  project.config({ cage: { source: './broken' } })
  await refused(/meson cannot set up \.\/broken\n.*cage\.packages/)
  project.write('broken/meson.build', "project('x', 'c')\n")
  await refused(/builds no program called cage/)
})

test.run()
