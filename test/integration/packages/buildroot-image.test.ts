/** The disk image of an exported Buildroot tree: its script and genimage.cfg, with the real genimage. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('disk image of an exported Buildroot tree')
const project = new TempProject()
test.after(() => project.dispose())

interface Table {
  readonly label: string
  readonly partitions: readonly {
    readonly name?: string
    readonly start: number
    readonly size: number
    readonly type: string
    readonly uuid?: string
  }[]
}

const BOOT = { bootloader: { enabled: true, type: 'u-boot', defconfig: 'x' } }

/** Makes the image of the exported tree, as Buildroot does after it has made its own files. */
async function makeImage(image: object): Promise<void> {
  project.config({ build: { steps: { application: false } } })
  project.bsp([], { arch: 'x86_64', image, boot: BOOT })
  const exported = await project.strux(['export', '--buildroot', project.at('tree'), '--lossy', '--force'])
  assert.is(exported.code, 0, exported.stderr)
  const read = 'set -e; sfdisk -J "$1/disk.img" >"$1/table.json" || echo {} >"$1/table.json"'
  const tools = ['image']
  const scripts = [
    { location: 'board/demo/disk-image.sh', tools },
    { run: read, tools },
  ]
  project.bsp([], { arch: 'x86_64', post_image: { tree: { path: 'tree' }, scripts } })
  const built = await project.build(['--from', 'make_image'])
  assert.is(built.code, 0, built.stdout)
}

const table = (): Table => JSON.parse(project.read('dist/output/demo/table.json')).partitiontable

const DISK = 'dist/output/demo/disk.img'
const bytes = (from: number, length: number) => readFileSync(project.at(DISK)).subarray(from, from + length)

/** The files of a partition with ext4. */
function filesOf({ start, size }: Table['partitions'][number], folder: string): string {
  project.write('part.img', bytes(start * 512, size * 512))
  return execFileSync('debugfs', ['-R', `ls -p ${folder}`, project.at('part.img')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

test('table, filesystems and files at offsets are those of the definition', async () => {
  project.write('bsp/demo/data/inside', 'x')
  project.write('dist/cache/demo/root/etc/hostname', 'panel\n')
  project.write('dist/cache/demo/vmlinuz', Buffer.alloc(100_000, 7))
  project.write('dist/cache/demo/bootloader/u-boot-board.bin', 'firmware')
  const cache = project.at('dist/cache/demo')
  execFileSync('tar', ['-czf', `${cache}/rootfs-post.tar.gz`, '-C', `${cache}/root`, '.'])
  await makeImage({
    raw: [{ file: 'cache/bootloader/u-boot-board.bin', offset: '32K' }],
    partitions: [
      { name: 'esp', type: 'esp', offset: '2M', size: '16M' },
      { name: 'boot', type: 'boot', size: '32M' },
      { name: 'root', type: 'root', size: '64M' },
      { name: 'data', content: './data', size: '16M' },
      { name: 'squash', content: './data', filesystem: 'squashfs' },
    ],
  })
  const gpt = table()
  assert.is(gpt.label, 'gpt')
  assert.equal(
    gpt.partitions.map(each => each.name),
    ['esp', 'boot', 'root', 'data', 'squash'],
  )
  const [esp, boot, root, data, squash] = gpt.partitions
  assert.equal([esp!.start, esp!.size, boot!.size], [4096, 32768, 65536])
  assert.is(root!.type, '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709')
  assert.is(bytes(32 * 1024, 8).toString(), 'firmware')
  assert.match(bytes(esp!.start * 512, 512).toString('latin1'), /ESP {8}FAT/)
  assert.is(bytes(squash!.start * 512, 4).toString(), 'hsqs')
  assert.match(filesOf(boot!, '/'), /\/vmlinuz\//)
  assert.match(filesOf(boot!, '/extlinux'), /\/extlinux\.conf\//)
  assert.match(filesOf(root!, '/etc'), /\/hostname\//)
  assert.match(filesOf(data!, '/'), /\/inside\//)
  const config = project.read('tree/board/demo/image/boot/extlinux/extlinux.conf')
  assert.match(config, `root=PARTUUID=${root!.uuid!.toLowerCase()} `)

  await makeImage({
    table: 'mbr',
    partitions: [
      { name: 'boot', type: 'boot', filesystem: 'vfat', size: '16M' },
      { name: 'root', type: 'root', size: '64M' },
    ],
  })
  const mbr = table()
  assert.equal([mbr.label, ...mbr.partitions.map(each => each.type)], ['dos', 'c', '83'])
})

test('an image without a table is the filesystem, with files in its gaps', async () => {
  const image = { table: 'none', name: 'disk.img', partitions: [{ name: 'root', type: 'root', size: '64M' }] }
  await makeImage(image)
  assert.is(bytes(1024 + 0x38, 2).toString('hex'), '53ef')
})

test.run()
