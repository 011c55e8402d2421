/** Declared images: partition tables, filesystems and files at their places, made by the real tools and read back by them. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('image')
const DISK = 'dist/output/demo/disk.img'
let project: TempProject

test.before(() => {
  project = new TempProject()
  const tree = mkdtempSync(join(tmpdir(), 'strux-tree-'))
  const script = `cd "$1" && mkdir -p etc boot usr/lib/linux-image-6/vendor home && echo small >etc/hostname && \
    touch home/owned && chown 1000:1001 home/owned && chmod 4755 home/owned && ln -s hostname etc/link && echo dtb >usr/lib/linux-image-6/vendor/board.dtb && \
    tar --numeric-owner -czf "$2" .`
  project.write('dist/cache/demo/vmlinuz', 'the kernel')
  project.write('dist/cache/demo/initrd.img', 'the initrd')
  execFileSync('bash', ['-c', script, 'bash', tree, project.at('dist/cache/demo/rootfs-post.tar.gz')])
  rmSync(tree, { recursive: true })
})
test.after(() => project.dispose())

const define = (more: object) => project.bsp([], { arch: 'x86_64', ...more })
const build = () => project.build(['--only', 'image'])
const sha256 = (path: string) =>
  createHash('sha256')
    .update(readFileSync(project.at(path)))
    .digest('hex')

/** In a builder container, where the tools are. */
async function look(commands: string): Promise<string> {
  const { code, stdout, stderr } = await project.strux(['shell', '--at', 'image'], {
    input: `set -e\n${commands}\n`,
  })
  assert.is(code, 0, `${stdout}${stderr}`)
  return stdout.trim()
}

function bytes(offset: number, length: number): string {
  const buffer = Buffer.alloc(length)
  readSync(openSync(project.at(DISK), 'r'), buffer, 0, length, offset)
  return buffer.toString('latin1')
}

interface Table {
  readonly label: string
  readonly id: string
  readonly partitions: readonly { start: number; size: number; type: string; uuid?: string; name?: string }[]
}
const table = async (): Promise<Table> => JSON.parse(await look(`sfdisk --json ${DISK}`)).partitiontable

const UEFI = {
  boot: { bootloader: { enabled: true, type: 'systemd-boot' }, cmdline: 'console=ttyS0' },
  image: {
    partitions: [
      { name: 'esp', type: 'esp', size: '48M' },
      { name: 'root', type: 'root', size: '64M' },
      { name: 'data', type: 'data', content: './content', size: '8M' },
    ],
    raw: [{ file: './loader.bin', offset: '32K' }],
  },
}

