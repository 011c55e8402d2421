/**
 * U-Boot as two boards of this repository build it, from Debian's source: one starts Debian's kernel in QEMU, of the
 * other, which is no virtual one, it is shown that everything is where the boot ROM, U-Boot and the kernel look for it.
 * The root filesystem holds nothing but device trees: it is the way to the kernel that is looked at.
 */
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../support/project.ts'
import { REPOSITORY } from '../support/repository.ts'
import { takeSources } from '../support/sources.ts'

const test = suite('u-boot')
const HOUR = 60 * 60 * 1000
let project: TempProject

test.before(() => {
  project = new TempProject()
  project.defaults = { timeout: HOUR }
  takeSources(project)
})
test.after(() => project.dispose())

/** A BSP on a board of this repository. */
function define(board: string, name: string, more: string, config: object = {}): void {
  project.config({ bsp: board, ...config })
  cpSync(join(REPOSITORY, 'boards', board), project.at(`boards/${board}`), { recursive: true })
  project.write(
    `bsp/${board}/bsp.ts`,
    `import { defineBsp } from 'strux-bsp'\nimport { ${name} } from '../../boards/${board}/board.ts'\n\n` +
      `export default defineBsp({ name: '${board}', extends: ${name}(), ${more} })\n`,
  )
}

async function shell(board: string, at: string, commands: string): Promise<string> {
  const { code, stdout, stderr } = await project.strux(['shell', board, '--at', at], {
    input: `set -e\n${commands}\n`,
  })
  assert.is(code, 0, `${stdout}${stderr}`)
  return stdout.trim()
}

async function build(board: string, step: string): Promise<void> {
  const built = await project.build([board, '--only', step])
  assert.is(built.code, 0, `${built.said}\n${built.lines(step).slice(-20).join('\n')}`)
}

/** Debian's kernel for the board and its device trees, where the root filesystem's step would put them. */
const KERNEL = `
dpkg --add-architecture arm64
apt-get -qq update
cd "$(mktemp -d)"
apt-get -qq download "$(apt-cache show linux-image-arm64:arm64 | sed -n 's/^Depends: \\(linux-image-[^ ]*\\).*/\\1/p' | head -n 1):arm64"
dpkg-deb -x linux-image-*.deb kernel
cp kernel/boot/vmlinuz-* "$BSP_CACHE_DIR/vmlinuz"
mkdir -p tree/etc tree/proc tree/usr/lib
for folder in kernel/usr/lib/linux-image-*; do
  mkdir -p "tree/usr/lib/\${folder##*/}" && cp -r "$folder/rockchip" "tree/usr/lib/\${folder##*/}/"
done
tar -C tree -czf "$BSP_CACHE_DIR/rootfs-post.tar.gz" .
`

test('qemu-arm64: U-Boot finds the kernel on the disk and starts it', async () => {
  const console = ['U-Boot 2\\d{3}', 'Linux version 6\\.\\d+', 'Waiting for root device PARTUUID']
  define('qemu-arm64', 'qemuArm64', "boot: { cmdline: 'console=ttyAMA0' }", {
    test: { timeout: 240, console },
  })
  await build('qemu-arm64', 'bootloader')
  await shell('qemu-arm64', 'bootloader', KERNEL)
  await build('qemu-arm64', 'image')
  const { code, stdout, stderr } = await project.strux(['test', 'qemu-arm64'])
  assert.is(code, 0, `${stdout}${stderr}`)
})

test('rockpro64: first stage, U-Boot with TF-A, kernel, device tree and configuration in their places', async () => {
  const board = 'rockpro64'
  define(board, 'rockPro64', '')
  await build(board, 'bootloader')
  await shell(board, 'bootloader', KERNEL)
  await build(board, 'image')
  const image = `dist/output/${board}/disk.img`
  const at = (offset: number, length: number) => bytesOf(image, offset, length)

  // The boot ROM reads sector 64, and the first stage sector 16384.
  const loader = readFileSync(project.at(`dist/cache/${board}/bootloader/u-boot-rockchip.bin`))
  assert.ok(at(64 * 512, loader.length).equals(loader), 'u-boot-rockchip.bin is at 32 KiB')
  const first = await shell(board, 'image', `mkimage -l dist/cache/${board}/bootloader/idbloader.img`)
  assert.match(first, /Rockchip .*Boot Image|Rockchip RK33/)
  const second = await shell(
    board,
    'image',
    `dd if=${image} of=/tmp/fit bs=512 skip=16384 count=4096 status=none; dumpimage -l /tmp/fit`,
  )
  for (const each of [/ARM Trusted Firmware/, /U-Boot/, /rk3399-rockpro64/]) assert.match(second, each)

  const table = JSON.parse(await shell(board, 'image', `sfdisk --json ${image}`)).partitiontable
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
  const files = await shell(board, 'image', `${boot}; debugfs -R 'ls -p /' /tmp/boot 2>/dev/null`)
  for (const name of ['vmlinuz', 'rk3399-rockpro64.dtb', 'extlinux']) assert.ok(files.includes(name), files)
  const extlinux = await shell(
    board,
    'image',
    `${boot}; debugfs -R 'cat /extlinux/extlinux.conf' /tmp/boot 2>/dev/null`,
  )
  assert.match(extlinux, /^ +kernel \/vmlinuz$/m)
  assert.match(extlinux, /^ +fdt \/rk3399-rockpro64\.dtb$/m)
  assert.match(extlinux, /^ +append root=PARTUUID=\S+ .*console=ttyS2,1500000n8$/m)
  const model = await shell(
    board,
    'image',
    `${boot}; debugfs -R 'dump /rk3399-rockpro64.dtb /tmp/dtb' /tmp/boot 2>/dev/null; fdtget /tmp/dtb / model / compatible`,
  )
  assert.match(model, /RockPro64/i)
})

function bytesOf(path: string, offset: number, length: number): Buffer {
  return readFileSync(project.at(path)).subarray(offset, offset + length)
}

test.run()
