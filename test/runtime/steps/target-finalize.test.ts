/** The last hooks of packages and BSP, by the bash of the step, in a folder that stands for the root filesystem. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stepScript } from '../../../runtime/steps/package-files.ts'

const test = suite('target_finalize')
const root = mkdtempSync(join(tmpdir(), 'strux-finalize-'))
test.after(() => rmSync(root, { recursive: true, force: true }))
mkdirSync(join(root, 'rootfs'))

const LIBRARY = stepScript(
  ...['shell/start.sh', 'shell/step.sh', 'shell/places.sh', 'rootfs_post/source-packages.sh'],
)

function finalize(scripts: readonly object[]) {
  return spawnSync('bash', ['-c', `${LIBRARY}\nfinalize_target`], {
    encoding: 'utf8',
    env: {
      ...process.env,
      PROJECT_FOLDER: root,
      BSP_CACHE_DIR: join(root, 'cache'),
      PROJECT_DIST_OUTPUT_FOLDER: join(root, 'output'),
      ROOTFS_DIR: join(root, 'rootfs'),
      STEP_CONFIG: JSON.stringify({ target_finalize: scripts }),
    },
  })
}

test('every script runs in the project with its package, in order', () => {
  const text =
    'echo "$PWD ${NAME-none} ${VERSION-none} ${PKGDIR-none} $HOST_DIR $BINARIES_DIR" >>"$TARGET_DIR/order"'
  const of = 'beacon'
  const { status, stderr } = finalize([
    { of, text, package: { folder: 'packages/beacon', version: '1.0' } },
    { of: 'panel', text },
  ])
  assert.is(status, 0, stderr)
  assert.equal(readFileSync(join(root, 'rootfs/order'), 'utf8').trim().split('\n'), [
    `${root} beacon 1.0 ${root}/packages/beacon ${root}/cache/packages/host ${root}/output`,
    `${root} none none none ${root}/cache/packages/host ${root}/output`,
  ])
})

test('the first failure ends the step and says whose script it was', () => {
  const { status, stderr } = finalize([
    { of: 'panel', index: 0, text: 'true' },
    { of: 'panel', index: 1, text: 'false; echo on' },
    { of: 'later', index: 0, text: 'touch "$TARGET_DIR/later"' },
  ])
  assert.is(status, 1)
  assert.match(stderr, /^panel: target_finalize\[1\] failed with exit code 1$/m)
  assert.throws(() => readFileSync(join(root, 'rootfs/later')))
})

test.run()