test('a GPT with an ESP, a root and a folder of the BSP, and a bootloader before them', async () => {
  project.write('bsp/demo/content/hello.txt', 'hello')
  project.write('bsp/demo/loader.bin', 'LOADER'.repeat(100))
  project.write('dist/cache/demo/bootloader/efi/BOOT/BOOTX64.EFI', 'the loader')
  define(UEFI)
  const { code, said } = await build()
  assert.is(code, 0, said)
  const { label, partitions } = await table()
  assert.is(label, 'gpt')
  const MIB = 2048
  assert.equal(
    partitions.map(({ start, size, name }) => [name, start / MIB, size / MIB]),
    [
      ['esp', 1, 48],
      ['root', 49, 64],
      ['data', 113, 8],
    ],
  )
  assert.is(partitions[0]!.type, 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B')
  assert.is(bytes(32 * 1024, 6), 'LOADER')
  const esp = `${DISK}@@1M`
  assert.is(await look(`mtype -i ${esp} ::/EFI/BOOT/BOOTX64.EFI`), 'the loader')
  assert.is(await look(`mtype -i ${esp} ::/vmlinuz`), 'the kernel')
  const entry = await look(`mtype -i ${esp} ::/loader/entries/strux.conf`)
  assert.match(entry, /^linux \/vmlinuz$/m)
  assert.match(
    entry,
    new RegExp(
      `^options root=PARTUUID=${partitions[1]!.uuid!.toLowerCase()} rw rootwait console=ttyS0$`,
      'm',
    ),
  )
})

test('the root filesystem is sound, with owners, modes and symlinks', async () => {
  const cut = 'dd if=dist/output/demo/disk.img of=/tmp/root.ext4 bs=1M skip=49 count=64 status=none'
  await look(`${cut}; e2fsck -fn /tmp/root.ext4 >/dev/null`)
  assert.match(
    await look(`${cut}; debugfs -R 'stat home/owned' /tmp/root.ext4 2>/dev/null`),
    /Mode:\s+04755[\s\S]*User:\s+1000\s+Group:\s+1001/,
  )
  assert.match(
    await look(`${cut}; debugfs -R 'stat etc/link' /tmp/root.ext4 2>/dev/null`),
    /Fast link dest: "hostname"/,
  )
})

test('made again from the same, it is the same, byte for byte', async () => {
  const before = sha256(DISK)
  project.remove(DISK)
  const { ran } = await build()
  assert.equal(ran, ['image'])
  assert.is(sha256(DISK), before)
})

test('what it is made of decides whether it is made: a file at its place, a folder, the command line', async () => {
  assert.equal((await build()).ran, [])
  project.write('bsp/demo/loader.bin', 'OTHER'.repeat(100))
  assert.equal((await build()).ran, ['image'])
  project.write('bsp/demo/content/more.txt', 'more')
  assert.equal((await build()).ran, ['image'])
  define({ ...UEFI, boot: { ...UEFI.boot, cmdline: 'console=ttyS1' } })
  assert.equal((await build()).ran, ['image'])
})

test('U-Boot finds extlinux.conf and the device tree; an MBR has its partitions by signature', async () => {
  define({
    boot: { bootloader: { enabled: true, type: 'u-boot', defconfig: 'x' } },
    image: {
      table: 'mbr',
      device_tree: 'vendor/board.dtb',
      partitions: [
        { name: 'boot', type: 'boot', filesystem: 'vfat', size: '40M', offset: '4M' },
        { name: 'root', type: 'root' },
      ],
    },
  })
  const { code, said } = await build()
  assert.is(code, 0, said)
  const { label, id, partitions } = await table()
  assert.is(label, 'dos')
  assert.equal(
    partitions.map(each => [each.start, each.type]),
    [
      [8192, 'c'],
      [8192 + 40 * 2048, '83'],
    ],
  )
  const config = await look(`mtype -i ${DISK}@@4M ::/extlinux/extlinux.conf`)
  assert.match(config, /^ {2}fdt \/board\.dtb$/m)
  assert.match(config, new RegExp(`^ {2}append root=PARTUUID=${id.slice(2)}-02 rw rootwait$`, 'm'))
  assert.is(await look(`mtype -i ${DISK}@@4M ::/board.dtb`), 'dtb')
  // With room to work: a fifth more than the content, and 64 MiB.
  assert.ok(statSync(project.at(DISK)).size > 100 * 1048576)
})

test('without a partition table it is one filesystem, beside kernel and initrd', async () => {
  define({ image: { table: 'none', partitions: [{ name: 'root', type: 'root' }] } })
  const { code, said } = await build()
  assert.is(code, 0, said)
  await look('e2fsck -fn dist/output/demo/rootfs.ext4 >/dev/null')
  assert.is(project.read('dist/output/demo/vmlinuz'), 'the kernel')
})

test('partitions in any order, and a piece behind all of them: the disk is as large as that takes', async () => {
  project.write('bsp/demo/loader.bin', 'LOADER'.repeat(100))
  define({
    ...UEFI,
    image: {
      partitions: [
        { name: 'data', size: '8M', offset: '100M' },
        { name: 'esp', type: 'esp', size: '48M', offset: '2M' },
        { name: 'root', type: 'root', size: '40M' },
      ],
      raw: [{ file: './loader.bin', offset: '120M' }],
    },
  })
  const { code, said } = await build()
  assert.is(code, 0, said)
  const { partitions } = await table()
  assert.equal(
    partitions.map(({ name, start, size }) => [name, start / 2048, size / 2048]),
    [
      ['data', 100, 8],
      ['esp', 2, 48],
      ['root', 50, 40],
    ],
  )
  // The second copy of the table is in the last 33 sectors, whole.
  assert.is(statSync(project.at(DISK)).size, 122 * 1048576)
  assert.is(bytes(122 * 1048576 - 512, 8), 'EFI PART')
  assert.is(bytes(120 * 1048576, 6), 'LOADER')
  assert.match(await look(`sgdisk --verify ${DISK}`), 'No problems found')
  await look(`dd if=${DISK} of=/tmp/data bs=1M skip=100 count=8 status=none; e2fsck -fn /tmp/data >/dev/null`)
})

/** `debugfs` on a partition of the disk, by its place and size in MiB. */
const inside = (skip: number, count: number, commands: string) =>
  look(`dd if=${DISK} of=/tmp/part bs=1M skip=${skip} count=${count} status=none; ${commands}`)

test('a folder of the BSP keeps modes, hard links and extended attributes, under every umask', async () => {
  define({
    image: {
      seed: 'one',
      partitions: [
        { name: 'data', content: './factory', size: '8M' },
        { name: 'root', type: 'root', size: '64M' },
      ],
    },
  })
  const made = async (umask: string, more = '') => {
    project.write('bsp/demo/factory/one', 'a')
    await look(`umask ${umask}; rm -rf bsp/demo/factory; mkdir bsp/demo/factory; cd bsp/demo/factory
      mkdir -p spool shared plain/deep; echo a >one; ln one two; echo x >program; echo y >plain/deep/file
      echo z >group; echo k >key; chmod 1777 spool; chmod 2775 shared; chmod 4755 program
      python3 -c 'import os; os.setxattr("one", "user.strux", b"v")'; ${more}`)
    const { code, said } = await build()
    assert.is(code, 0, said)
    return sha256(DISK)
  }
  const found = async () => {
    const commands = 'spool shared program plain/deep/file one group key'
      .split(' ')
      .map(path => `stat ${path}`)
    const debugged = [...commands, 'ea_list one'].map(each => `debugfs -R '${each}' /tmp/part 2>/dev/null`)
    return (await inside(1, 8, debugged.join('; '))).replaceAll(/\s+/g, ' ')
  }
  const first = await made('022')
  assert.match(
    await found(),
    /Mode: 01777 .* User: 0 Group: 0 .*Mode: 02775 .*Mode: 04755 .*Mode: 0644 .*Mode: 0644 .* Links: 2 .*Mode: 0644 .*Mode: 0644 .*user\.strux .*"v"/,
  )
  for (const umask of ['002', '077']) assert.is(await made(umask), first)
  // Bits against the umask are the author's.
  await made('022', 'chmod 664 group; chmod 600 key')
  assert.match(await found(), / Links: 2 .*Mode: 0664 .*Mode: 0600 /)
})

test('an ESP is FAT32 from 33 MiB on; what bootloaders read has only old features', async () => {
  project.write('bsp/demo/factory/.keep', '')
  define({
    ...UEFI,
    image: {
      partitions: [
        { name: 'esp', type: 'esp', size: '33M' },
        { name: 'small', size: '16M', filesystem: 'vfat' },
        { name: 'boot', type: 'boot', size: '32M', content: './factory' },
        { name: 'old', size: '16M', ext4_features: 'compatible' },
        { name: 'root', type: 'root', size: '64M' },
      ],
    },
  })
  const { code, said } = await build()
  assert.is(code, 0, said)
  const kind = (skip: number, count: number) => inside(skip, count, 'blkid -p -o value -s VERSION /tmp/part')
  assert.is(await kind(1, 33), 'FAT32')
  await inside(1, 33, 'fsck.vfat -n /tmp/part >/dev/null')
  assert.is(await kind(34, 16), 'FAT16')
  const features = (skip: number, count: number) =>
    inside(skip, count, 'dumpe2fs -h /tmp/part 2>/dev/null | grep "^Filesystem features"')
  const RECENT = /orphan_file|metadata_csum|64bit/
  assert.match(await features(50, 32), RECENT)
  assert.not.match(await features(82, 16), RECENT)
  assert.match(await features(98, 64), RECENT)
  define({
    boot: { bootloader: { enabled: true, type: 'u-boot', defconfig: 'x' } },
    image: {
      partitions: [
        { name: 'boot', type: 'boot', size: '32M' },
        { name: 'root', type: 'root', size: '64M' },
      ],
    },
  })
  assert.is((await build()).code, 0)
  assert.not.match(await features(1, 32), RECENT)
  assert.match(await features(33, 64), RECENT)
})

test('images that differ have different ids, unless a seed says which', async () => {
  const ids = async (more: object, content: string) => {
    project.write('bsp/demo/content/hello.txt', content)
    define({ ...UEFI, image: { ...UEFI.image, ...more } })
    const { code, said } = await build()
    assert.is(code, 0, said)
    const { id, partitions } = await table()
    return [id, ...partitions.map(({ uuid }) => uuid!)]
  }
  const first = await ids({}, 'a')
  const second = await ids({}, 'b')
  for (const [index, id] of first.entries()) assert.is.not(id, second[index])
  assert.equal(await ids({}, 'a'), first)
  const seeded = await ids({ seed: 'x' }, 'a')
  assert.equal(await ids({ seed: 'x' }, 'b'), seeded)
  assert.is.not((await ids({ seed: 'y' }, 'b'))[0], seeded[0])
})

test('the device mounts its partitions, and gets new kernels to where the bootloader reads them', async () => {
  define({
    ...UEFI,
    image: {
      partitions: [
        { name: 'esp', type: 'esp', size: '48M' },
        { name: 'root', type: 'root', size: '64M' },
        { name: 'home', size: '8M', mount: '/home' },
        { name: 'data', size: '8M', mount: '/srv/data', mount_options: 'noatime,ro' },
        { name: 'swap', type: 'swap', size: '8M' },
        { name: 'rest', size: '8M' },
      ],
    },
  })
  const { code, said } = await build()
  assert.is(code, 0, said)
  const cat = (path: string) => inside(49, 64, `debugfs -R 'cat ${path}' /tmp/part 2>/dev/null`)
  const lines = (await cat('etc/fstab')).split('\n')
  const uuid = (skip: number, count: number) => inside(skip, count, 'blkid -p -o value -s UUID /tmp/part')
  assert.equal(lines, [
    `UUID=${await uuid(1, 48)} /boot/efi vfat umask=0077,nofail 0 2`,
    `UUID=${await uuid(49, 64)} / ext4 defaults 0 1`,
    `UUID=${await uuid(113, 8)} /home ext4 defaults,nofail 0 2`,
    `UUID=${await uuid(121, 8)} /srv/data ext4 noatime,ro 0 2`,
    `UUID=${await uuid(129, 8)} none swap sw 0 0`,
  ])
  assert.match(await cat('etc/strux/boot'), /^folder=\/boot\/efi\nmounted=yes$/m)
  assert.match(
    await inside(113, 8, "debugfs -R 'stat owned' /tmp/part 2>/dev/null"),
    /Mode:\s+04755[\s\S]*User:\s+1000/,
  )
  assert.is(
    await inside(49, 64, "debugfs -R 'ls -p home' /tmp/part 2>/dev/null | grep -c owned || true"),
    '0',
  )
  await inside(49, 64, 'e2fsck -fn /tmp/part >/dev/null')
})

const WRONG: readonly [string, object, RegExp][] = [
  [
    'pieces that lie over each other',
    { ...UEFI.image, raw: [{ file: './loader.bin', offset: '1M' }] },
    /lies over partition esp/,
  ],
  [
    'a piece over the partition table',
    { ...UEFI.image, raw: [{ file: './loader.bin', offset: '1K' }] },
    /lies over the partition table/,
  ],
  [
    'a piece over the only filesystem',
    {
      table: 'none',
      partitions: [{ name: 'root', type: 'root' }],
      raw: [{ file: './loader.bin', offset: '1M' }],
    },
    /lies over partition root/,
  ],
  [
    'content that does not fit',
    { partitions: [{ name: 'root', type: 'root', size: '64K' }] },
    /partition root does not fit/,
  ],
  ['no size and no content', { partitions: [{ name: 'empty' }] }, /empty has no content, so it needs a size/],
  [
    'two filesystems and no table',
    {
      table: 'none',
      partitions: [
        { name: 'a', size: '1M' },
        { name: 'b', size: '1M' },
      ],
    },
    /is one filesystem, not 2/,
  ],
  ['a device tree that is not there', { ...UEFI.image, device_tree: 'no.dtb' }, /no device tree no\.dtb/],
]
for (const [what, image, message] of WRONG) {
  test(`says what is wrong: ${what}`, async () => {
    define({ ...UEFI, image })
    const { code, said, events } = await build()
    assert.is.not(code, 0)
    assert.match(`${said}${JSON.stringify(events)}`, message)
    assert.not(project.has('dist/cache/demo/.image'), 'nothing half-made is left')
  })
}

test.run()
