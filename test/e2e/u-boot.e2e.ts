/** U-Boot as qemu-arm64 builds it from Debian's source: it finds Debian's kernel on the disk and starts it. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { kioskProject } from '../support/kiosk.ts'
import type { TempProject } from '../support/project.ts'
import { makeWayToKernel } from '../support/way-to-kernel.ts'

const test = suite('u-boot')
let project: TempProject
test.after(() => project.dispose())

test('qemu-arm64: U-Boot finds the kernel on the disk and starts it', async () => {
  const console = ['U-Boot 2\\d{3}', 'Linux version 6\\.\\d+', 'Waiting for root device PARTUUID']
  const board = { folder: 'qemu-arm64', name: 'qemuArm64' }
  project = kioskProject(board, { test: { timeout: 240, console } }, "boot: { cmdline: 'console=ttyAMA0' }")
  await makeWayToKernel(project)
  const { code, stdout, stderr } = await project.strux(['test'])
  assert.is(code, 0, `${stdout}${stderr}`)
})

test.run()
