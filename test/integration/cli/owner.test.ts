/** Builds by a user who is not root: whose the files are afterwards. The tests are root, to become that user. */
import { chownSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Built } from '../../support/built.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('owner')
const UID = 12345
let project: TempProject

test.before(() => assert.is(process.getuid?.(), 0, 'these tests become another user, which takes root'))

test.before.each(() => {
  project = new TempProject()
  // Access to the engine is what its socket's group gives.
  project.defaults = {
    uid: UID,
    gid: statSync('/var/run/docker.sock').gid,
    env: { HOME: project.root, XDG_CACHE_HOME: '/nonexistent' },
  }
  project.write('bsp/demo/in.txt', 'one\n')
  project.write('bsp/demo/scripts/make.sh', MAKE)
  project.write('bsp/demo/scripts/end.sh', 'true\n')
  project.bsp([
    {
      id: 'make',
      step: 'before_bundle',
      location: './scripts/make.sh',
      cached_generated_artifacts: ['cache/tree/private.bin', 'cache/tree', 'output/disk.img'],
      depends_on: ['./in.txt'],
    },
    {
      id: 'read',
      step: 'make_image',
      run: 'find "$BSP_CACHE_DIR/tree" | sort >"$PROJECT_DIST_OUTPUT_FOLDER/list"; chmod 600 "$PROJECT_DIST_OUTPUT_FOLDER/list"',
      cached_generated_artifacts: ['output/list'],
      depends_on: ['cache/tree', 'cache/tree/private.bin', 'output/disk.img'],
    },
    { id: 'end', step: 'after_build', location: './scripts/end.sh' },
  ])
  project.chown(UID, UID)
  project.write('roots.txt', "root's own\n")
  mkdirSync(project.at('other'))
  project.write('other/file', "somebody's\n")
  chownSync(project.at('other/file'), 4321, 4321)
})
test.after.each(() => project.dispose())

/** Files that only root could read, in folders that only root could enter; a file beside the project's own. */
const MAKE = `set -e
umask 077
mkdir -p "$BSP_CACHE_DIR/tree/deep/er" dist/elsewhere
echo secret >"$BSP_CACHE_DIR/tree/private.bin"
echo x >"$BSP_CACHE_DIR/tree/deep/er/file"
ln -sf /etc/passwd "$BSP_CACHE_DIR/tree/link"
echo x >dist/elsewhere/file
echo image >"$PROJECT_DIST_OUTPUT_FOLDER/disk.img"
echo changed >>roots.txt
echo changed >>other/file
echo generated >bsp/demo/generated.h
`

/** The owner of everything in the project, by path. */
function owners(folder = project.root): Record<string, number> {
  const found: Record<string, number> = {}
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    found[relative(project.root, path)] = lstatSync(path).uid
    if (entry.isDirectory()) Object.assign(found, owners(path))
  }
  return found
}

function assertOwners(before: Readonly<Record<string, number>>): void {
  const now = owners()
  const below = Object.entries(now).filter(([path]) => path === 'dist' || path.startsWith('dist/'))
  assert.ok(below.length > 10)
  assert.equal(
    below.filter(([, uid]) => uid !== UID),
    [],
    'not the caller’s below dist/',
  )
  const outside = Object.fromEntries(
    Object.entries(now).filter(([path]) => path !== 'dist' && !path.startsWith('dist/')),
  )
  assert.equal(outside, {
    ...before,
    ...('bsp/demo/generated.h' in outside ? { 'bsp/demo/generated.h': UID } : {}),
  })
  assert.is(statSync('/etc/passwd').uid, 0)
}

test('after a success; the second build can read and hash everything, and skips', async () => {
  const before = owners()
  const built = await project.build()
  assert.is(built.code, 0, built.said)
  assert.equal(built.ran, ['make', 'read', 'end'])
  assertOwners(before)
  assert.ok(project.has('bsp/demo/generated.h'))
  assert.match(project.read('dist/output/demo/list'), 'tree/deep/er/file')
  const again = await project.build(['--until', 'make_image'])
  assert.equal(again.outcomes, { make: 'skipped', read: 'skipped' }, again.said)
  assertOwners(before)
})

test('after a failure, and the build after it', async () => {
  const before = owners()
  project.write('bsp/demo/scripts/make.sh', `${MAKE}exit 5\n`)
  const failed = await project.build()
  assert.is(failed.code, 5, failed.said)
  assertOwners(before)
  project.write('bsp/demo/scripts/make.sh', MAKE)
  const built = await project.build()
  assert.equal(built.ran, ['make', 'read', 'end'], built.said)
  assertOwners(before)
})

test('after a cancel, and the build after it', async () => {
  const before = owners()
  project.write('bsp/demo/scripts/end.sh', `${MAKE}echo waiting\ntrap '' TERM\nsleep 1000\n`)
  const running = project.startBuild()
  await running.line('waiting')
  running.child.kill('SIGTERM')
  const cancelled = new Built(await running.ended)
  assert.is(cancelled.code, 143, cancelled.said)
  assert.equal(cancelled.outcomes, { make: 'ran', read: 'ran', end: 'cancelled' })
  assertOwners(before)
  project.write('bsp/demo/scripts/end.sh', 'true\n')
  const built = await project.build()
  assert.is(built.code, 0, built.said)
  assertOwners(before)
})

for (const selection of [[], ['--only', 'read'], ['--only', 'end']]) {
  test(`after kill -9: the next build repairs first, whatever it is about: ${selection.join(' ')}`, async () => {
    const before = owners()
    await project.build()
    project.write(
      'bsp/demo/scripts/make.sh',
      `rm -r "$BSP_CACHE_DIR/tree" dist/output/demo/disk.img\n${MAKE}echo waiting\nsleep 1000\n`,
    )
    const running = project.startBuild()
    await running.line('waiting')
    running.child.kill('SIGKILL')
    await running.ended
    // Nobody but root can read it now, and `read` depends on it.
    assert.is(lstatSync(project.at('dist/output/demo/disk.img')).uid, 0)
    project.write('bsp/demo/scripts/make.sh', MAKE)
    const built = await project.build(selection)
    assert.is(built.code, 0, built.said)
    assertOwners(before)
  })
}

test('--clean and strux clean delete what scripts made', async () => {
  await project.build()
  const built = await project.build(['--clean'])
  assert.equal(built.ran, ['make', 'read', 'end'], built.said)
  const { code, stderr } = await project.strux(['clean'])
  assert.is(code, 0, stderr)
  assert.not.ok(project.has('dist/cache/demo'))
  assert.is((await project.strux(['clean', '--all'])).code, 0)
  assert.not.ok(project.has('dist'))
})

test('what a shell leaves is the caller’s', async () => {
  const before = owners()
  const { code, stderr } = await project.strux(['shell', '--at', 'make'], { input: MAKE })
  assert.is(code, 0, stderr)
  assert.is(lstatSync(project.at('dist/elsewhere/file')).uid, UID)
  assert.equal(
    Object.entries(owners()).filter(([path, uid]) => path.startsWith('dist') && uid !== UID),
    [],
  )
  assert.equal(before['roots.txt'], owners()['roots.txt'])
})

test.run()
