/** A device without an application and a screen: Debian with the board's own packages, which boots to its login. */
import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { schemaErrors } from '../support/cyclonedx.ts'
import { kioskProject } from '../support/kiosk.ts'

const test = suite('plain')
const project = kioskProject(
  { folder: 'qemu-x86_64', name: 'qemuX86_64' },
  {
    build: { steps: { application: false } },
    test: { timeout: 600, console: ['greetings from the overlay'] },
  },
  `hostname: 'demo', rootfs: { packages: ['hello'], overlay: './overlay' },`,
)
test.after(() => project.dispose())

test('boots to the login of Debian, and has none of the programs of a kiosk', async () => {
  project.write('bsp/demo/overlay/etc/issue', 'greetings from the overlay\n\n')
  const built = await project.build(['--from', 'before_build'])
  assert.is(built.code, 0, built.said)
  assert.equal(built.ran, ['rootfs', 'rootfs_post', 'image'])
  const tarball = project.at('dist/cache/demo/rootfs-post.tar.gz')
  const files = new Set(
    execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8', maxBuffer: 64e6 }).split('\n'),
  )
  for (const path of ['./usr/bin/hello', './etc/systemd/network/20-ethernet.network'])
    assert.ok(files.has(path), path)
  for (const path of ['./strux/main', './strux/client', './usr/bin/cage', './usr/bin/cog'])
    assert.not(files.has(path), path)
  assert.not([...files].some(path => path.endsWith('/strux.service')))
  const { code, stdout, stderr } = await project.strux(['test'])
  assert.is(code, 0, `${stdout}${stderr}${project.read('dist/test/demo/console.log')}`)
})

test('its bill of materials has every Debian package, and the official schema accepts it', async () => {
  const { code, stderr } = await project.strux(['legal-info'])
  assert.is(code, 0, stderr)
  const text = project.read('dist/legal-info/demo/sbom.cdx.json')
  assert.is(await schemaErrors(text), undefined)
  const status = execFileSync(
    'tar',
    ['-xzOf', project.at('dist/cache/demo/rootfs-post.tar.gz'), './var/lib/dpkg/status'],
    { encoding: 'utf8', maxBuffer: 64e6 },
  )
  const installed = status.match(/^Status: install ok installed$/gm)!.length
  assert.is(text.match(/"purl": "pkg:deb\//g)!.length, installed)
  const table = project.read('dist/legal-info/demo/manifest.csv')
  // Licences as SPDX where the copyright file is machine-readable. That of hello is prose, so only the licence texts
  // that it names are known.
  assert.match(table, /^"kmod","[^"]+","GPL-2.0-or-later AND LGPL-2.1-or-later"/m)
  assert.match(table, /^"hello","[^"]+","GFDL \(see copyright\), GPL \(see copyright\)"/m)
})

test.run()
