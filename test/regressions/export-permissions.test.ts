/** An export keeps permissions: nothing that only its owner may read can be read by others. Empty folders stay, too. */
import { chmodSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { project, whole } from '../runtime/load/temp-project.ts'
import { exportProject } from '../support/exported.ts'

const test = suite('permissions of an export')

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8)

function withSecrets(overlay: string): string {
  const root = project({
    'bsp/qemu/bsp.ts': whole(`rootfs: { overlay: ${overlay} },
      scripts: [{ step: 'make_image', location: './scripts/sign.sh', depends_on: ['./keys/image.key'] }],`),
    'bsp/qemu/scripts/sign.sh': 'openssl',
    'bsp/qemu/keys/image.key': 'secret',
    'bsp/qemu/overlay/root/.ssh/id_ed25519': 'secret',
    'bsp/qemu/more/root/notes': 'n',
  })
  chmodSync(join(root, 'bsp/qemu/scripts/sign.sh'), 0o700)
  chmodSync(join(root, 'bsp/qemu/keys/image.key'), 0o600)
  chmodSync(join(root, 'bsp/qemu/overlay/root/.ssh/id_ed25519'), 0o600)
  chmodSync(join(root, 'bsp/qemu/overlay/root/.ssh'), 0o700)
  mkdirSync(join(root, 'bsp/qemu/overlay/var/spool'), { recursive: true })
  mkdirSync(join(root, 'bsp/qemu/overlay/srv'), { mode: 0o750 })
  return root
}

for (const [what, overlay, place] of [
  ['one overlay', "'./overlay'", 'overlay'],
  ['several overlays', "['./overlay', './more']", 'rootfs-overlay'],
] as const) {
  test(`of files and folders in ${what}`, async () => {
    const root = withSecrets(overlay)
    const { out } = await exportProject(root)
    const at = (path: string) => join(out, 'bsp/qemu', path)
    assert.equal(modeOf(at(`${place}/root/.ssh/id_ed25519`)), '600')
    assert.equal(modeOf(at(`${place}/root/.ssh`)), '700')
    assert.equal(modeOf(at(`${place}/srv`)), '750')
    assert.equal(modeOf(at('keys/image.key')), '600')
    assert.equal(modeOf(at('scripts/sign.sh')), '700')
    assert.ok(existsSync(at(`${place}/var/spool`)), 'an empty folder')

    const again = await exportProject(root, { out })
    assert.ok(again.written.every(each => each.change === 'unchanged'))
  })
}

test('follow when they change, and an export of an earlier version is put right', async () => {
  const root = withSecrets("'./overlay'")
  const { out } = await exportProject(root)
  const key = join(out, 'bsp/qemu/keys/image.key')
  chmodSync(key, 0o644)
  chmodSync(join(root, 'bsp/qemu/overlay/root/.ssh'), 0o755)
  rmSync(join(root, 'bsp/qemu/overlay/srv'), { recursive: true })
  await exportProject(root, { out })
  assert.equal(modeOf(key), '600')
  assert.equal(modeOf(join(out, 'bsp/qemu/overlay/root/.ssh')), '755')
  assert.not(existsSync(join(out, 'bsp/qemu/overlay/srv')))
})

test.run()
