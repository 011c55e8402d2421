/** An image with people's bash extensions of many kinds, unedited: it is built, has what they put into it, and boots. */
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { kioskProject } from '../support/kiosk.ts'
import { REPOSITORY } from '../support/repository.ts'

const FIXTURES = join(REPOSITORY, 'test/fixtures/bash-extensions')
/** One takes long to compile, the other asks for a passphrase at boot. */
const LEFT_OUT = ['example-dkms', 'encrypted-root']
const NAMES = readdirSync(FIXTURES)
  .map(name => name.replace(/\.sh$/, ''))
  .filter(name => !LEFT_OUT.includes(name))

const test = suite('bash extensions in an image')
const project = kioskProject(
  { folder: 'qemu-x86_64-uefi', name: 'qemuX86_64Uefi', options: '{}' },
  {
    build: { steps: { application: false, client: false } },
    // The prompt itself is no whole line.
    test: { timeout: 900, console: ['Debian GNU/Linux 13 lobby'] },
  },
  `extensions: ${JSON.stringify(NAMES)},`,
)
test.after(() => project.dispose())
test.before(() => {
  cpSync(FIXTURES, project.at('userpatches/extensions'), { recursive: true })
  const tool = project.at('userpatches/host-tool.git')
  project.write(
    'userpatches/host-tool.git/stamp.c',
    '#include <stdio.h>\nint main(int n, char **a) { printf("stamped %s\\n", a[1]); return 0; }\n',
  )
  project.write(
    'userpatches/host-tool.git/Makefile',
    'stamp: stamp.c\n\t$(CC) -o $@ $<\nclean:\n\trm -f stamp\n',
  )
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', tool, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args])
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-q', '-m', 'stamp')
})

function inTarball(path: string): string {
  const tarball = project.at('dist/cache/demo/rootfs-post.tar.gz')
  return execFileSync('tar', ['-xzOf', tarball, path], { encoding: 'utf8' })
}

test('is built, with the effects of all of them', async () => {
  const built = await project.build(['--from', 'before_build'])
  const said = ['host_tools', 'rootfs_post', 'image'].flatMap(id => built.lines(id).slice(-20))
  assert.is(built.code, 0, `${built.said}\n${said.join('\n')}`)
  assert.is(
    inTarball('./etc/carried-state'),
    'first note\nwith "quotes" and $dollar\nrootfs of trixie\nfile level\nuser_config\none\ntwo\n',
  )
  assert.is(
    inTarball('./etc/older-names'),
    'config_pre_install_distribution_specific\npre_customize_image\nimage_tweaks_pre_customize 4/4\n',
  )
  assert.is(inTarball('./etc/stamp'), 'stamped demo\n')
  assert.match(inTarball('./etc/udev/rules.d/90-gpio.rules'), 'GROUP="gpio"')
  assert.match(inTarball('./etc/group'), /^gpio:/m)
  assert.match(inTarball('./etc/systemd/system.conf.d/watchdog.conf'), 'RuntimeWatchdogSec=30s')
  assert.is(inTarball('./var/lib/cloud/seed/nocloud/meta-data'), 'instance-id: demo\nlocal-hostname: demo\n')
  assert.match(inTarball('./etc/apt/sources.list.d/backports-repo.list'), 'trixie-backports main')
  const packages = inTarball('./var/lib/dpkg/status')
  for (const name of ['hello', 'tree', 'less']) assert.match(packages, new RegExp(`^Package: ${name}$`, 'm'))
  const files = execFileSync('tar', ['-tzf', project.at('dist/cache/demo/rootfs-post.tar.gz')], {
    encoding: 'utf8',
    maxBuffer: 64e6,
  })
  assert.not.match(files, './root/scratch')
  const output = readdirSync(project.at('dist/output/demo'))
  assert.ok(output.includes('disk-lobby.img.qcow2'), output.join())
  const { stdout: table } = await project.strux(['shell', '--at', 'image'], {
    input: 'sfdisk -J dist/output/demo/disk.img\n',
  })
  const [esp] = JSON.parse(table).partitiontable.partitions
  assert.is(esp.size / 2048, 200)
})

test('a second build does nothing', async () => {
  const built = await project.build(['--from', 'before_build'])
  assert.equal(built.ran, [])
})

test('boots', async () => {
  const { code, stdout, stderr } = await project.strux(['test'])
  assert.is(code, 0, `${stdout}${stderr}${project.read('dist/test/demo/console.log')}`)
})

test.run()
