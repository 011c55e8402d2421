/**
 * rockpro64, a board that is no virtual one: in its image everything is where the boot ROM, U-Boot and the kernel look
 * for it.
 */
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { kioskProject } from '../support/kiosk.ts'
import type { TempProject } from '../support/project.ts'
import { inStep, makeWayToKernel } from '../support/way-to-kernel.ts'

const test = suite('rockpro64')
let project: TempProject
test.after(() => project.dispose())

test('rockpro64: first stage, U-Boot with TF-A, kernel, device tree and configuration in their places', async () => {
  project = kioskProject({ folder: 'rockpro64', name: 'rockPro64' })
  await makeWayToKernel(project)
  const image = 'dist/output/demo/disk.img'
  const shell = (commands: string) => inStep(project, 'image', commands)
  const at = (offset: number, length: number) => bytesOf(image, offset, length)

  // The boot ROM reads sector 64, and the first stage sector 16384.
  const loader = readFileSync(project.at('dist/cache/demo/bootloader/u-boot-rockchip.bin'))
  assert.ok(at(64 * 512, loader.length).equals(loader), 'u-boot-rockchip.bin is at 32 KiB')
  const first = await shell('mkimage -l dist/cache/demo/bootloader/idbloader.img')
  assert.match(first, /Rockchip .*Boot Image|Rockchip RK33/)
  const second = await shell(
    `dd if=${image} of=/tmp/fit bs=512 skip=16384 count=4096 status=none; dumpimage -l /tmp/fit`,
  )
  for (const each of [/ARM Trusted Firmware/, /U-Boot/, /rk3399-rockpro64/]) assert.match(second, each)

  const table = JSON.parse(await shell(`sfdisk --json ${image}`)).partitiontable
  assert.is(table.label, 'gpt')
  assert.equal(
    table.partitions.map((each: { name: string; start: number }) => [each.name, each.start]),
    [
      ['boot', 32768],
      ['root', 32768 + 256 * 2048],
    ],
  )
  assert.ok(64 * 512 + loader.length < 32768 * 512, 'U-Boot ends before the first partition')
  const boot = `dd if=${image} of=/tmp/boot bs=1M skip=16 count=256 status=none`
  const files = await shell(`${boot}; debugfs -R 'ls -p /' /tmp/boot 2>/dev/null`)
  for (const name of ['vmlinuz', 'rk3399-rockpro64.dtb', 'extlinux']) assert.ok(files.includes(name), files)
  const extlinux = await shell(`${boot}; debugfs -R 'cat /extlinux/extlinux.conf' /tmp/boot 2>/dev/null`)
  assert.match(extlinux, /^ +kernel \/vmlinuz$/m)
  assert.match(extlinux, /^ +fdt \/rk3399-rockpro64\.dtb$/m)
  assert.match(extlinux, /^ +append root=PARTUUID=\S+ .*console=ttyS2,1500000n8$/m)
  const model = await shell(
    `${boot}; debugfs -R 'dump /rk3399-rockpro64.dtb /tmp/dtb' /tmp/boot 2>/dev/null; fdtget /tmp/dtb / model / compatible`,
  )
  assert.match(model, /RockPro64/i)
})

function bytesOf(path: string, offset: number, length: number): Buffer {
  return readFileSync(project.at(path)).subarray(offset, offset + length)
}

test.run()
