/**
 * UEFI firmware starts the kiosk: GRUB from the ESP of a GPT disk, on the root filesystem that this repository has for its
 * own board, since the way to the kernel is what differs. systemd-boot is what the board itself has.
 */
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inRepository, kioskProject } from '../support/kiosk.ts'
import type { TempProject } from '../support/project.ts'
import { REPOSITORY } from '../support/repository.ts'

const test = suite('uefi')
let project: TempProject | undefined
test.after(() => project?.dispose())

const CONFIG = {
  test: { timeout: 600, http: [{ port: 8080, path: '/api/status', body: 'Hello from Go' }] },
}

test.before(async () => {
  const { code, stdout, stderr } = await inRepository('build', 'qemu-x86_64', '--until', 'rootfs_post')
  assert.is(code, 0, `${stdout}${stderr}`)
})

for (const bootloader of ['grub', 'systemd-boot']) {
  test(`${bootloader} starts the kernel, and the application answers`, async () => {
    await project?.dispose()
    const options = `{ bootloader: '${bootloader}' }`
    project = kioskProject({ folder: 'qemu-x86_64-uefi', name: 'qemuX86_64Uefi', options }, CONFIG)
    mkdirSync(project.at('dist/cache/demo'), { recursive: true })
    for (const name of ['rootfs-post.tar.gz', 'vmlinuz', 'initrd.img'])
      cpSync(join(REPOSITORY, 'dist/cache/qemu-x86_64', name), project.at(`dist/cache/demo/${name}`))
    for (const step of ['bootloader', 'image']) {
      const built = await project.build(['--only', step])
      assert.is(built.code, 0, `${built.said}\n${built.lines(step).slice(-20).join('\n')}`)
    }
    const { code, stdout, stderr } = await project.strux(['test'])
    assert.is(code, 0, `${stdout}${stderr}${project.read('dist/test/demo/console.log')}`)
  })
}

test.run()
