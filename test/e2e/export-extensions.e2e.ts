/** The exported script of an extension gives the root filesystem that a build with the extension gives. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { kioskProject } from '../support/kiosk.ts'
import { TempProject } from '../support/project.ts'

const test = suite('export of extensions')

const project = kioskProject(
  { folder: 'qemu-x86_64', name: 'qemuX86_64' },
  { build: { steps: { application: false } } },
  `hostname: 'demo', rootfs: { packages: ['hello'] },`,
)
test.after(() => project.dispose())

const EXTENSION = `import { defineExtension, sh } from 'strux-bsp'
export default defineExtension({ name: 'probe', options: { greeting: 'hello' }, hooks: {
  pre_install_distribution_specific: sh\`echo early >"$SDCARD/etc/early"\`,
  post_family_tweaks_bsp: sh\`mkdir -p "$destination/usr/share/probe"; echo "$HOOK_POINT" >"$destination/usr/share/probe/hook"\`,
  post_family_tweaks: sh\`chroot "$SDCARD" useradd --system probe\`,
  pre_customize_image: sh\`jq -r .greeting <<<"$EXTENSION_OPTIONS" >"$SDCARD/etc/issue"\`,
  post_customize_image: sh\`echo nls_utf8 >>"$SDCARD/etc/initramfs-tools/modules"\`,
  post_post_debootstrap_tweaks: sh\`ln -s ../usr/share/probe "$SDCARD/etc/probe"\`,
} })`

/** Names, modes, owners, link targets and contents. */
function contentOf(tarball: string): Map<string, string> {
  const script = `
import hashlib, sys, tarfile
with tarfile.open(sys.argv[1]) as tar:
  for each in tar:
    digest = hashlib.sha256(tar.extractfile(each).read()).hexdigest() if each.isfile() else each.linkname
    print(f'{each.name}\\t{each.type} {each.mode:o} {each.uid}:{each.gid} {digest}')
`
  const listed = execFileSync('python3', ['-c', script, tarball], { encoding: 'utf8', maxBuffer: 256e6 })
  return new Map(
    listed
      .split('\n')
      .filter(Boolean)
      .map(line => line.split('\t') as [string, string]),
  )
}

test('the same root filesystem', async () => {
  const plain = await project.build(['--until', 'rootfs_post', '--from', 'before_build'])
  assert.is(plain.code, 0, plain.said)
  const kept = project.at('plain.tar.gz')
  copyFileSync(project.at('dist/cache/demo/rootfs-post.tar.gz'), kept)

  project.write('extensions/probe.ts', EXTENSION)
  const enable = ['--enable', 'probe']
  const built = await project.build(['--until', 'rootfs_post', '--from', 'before_build', ...enable])
  assert.is(built.code, 0, built.said)
  assert.ok(built.ran.includes('rootfs_post'))
  const expected = contentOf(project.at('dist/cache/demo/rootfs-post.tar.gz'))
  assert.ok(expected.has('./etc/early') && expected.has('./usr/share/probe/hook'))

  const { code, stderr } = await project.strux(['export', 'demo', '--lossy', ...enable])
  assert.is(code, 0, stderr)
  const exported = new TempProject()
  execFileSync('cp', ['-a', `${project.at('dist/export')}/.`, exported.root])
  execFileSync('rm', ['-f', exported.at('strux.config.ts')])
  mkdirSync(exported.at('dist/cache/demo'), { recursive: true })
  copyFileSync(kept, join(exported.root, 'dist/cache/demo/rootfs-post.tar.gz'))
  const again = await exported.build(['--only', 'before_bundle'])
  assert.is(again.code, 0, again.said)
  const actual = contentOf(exported.at('dist/cache/demo/rootfs-post.tar.gz'))
  exported.dispose()
  const differing = [...new Set([...expected.keys(), ...actual.keys()])].filter(
    path => expected.get(path) !== actual.get(path),
  )
  assert.equal(differing, [])
})

test.run()
