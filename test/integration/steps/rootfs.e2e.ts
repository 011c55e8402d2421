/**
 * A root filesystem for a device without a screen, bootstrapped for real twice: what is in it, and that both are the same,
 * though the second has no network.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { machineMirror } from '../../../runtime/execute/images/apt-sources.ts'
import type { Built } from '../../support/built.ts'
import { TempProject } from '../../support/project.ts'
import { REPOSITORY } from '../../support/repository.ts'

const test = suite('rootfs')
const C = 'dist/cache/demo'
const CONFIG = {
  hostname: 'from-project',
  boot: { splash: { enabled: true, logo: 'logo.png', color: '7c3aed' } },
  build: { steps: { frontend: false, cage: false, wpe: false } },
}
const projects: TempProject[] = []
test.after(async () => {
  for (const project of projects) await project.dispose()
})

function define(): TempProject {
  const project = new TempProject()
  projects.push(project)
  cpSync(join(REPOSITORY, 'templates/kiosk/assets/logo.png'), project.at('logo.png'))
  project.write('keys/debian.gpg', readFileSync('/usr/share/keyrings/debian-archive-keyring.gpg'))
  project.config({
    ...CONFIG,
    rootfs: {
      // The last two come from another component and from another suite.
      packages: ['file', 'firmware-zd1211', 'hyprland-protocols/trixie-backports'],
      overlay: 'overlay',
      repositories: [{ uri: machineMirror()!.main, suite: 'trixie-backports', key: 'keys/debian.gpg' }],
    },
    display: { monitors: [{ path: '/sign', transform: 90 }] },
  })
  project.bsp([], { arch: 'x86_64', rootfs: { overlay: ['./board', './files'] } })
  project.write('overlay/etc/motd', 'from the project')
  project.write('overlay/etc/systemd/system/strux.service', '# replaced\n')
  project.write('bsp/demo/files/etc/motd', 'from the BSP')
  project.write('bsp/demo/files/etc/issue', 'from the BSP')
  // What a first overlay has that a second replaces, in every way; and the lib of it is the root filesystem's link.
  project.write('bsp/demo/board/etc/motd', 'from a board')
  project.write('bsp/demo/board/etc/issue', 'of a board--')
  project.write('bsp/demo/board/etc/board', 'from a board')
  project.write('bsp/demo/board/etc/was-folder/file', '')
  project.write('bsp/demo/board/etc/was-file', '')
  project.write('bsp/demo/board/lib/of-board', '')
  project.write('bsp/demo/files/etc/was-folder', 'a file')
  project.write('bsp/demo/files/etc/was-file/file', 'in a folder')
  // Packages of boards have the same time on all files.
  for (const overlay of ['board', 'files'])
    utimesSync(project.at(`bsp/demo/${overlay}/etc/issue`), 499162500, 499162500)
  // What other steps make: not what this is about.
  project.write(`${C}/app/main`, '#!/bin/sh\n')
  project.write(`${C}/client`, '#!/bin/sh\n')
  return project
}

async function build(project: TempProject): Promise<Built> {
  const built = await project.build(['--only', 'rootfs', '--only', 'rootfs_post'])
  assert.is(built.code, 0, built.said)
  return built
}

const MADE = ['rootfs-base.tar.gz', 'rootfs-post.tar.gz', 'vmlinuz', 'initrd.img']
const sums = (project: TempProject) =>
  MADE.map(
    name =>
      `${name} ${createHash('sha256')
        .update(readFileSync(project.at(`${C}/${name}`)))
        .digest('hex')}`,
  )
const inTarball = (project: TempProject, path: string) =>
  execFileSync('tar', ['-xzOf', project.at(`${C}/rootfs-post.tar.gz`), `./${path}`], { encoding: 'utf8' })

const namesInTarball = (project: TempProject) =>
  execFileSync('tar', ['-tzf', project.at(`${C}/rootfs-post.tar.gz`)], {
    encoding: 'utf8',
    maxBuffer: 64e6,
  }).split('\n')

test('has packages, names, programs, and overlays that replace what is ours', async () => {
  const project = define()
  await build(project)
  const names = namesInTarball(project)
  for (const name of ['./usr/bin/file', './strux/main', './strux/client', './usr/lib/systemd/systemd'])
    assert.ok(names.includes(name), name)
  assert.not.ok(names.includes('./usr/bin/cage'))
  assert.ok(
    names.some(name => name.startsWith('./usr/share/hyprland-protocols/')),
    'of another suite',
  )
  assert.ok(
    names.some(name => name.includes('/zd1211/')),
    'of another component',
  )
  const sources = inTarball(project, 'etc/apt/sources.list.d/0000debian.list').trim().split('\n')
  assert.ok(
    sources.every(line => line.endsWith(' main contrib non-free non-free-firmware')),
    sources.join('\n'),
  )
  assert.match(
    inTarball(project, 'etc/apt/sources.list.d/strux-1.sources'),
    /^Types: deb\nURIs: http.*\nSuites: trixie-backports\nComponents: main\nSigned-By:\n -----BEGIN PGP/,
  )
  assert.ok(names.includes('./usr/share/plymouth/themes/strux/logo.png'))
  assert.not.ok(names.some(name => name.startsWith('./var/cache/apt/archives/') && name.endsWith('.deb')))
  assert.is(inTarball(project, 'etc/hostname'), 'from-project\n')
  assert.match(inTarball(project, 'etc/hosts'), /127\.0\.1\.1\tfrom-project/)
  assert.is(inTarball(project, 'etc/motd'), 'from the project')
  assert.is(inTarball(project, 'etc/issue'), 'from the BSP')
  assert.is(inTarball(project, 'etc/board'), 'from a board')
  assert.is(inTarball(project, 'etc/was-folder'), 'a file')
  assert.is(inTarball(project, 'etc/was-file/file'), 'in a folder')
  for (const name of ['./lib', './usr/lib/of-board']) assert.ok(names.includes(name), name)
  assert.is(inTarball(project, 'etc/systemd/system/strux.service'), '# replaced\n')
  const about = JSON.parse(inTarball(project, 'etc/strux/project.json'))
  assert.equal([about.name, about.projectVersion, about.bsp, about.arch], ['test', '1.2.3', 'demo', 'x86_64'])
  const display = JSON.parse(project.read(`${C}/.display-config.json`))
  assert.equal(display, { monitors: [{ path: '/sign', transform: '90' }] })
  assert.ok(names.includes('./etc/systemd/system/multi-user.target.wants/strux.service'), 'units are enabled')
  for (const name of ['./etc/.updated', './var/.updated'])
    assert.ok(names.includes(name), `${name}: the first start has nothing to catch up on`)
})

test('bootstrapped again from the same packages, without a network, every file is the same, byte for byte', async () => {
  const again = define()
  cpSync(projects[0]!.at('dist/cache/.sources'), again.at('dist/cache/.sources'), { recursive: true })
  const nowhere = 'http://127.0.0.1:9'
  again.defaults = { env: { http_proxy: nowhere, https_proxy: nowhere } }
  const { events } = await build(again)
  assert.match(JSON.stringify(events), /the root filesystem is made from the kept ones/)
  assert.equal(sums(again), sums(projects[0]!))
})

test('a kernel of the board: with modules, and without any', async () => {
  const project = projects[0]!
  const post = ['--only', 'rootfs_post']
  project.config(CONFIG)
  project.bsp([], { arch: 'x86_64', boot: { kernel: { custom_kernel: true } } })
  project.write(`${C}/kernel/bzImage`, 'a kernel')
  project.write(`${C}/kernel/.config`, 'CONFIG_RD_ZSTD=y\n')
  const bare = await project.build(post)
  assert.is(bare.code, 0, `${bare.said}\n${bare.lines('rootfs_post').join('\n')}`)
  assert.is(project.read(`${C}/vmlinuz`), 'a kernel')
  const empty = gunzipSync(readFileSync(project.at(`${C}/initrd.img`))).toString('latin1')
  assert.match(empty, /^070701[0-9A-F]{104}TRAILER!!!\0+$/)

  project.write(`${C}/kernel/modules/lib/modules/6.1.0-demo/modules.order`, '')
  project.write(`${C}/kernel/modules/lib/modules/6.1.0-demo/modules.builtin`, 'kernel/fs/ext4/ext4.ko\n')
  const modular = await project.build(post)
  assert.is(modular.code, 0, `${modular.said}\n${modular.lines('rootfs_post').join('\n')}`)
  const names = namesInTarball(project)
  assert.ok(names.includes('./usr/lib/modules/6.1.0-demo/modules.dep'), 'the modules are indexed')
  for (const name of ['vmlinuz', 'initrd.img']) assert.ok(names.includes(`./boot/${name}-6.1.0-demo`), name)
})

test('a package file that is not there, and a package that Debian does not have, are said', async () => {
  const project = projects[0]!
  project.config({ ...CONFIG, rootfs: { packages: ['./missing.deb'] } })
  const missing = await project.build(['--only', 'rootfs_post'])
  assert.is.not(missing.code, 0)
  assert.match(`${missing.said}${JSON.stringify(missing.events)}`, /there is no package .*missing\.deb/)
  project.config({ ...CONFIG, rootfs: { packages: ['firmware-zd1211'], components: ['main'] } })
  const elsewhere = await project.build(['--only', 'rootfs_post'])
  assert.match(JSON.stringify(elsewhere.events), /not all packages could be installed/)
  project.config({ ...CONFIG, rootfs: { packages: ['no-such-package'] } })
  const unknown = await project.build(['--only', 'rootfs_post'])
  assert.is.not(unknown.code, 0)
  assert.match(JSON.stringify(unknown.events), /not all packages could be installed/)
})

test.run()
