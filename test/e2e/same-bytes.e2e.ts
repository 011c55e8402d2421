/**
 * The same definitions give the same bytes on another machine: one with another host name, resolver, time zone and
 * umask, and a day later.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { OtherMachine } from '../support/other-machine.ts'
import { TempProject } from '../support/project.ts'

const test = suite('same bytes')
const projects = [new TempProject(), new TempProject()] as const
const machine = new OtherMachine()
test.before(() => machine.open())
test.after(async () => {
  for (const project of projects) await project.dispose()
  await machine.close()
})

const BSP = {
  arch: 'x86_64',
  hostname: 'panel',
  boot: { bootloader: { enabled: true, type: 'systemd-boot' }, cmdline: 'console=ttyS0' },
  // Packages that make keys and certificates with the host name when they are installed.
  rootfs: { packages: ['openssh-server', 'ssl-cert'], overlay: ['./overlay'] },
  image: {
    partitions: [
      { name: 'esp', type: 'esp', size: '128M' },
      { name: 'root', type: 'root' },
      { name: 'data', size: '64M', content: './factory', mount: '/data' },
    ],
  },
}

function checkOut(project: TempProject, umask: string): void {
  project.defaults = { timeout: 90 * 60 * 1000 }
  project.config({ build: { steps: { application: false } } })
  project.bsp([{ id: 'brand', step: 'after_rootfs', run: 'true' }], BSP)
  const commands = `umask ${umask}; cd bsp/demo; mkdir -p overlay/etc/default overlay/lib/app factory/deep
    echo hi >overlay/etc/motd; echo x >overlay/etc/default/app; echo y >overlay/lib/app/tool; chmod u+x,+x overlay/lib/app/tool
    echo 1 >factory/one; echo 2 >factory/deep/two; ln -s one factory/link`
  execFileSync('bash', ['-c', commands], { cwd: project.root })
}

const sums = (project: TempProject) =>
  ['dist/cache/demo/rootfs-post.tar.gz', 'dist/output/demo/disk.img'].map(path =>
    createHash('sha256')
      .update(readFileSync(project.at(path)))
      .digest('hex'),
  )

test('of root filesystem and image', async () => {
  const [here, there] = projects
  checkOut(here, '022')
  checkOut(there, '077')
  const first = await here.build(['--from', 'before_build'], { env: { TZ: 'UTC' } })
  assert.is(first.code, 0, `${first.said}${first.lines('rootfs_post').slice(-20).join('\n')}`)
  const second = await there.build(['--from', 'before_build'], {
    env: { TZ: 'Asia/Tokyo', DOCKER_HOST: machine.address, LC_ALL: 'C' },
  })
  assert.is(second.code, 0, `${second.said}${second.lines('rootfs_post').slice(-20).join('\n')}`)
  assert.ok(machine.containers > 0)
  if (sums(here)[0] !== sums(there)[0]) assert.unreachable(difference())
  assert.equal(sums(there), sums(here))
})

/** The entries of the root filesystems that differ. */
function difference(): string {
  const list = projects.map(project => {
    const folder = project.at('unpacked')
    execFileSync('bash', [
      '-c',
      `mkdir ${folder} && tar -xpzf ${project.at('dist/cache/demo/rootfs-post.tar.gz')} -C ${folder}`,
    ])
    return folder
  })
  const found = execFileSync(
    'bash',
    ['-c', `diff -rq --no-dereference --exclude=dev ${list.join(' ')} | head -50; true`],
    {
      encoding: 'utf8',
    },
  )
  return `the root filesystems differ:\n${found}`
}

test.run()
