/**
 * A device keeps itself up to date: partitions are mounted, and a kernel that apt installs again is the one that the
 * firmware starts. With two kernels, of which the definition names one.
 */
import { cpSync, readdirSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../support/project.ts'

const test = suite('updates on the device')
const project = new TempProject()
project.defaults = { timeout: 90 * 60 * 1000 }
test.after(() => project.dispose())

/** At the first start, the files of the bootloader are removed, and only the package can bring them back. */
const PROBE = `#!/bin/sh
exec >/dev/ttyS0 2>&1
if [ ! -e /data/second ]; then
  for place in /boot/efi /data /home; do findmnt -rno TARGET,FSTYPE,OPTIONS "$place"; done
  stat -c 'probe %n %A %U:%G %h' /data/spool /data/tool /data/one /home/kept
  rm /boot/efi/vmlinuz /boot/efi/initrd.img
  apt-get install --reinstall -y /data/kernel.deb && touch /data/second && echo 'probe: installed again'
  ls -l /boot/efi
  sync
  systemctl --force poweroff
else
  echo "probe: started again with $(uname -r) of $(ls /boot/vmlinuz-* | wc -l)"
fi
`
const UNIT = `[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/usr/local/bin/probe
TimeoutStartSec=infinity
`

test('a kernel that apt installs is started next; data partitions have their files', async () => {
  project.config({
    build: { steps: { application: false } },
    test: { timeout: 900, console: ['probe: started again with [^ ]*cloud-amd64 of 2'] },
  })
  project.write('bsp/demo/overlay/usr/local/bin/probe', PROBE, 0o755)
  project.write('bsp/demo/overlay/etc/systemd/system/probe.service', UNIT)
  project.write('bsp/demo/overlay/home/kept', 'kept')
  project.write('bsp/demo/factory/one', 'one')
  project.write('bsp/demo/factory/tool', 'tool', 0o755)
  project.write('bsp/demo/factory/spool/.keep', '')
  project.write(
    'bsp/demo/shape.sh',
    'cd bsp/demo/factory && chmod 4755 tool && chmod 1777 spool && ln -f one two',
  )
  project.bsp(
    [
      {
        step: 'before_rootfs',
        location: './shape.sh',
      },
    ],
    {
      arch: 'x86_64',
      hostname: 'panel',
      boot: {
        kernel: { custom_kernel: false, package: 'linux-image-cloud-amd64' },
        bootloader: { enabled: true, type: 'systemd-boot' },
        cmdline: 'console=ttyS0 systemd.wants=probe.service systemd.mask=serial-getty@ttyS0.service',
      },
      rootfs: { packages: ['linux-image-amd64'], overlay: './overlay' },
      image: {
        partitions: [
          { name: 'esp', type: 'esp', size: '128M' },
          { name: 'root', type: 'root', size: '2G' },
          { name: 'data', size: '512M', content: './factory', mount: '/data', mount_options: 'noatime' },
          { name: 'home', size: '64M', mount: '/home' },
          { name: 'swap', type: 'swap', size: '64M' },
        ],
      },
      qemu: { boot: 'uefi', memory: '1G' },
    },
  )
  const rootfs = await project.build(['--from', 'before_build', '--until', 'rootfs_post'])
  assert.is(rootfs.code, 0, `${rootfs.said}${rootfs.lines('rootfs_post').slice(-20).join('\n')}`)
  const archives = project.at('dist/cache/.sources/apt/trixie-amd64/archives')
  const kernel = readdirSync(archives)
    .filter(name => /^linux-image-\d.*-cloud-amd64_/.test(name))
    .sort()
    .at(-1)!
  cpSync(`${archives}/${kernel}`, project.at('bsp/demo/factory/kernel.deb'))
  const image = await project.build(['--from', 'bootloader'])
  assert.is(image.code, 0, `${image.said}${image.lines('image').slice(-20).join('\n')}`)

  const first = await project.strux(['run', '--headless', '--keep-changes'])
  const said = `${first.stdout}${first.stderr}${project.has('dist/test/demo/console.log') ? project.read('dist/test/demo/console.log') : ''}`
  const second = await project.strux(['test'])
  assert.is(
    second.code,
    0,
    `${said}${second.stdout}${second.stderr}${project.read('dist/test/demo/console.log')}`,
  )
  for (const line of [
    /\/boot\/efi vfat \S*fmask=0077/,
    /\/data ext4 \S*noatime/,
    /\/home ext4/,
    /probe \/data\/spool drwxrwxrwt root:root/,
    /probe \/data\/tool -rwsr-xr-x root:root 1/,
    /probe \/data\/one -rw-r--r-- root:root 2/,
    /probe \/home\/kept/,
    /probe: installed again/,
  ])
    assert.match(said, line)
})

test.run()
