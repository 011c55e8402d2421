/** The kiosk on a kernel of its own, from Debian's package of sources with fragments of files and one in the definition. */
import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { kioskProject } from '../support/kiosk.ts'
import type { TempProject } from '../support/project.ts'
import { REPOSITORY } from '../support/repository.ts'

const test = suite('kernel')
let project: TempProject
test.after(() => project.dispose())

/** On the device, the kernel says with which symbol it was built. */
const UNIT = `[Unit]
Description=What the running kernel was configured with
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'zcat /proc/config.gz | grep CONFIG_LOCALVERSION= >/dev/console'
`

test('linux-source-6.12 with an inline fragment, which the running kernel shows, and the page on its screen', async () => {
  const config = {
    rootfs: { overlay: 'overlay' },
    test: {
      timeout: 600,
      console: ['^CONFIG_LOCALVERSION="-inline"'],
      http: [{ port: 8080, path: '/api/status', body: 'Hello from Go' }],
      screen: [
        { x: '50%', y: '95%', color: '22c55e' },
        { x: '2%', y: '50%', color: '0f766e' },
      ],
    },
  }
  const kernel = {
    custom_kernel: true,
    source: 'deb:linux-source-6.12',
    defconfig: 'tinyconfig',
    fragments: [
      './configs/common.config',
      './configs/x86_64.config',
      'CONFIG_LOCALVERSION="-inline"\nCONFIG_IKCONFIG=y\nCONFIG_IKCONFIG_PROC=y\n',
    ],
  }
  const board = { folder: 'qemu-x86_64', name: 'qemuX86_64' }
  project = kioskProject(board, config, `boot: { kernel: ${JSON.stringify(kernel)} }`)
  cpSync(join(REPOSITORY, 'test/fixtures/kiosk-kernel'), project.at('bsp/demo/configs'), { recursive: true })
  project.write('overlay/etc/systemd/system/kernel-config.service', UNIT)
  project.write('overlay/etc/systemd/system/multi-user.target.wants/.keep', '')
  symlinkSync(
    '../kernel-config.service',
    project.at('overlay/etc/systemd/system/multi-user.target.wants/kernel-config.service'),
  )
  const built = await project.build(['--from', 'before_frontend'])
  assert.is(built.code, 0, `${built.said}\n${built.lines('kernel').slice(-20).join('\n')}`)
  assert.match(project.read('dist/cache/demo/kernel/.config'), /^CONFIG_LOCALVERSION="-inline"$/m)
  assert.equal((await project.build(['--from', 'before_frontend'])).ran, [])
  const { code, stdout, stderr } = await project.strux(['test'])
  assert.is(code, 0, `${stdout}${stderr}${project.read('dist/test/demo/console.log')}`)
})

test.run()
