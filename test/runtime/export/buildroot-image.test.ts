/** The disk image of a BSP in an exported Buildroot tree. test/integration/packages makes images of such trees. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('strux export --buildroot: image')
let project: TempProject
test.before.each(() => {
  project = new TempProject()
})
test.after.each(() => project.dispose())

const read = (path: string) => project.read(`br/${path}`)

/** Exports the BSP; what it says about the image, and the configuration. */
async function exported(image: object, more: object = {}) {
  project.config({ build: { steps: { application: false } } })
  project.bsp([], { arch: 'arm64', image, ...more })
  const options = ['export', '--buildroot', project.at('br'), '--lossy', '--force']
  const { code, stderr } = await project.strux(options)
  assert.is(code, 0, stderr)
  const losses = [...stderr.matchAll(/no counterpart in Buildroot: (.*)/g)].map(match => match[1])
  return { losses, symbols: new Set(read('configs/demo_defconfig').trim().split('\n')) }
}

const U_BOOT = { bootloader: { enabled: true, type: 'u-boot', defconfig: 'board_defconfig' } }

test('partitions, raw files and boot files are those of the image; the script makes it before all others', async () => {
  project.write('bsp/demo/data/file', 'x')
  project.write('bsp/demo/firmware.bin', 'bytes')
  const { losses, symbols } = await exported(
    {
      device_tree: 'vendor/board.dtb',
      raw: [{ file: 'cache/bootloader/u-boot-rockchip.bin', offset: '32K' }],
      partitions: [
        { name: 'boot', type: 'boot', offset: '16M', size: '256M', filesystem: 'vfat' },
        { name: 'root', type: 'root', size: '1G' },
        { name: 'data', content: './data' },
        { name: 'fw', file: './firmware.bin', size: '1M' },
        { name: 'spare', filesystem: 'none', size: '4M', type: '8DA63339-0007-60C0-C436-083AC8230908' },
      ],
    },
    { boot: { ...U_BOOT, cmdline: 'quiet' }, post_image: { scripts: [{ run: 'set -e' }] } },
  )
  assert.equal(
    losses.filter(each => /image|partition|file /.test(each!)),
    [],
  )
  const board = '$(BR2_EXTERNAL_DEMO_PATH)/board/demo'
  for (const line of [
    `BR2_ROOTFS_POST_IMAGE_SCRIPT="${board}/disk-image.sh ${board}/post-image-1.sh"`,
    'BR2_PACKAGE_HOST_GENIMAGE=y',
    'BR2_PACKAGE_HOST_MTOOLS=y',
    'BR2_PACKAGE_HOST_E2FSPROGS=y',
    'BR2_TARGET_ROOTFS_EXT2_SIZE="1048576K"',
    'BR2_TARGET_ROOTFS_EXT2_LABEL="root"',
    'BR2_TARGET_UBOOT_FORMAT_CUSTOM_NAME="u-boot-rockchip.bin"',
    'BR2_LINUX_KERNEL_INTREE_DTS_NAME="vendor/board"',
  ])
    assert.ok(symbols.has(line), line)
  const config = read('board/demo/genimage.cfg')
  const partition = (name: string) =>
    new RegExp(`\\n\\tpartition "${name}" \\{\\n([^}]*)\\t\\}`)
      .exec(config)?.[1]
      ?.trim()
      .split(/\n\t*/)
      .filter(line => !line.startsWith('partition-uuid'))
  assert.equal(partition('raw-1'), [
    'in-partition-table = false',
    'image = "u-boot-rockchip.bin"',
    'offset = 32K',
  ])
  assert.equal(partition('boot'), [
    'partition-type-uuid = "BC13C2FF-59E6-4262-A352-B275FD6F7172"',
    'image = "boot.image"',
    'size = 256M',
    'offset = 16M',
  ])
  assert.is(partition('root')?.[1], 'image = "rootfs.ext4"')
  assert.is(partition('fw')?.[1], 'image = "image/files/firmware.bin"')
  assert.equal(partition('spare'), [
    'partition-type-uuid = "8DA63339-0007-60C0-C436-083AC8230908"',
    'size = 4M',
  ])
  assert.match(
    config,
    /image "data\.image" \{\n\text4 \{[^}]*\}\n\tsrcpath = .*image\/content\/data"\n\tsize = 65M\n/,
  )
  const root = /partition "root" [^}]*partition-uuid = "([^"]*)"/.exec(config)![1]
  assert.match(
    read('board/demo/image/boot/extlinux/extlinux.conf'),
    `  kernel /vmlinuz\n  fdt /board.dtb\n  append root=PARTUUID=${root} rw rootwait quiet\n`,
  )
  assert.is(read('board/demo/image/content/data/file'), 'x')
})

test('what Buildroot cannot put into a partition is told', async () => {
  const { losses } = await exported(
    {
      raw: [{ file: 'output/signed.bin', offset: '32K' }],
      partitions: [
        { name: 'root', type: 'root', filesystem: 'vfat' },
        { name: 'swap', type: 'swap', size: '64M' },
        { name: 'data', content: 'cache/data' },
        { name: 'fw', file: 'cache/firmware.bin' },
      ],
    },
    { boot: U_BOOT },
  )
  for (const loss of [
    'a root filesystem in vfat',
    'the swap area in the partition swap, which stays empty',
    'the folder cache/data, which a build makes',
    'the file cache/firmware.bin, which Buildroot does not make',
    'the file output/signed.bin, which Buildroot does not make',
  ])
    assert.ok(losses.includes(loss), `${loss}\n${losses.join('\n')}`)
  assert.match(read('README.md'), /^- the swap area in the partition swap/m)
})

test('without a boot partition, U-Boot finds its configuration in the root filesystem', async () => {
  const { symbols } = await exported(
    { table: 'mbr', partitions: [{ name: 'root', type: 'root', filesystem: 'squashfs' }] },
    { boot: U_BOOT },
  )
  for (const line of [
    'BR2_ROOTFS_OVERLAY="$(BR2_EXTERNAL_DEMO_PATH)/board/demo/boot-overlay"',
    'BR2_LINUX_KERNEL_INSTALL_TARGET=y',
    'BR2_TARGET_ROOTFS_SQUASHFS=y',
  ])
    assert.ok(symbols.has(line), line)
  const config = read('board/demo/genimage.cfg')
  const signature = /disk-signature = 0x(\w+)/.exec(config)![1]
  assert.match(config, /partition-type = 0x83\n\t\timage = "rootfs\.squashfs"/)
  assert.match(
    read('board/demo/boot-overlay/boot/extlinux/extlinux.conf'),
    `  kernel /boot/Image\n  append root=PARTUUID=${signature}-01 rw rootwait\n`,
  )
})

test.run()
