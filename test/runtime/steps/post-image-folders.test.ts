/** The folders that post-image scripts find, with archives that all have the time of reproducible builds. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { postImageScript } from '../../../runtime/steps/post_scripts/harness.ts'
import { treeCall } from '../../../runtime/steps/post_scripts/tree.ts'
import { bspWith } from '../../support/simulated.ts'
import { write } from '../../support/temp-folder.ts'

const test = suite('folders of post-image scripts')
let folder: string
const at = (path: string) => join(folder, path)
test.before.each(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'strux-post-image-')))
  for (const name of ['cache', 'base', 'output', 'tree/board']) mkdirSync(at(name), { recursive: true })
})
test.after.each(() => rmSync(folder, { recursive: true }))

/** Packs a root filesystem with one file, with the time that every build gives its archive. */
function pack(path: string, text: string): void {
  const root = at('root')
  rmSync(root, { recursive: true, force: true })
  write(join(root, path), text)
  const archive = at('cache/rootfs-post.tar.gz')
  execFileSync('tar', ['-czf', archive, '-C', root, '.'])
  execFileSync('touch', ['-d', '@1735689600', archive])
}

function run(text: string, setup?: Readonly<Record<string, string>>): void {
  const base = at('base')
  const script = postImageScript({ text }, undefined as never, {
    args: [],
    cwd: folder,
    ...(setup && { setup }),
  })
  execFileSync('bash', ['-c', script], {
    env: {
      ...process.env,
      ...{ TARGET_ARCH: 'arm64', PROJECT_FOLDER: folder, BSP_CACHE_DIR: at('cache') },
      ...{ BASE_DIR: base, BUILD_DIR: join(base, 'build'), HOST_DIR: join(base, 'host') },
      ...{ STAGING_DIR: join(base, 'staging'), TARGET_DIR: join(base, 'target') },
      ...{ BINARIES_DIR: at('output'), BR2_CONFIG: join(base, '.config') },
    },
  })
}

const output = (name: string) => readFileSync(at(`output/${name}`), 'utf8')

test('TARGET_DIR follows the root filesystem, though its archive always has the same time', () => {
  const copy = 'cat "$TARGET_DIR/etc/hostname" >"$BINARIES_DIR/hostname"'
  pack('etc/hostname', 'first')
  run(copy)
  assert.is(output('hostname'), 'first')
  pack('etc/hostname', 'other')
  run(copy)
  assert.is(output('hostname'), 'other')
  // Not unpacked again for the next script.
  write(at('base/target/etc/hostname'), 'changed')
  run(copy)
  assert.is(output('hostname'), 'changed')
})

test('scripts of a tree get images of the root filesystem of now; device trees are unpacked once', () => {
  write(at('tree/board/image.cfg'), 'panel.dtb\n')
  const { setup } = treeCall({ path: 'tree' } as never, true, {
    ...{ bsp: bspWith([], { arch: 'arm64' }), bspFolder: '.', host: 'arm64' },
  })
  const script = 'true # rootfs.tar'
  pack('boot/panel.dtb', 'first')
  run(script, setup)
  assert.is(output('panel.dtb'), 'first')
  pack('boot/panel.dtb', 'other')
  run(script, setup)
  assert.is(output('panel.dtb'), 'other')
  const listed = execFileSync('tar', ['-xOf', at('output/rootfs.tar'), './boot/panel.dtb'])
  assert.is(listed.toString(), 'other')
  // A later script of the same build does not look into the archive again.
  write(at('base/post-image/dtbs/mark'), '')
  run(script, { ...setup, tree_first: '' })
  assert.ok(existsSync(at('base/post-image/dtbs/mark')))
})

test('scripts of a tree get the root filesystem as ext4, whatever mke2fs can read', () => {
  const { setup } = treeCall({ path: 'tree' } as never, true, {
    ...{ bsp: bspWith([], { arch: 'arm64' }), bspFolder: '.', host: 'arm64' },
  })
  pack('etc/hostname', 'panel')
  run('true # rootfs.ext4', setup)
  const read = (command: string) =>
    execFileSync('/usr/sbin/debugfs', ['-R', command, at('output/rootfs.ext4')], { encoding: 'utf8' })
  assert.is(read('cat /etc/hostname'), 'panel')
  assert.match(read('stat /etc/hostname'), /User: +0 +Group: +0/)
})

test.run()
