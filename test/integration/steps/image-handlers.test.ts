/** Handlers of extensions change real images: their tables, sizes and filesystems, and the mounted image itself. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type BuiltWith, buildWith, type ShortHandler } from '../../support/handlers.ts'
import { TempProject } from '../../support/project.ts'
import { loopDevices } from '../execute/project.ts'

const test = suite('handlers of the image')
const DISK = 'dist/output/demo/disk.img'
let project: TempProject

const BSP = {
  arch: 'x86_64',
  boot: { bootloader: { enabled: true, type: 'systemd-boot' } },
  image: {
    partitions: [
      { name: 'esp', type: 'esp', size: '48M' },
      { name: 'root', type: 'root' },
    ],
    raw: [{ file: './loader.bin', offset: '32K' }],
  },
}

test.before(() => {
  project = new TempProject()
  project.bsp([], BSP)
  project.write('bsp/demo/loader.bin', 'LOADER')
  project.write('extensions/probe.ts', '')
  const tree = mkdtempSync(join(tmpdir(), 'strux-tree-'))
  const script = `cd "$1" && mkdir -p etc boot usr/bin && echo small >etc/hostname && touch owned && chown 1000:1001 owned && \
    tar --numeric-owner -czf "$2" .`
  for (const name of ['vmlinuz', 'initrd.img']) project.write(`dist/cache/demo/${name}`, name)
  project.write('dist/cache/demo/bootloader/efi/BOOT/BOOTX64.EFI', 'the loader')
  execFileSync('bash', ['-c', script, 'bash', tree, project.at('dist/cache/demo/rootfs-post.tar.gz')])
  rmSync(tree, { recursive: true })
})
test.after(() => project.dispose())

async function build(handlers: readonly ShortHandler[]): Promise<BuiltWith> {
  const before = loopDevices()
  const built = await buildWith(project.root, handlers, { only: ['image'] })
  assert.is(loopDevices(), before, 'no loop device stays attached')
  assert.not(project.has('dist/cache/demo/.image'))
  return built
}
async function good(handlers: readonly ShortHandler[]): Promise<BuiltWith> {
  const built = await build(handlers)
  assert.is(built.error, undefined, `${built.error} ${built.lines.get('image')?.join('\n')}`)
  return built
}

/** In a builder container, where the tools are. */
async function look(commands: string): Promise<string> {
  const { code, stdout, stderr } = await project.strux(['shell', '--at', 'image'], {
    input: `set -e\ndisk=${DISK}\npart() { dd if=$disk of=/tmp/p$1 bs=512 skip=$(sfdisk -J $disk | jq .partitiontable.partitions[$1-1].start) count=$(sfdisk -J $disk | jq .partitiontable.partitions[$1-1].size) status=none; echo /tmp/p$1; }\n${commands}\n`,
  })
  assert.is(code, 0, `${stdout}${stderr}`)
  return stdout.trim()
}

test('choices before the partitions are made take effect, without a mounted image', async () => {
  const { lines } = await good([
    {
      hook: 'prepare_partitions_custom',
      run: `echo "$HOOK_POINT $IMAGE_PARTITION_TABLE $ROOTFS_TYPE $UEFISIZE \${mkfs[ext4]} $version"
mkopts[ext4]="-O ^metadata_csum"; ROOT_FS_LABEL=other; IMAGE_PARTITION_TABLE=msdos; mountopts[ext4]=,noatime`,
    },
    {
      hook: 'prepare_image_size',
      run: 'echo "$rootfs_size"; FIXED_IMAGE_SIZE=$((rootfs_size + 256)); UEFISIZE=40',
    },
    { hook: 'post_create_partitions', run: 'sfdisk -q -A "$SDCARD.raw" 2' },
    { hook: 'create_partition_table', run: 'echo never' },
    {
      hook: 'post_build_image',
      run: 'cp "$FINAL_IMAGE_FILE" "$DESTIMG/$version.copy"; echo "$FINAL_IMAGE_FILE"',
    },
  ])
  assert.equal(lines.get('pre_prepare_partitions__handler'), [
    'prepare_partitions_custom gpt ext4 48 ext4 disk',
  ])
  const size = Number(lines.get('prepare_image_size__handler')![0])
  assert.not(lines.has('create_partition_table__handler'))
  assert.is(statSync(project.at(DISK)).size, (size + 256) * 1048576)
  assert.equal(readFileSync(project.at('dist/output/demo/disk.copy')), readFileSync(project.at(DISK)))
  const seen = await look(
    'sfdisk -J $disk | jq -c ".partitiontable | [.label, (.partitions[] | .size, .bootable)]"; r=$(part 2); e2fsck -fn $r 2>/dev/null | tail -1; tune2fs -l $r | grep -E "volume name|features"; debugfs -R "cat /etc/fstab" $r 2>/dev/null',
  )
  assert.match(seen, /^\["dos",81920,null,\d+,true\]/)
  assert.match(seen, /volume name: +other/)
  assert.not.match(seen, 'metadata_csum')
  assert.match(seen, /^UUID=[0-9a-f-]+ \/ ext4 defaults,noatime 0 1$/m)
})

test('a handler makes the partition table itself', async () => {
  await good([
    { hook: 'prepare_image_size', run: 'USE_HOOK_FOR_PARTITION=yes; FIXED_IMAGE_SIZE=300' },
    {
      hook: 'create_partition_table',
      run: `printf 'label: gpt\\nfirst-lba: 34\\nstart=4MiB, size=50MiB, type=U, name=first\\nsize=150MiB, name=second\\nsize=20MiB, name=third\\n' | sfdisk -q "\${SDCARD}.raw"`,
    },
  ])
  assert.is(statSync(project.at(DISK)).size, 300 * 1048576)
  const seen = await look(
    'sfdisk -J $disk | jq -c "[.partitiontable.partitions[] | [.name, .size / 2048]]"; mtype -i $(part 1) ::/loader/entries/strux.conf; r=$(part 2); debugfs -R "cat /etc/hostname" $r 2>/dev/null; sfdisk -J $disk | jq -r ".partitiontable.partitions[1].uuid | ascii_downcase"',
  )
  assert.match(seen, '[["first",50],["second",150],["third",20]]')
  assert.match(seen, 'small')
  const uuid = seen.split('\n').at(-1)!
  assert.match(seen, `root=PARTUUID=${uuid}`)
})

test('handlers work in the mounted image: formatted, filled, unmounted, attached', async () => {
  const { lines, ran } = await good([
    {
      hook: 'prepare_root_device',
      run: '[ -b "$LOOP" ] && [ -b "${LOOP}p1" ]; echo "${rootdevice#"$LOOP"}"',
    },
    {
      hook: 'format_partitions',
      run: `mountpoint -q "$MOUNT" && ls -A "$MOUNT"; blkid -p -s TYPE -o value "\${LOOP}p1" "$rootdevice"; tune2fs -L renamed "$rootdevice" >/dev/null; grep -c "UUID=$ROOT_PART_UUID / ext4" "$SDCARD/etc/fstab"`,
    },
    {
      hook: 'pre_umount_final_image',
      run: 'cat "$MOUNT/etc/hostname"; ls "$MOUNT/boot/efi"; echo added >"$MOUNT/etc/added"; echo hello >"$MOUNT/boot/efi/hello.txt"; stat -c %u:%g "$MOUNT/owned"',
    },
    {
      hook: 'post_umount_final_image',
      run: '! mountpoint -q "$MOUNT"; e2fsck -fn "${LOOP}p2" | tail -1 | cut -d: -f2',
    },
    {
      hook: 'post_build_image',
      run: 'rm -f "$DESTIMG/$version.copy"; : >"$DESTIMG/$version.sha"; : >"$DESTIMG/other"',
    },
  ])
  assert.equal(ran, [
    'image',
    ...[
      'prepare_root_device',
      'format_partitions',
      'pre_umount_final_image',
      'post_umount_final_image',
      'post_build_image',
    ].map(hook => `${hook}__handler`),
  ])
  assert.equal(lines.get('prepare_root_device__handler'), ['p2'])
  assert.equal(lines.get('format_partitions__handler'), ['boot', 'lost+found', 'vfat', 'ext4', '1'])
  assert.equal(lines.get('pre_umount_final_image__handler'), [
    'small',
    'EFI',
    'initrd.img',
    'loader',
    'vmlinuz',
    '1000:1001',
  ])
  assert.match(lines.get('post_umount_final_image__handler')!.join('\n'), 'files')
  const seen = await look(
    'mtype -i $(part 1) ::/hello.txt; r=$(part 2); debugfs -R "cat /etc/added" $r 2>/dev/null; tune2fs -l $r | grep "volume name"; dd if=$disk bs=1 skip=32768 count=6 status=none',
  )
  assert.match(seen, /^hello/)
  assert.match(seen, 'added')
  assert.match(seen, /renamed\nLOADER$/)
  const output = readdirSync(project.at('dist/output/demo'))
  assert.ok(output.includes('disk.sha') && !output.includes('other'), output.join())
})

test('a handler that fails leaves nothing mounted or attached', async () => {
  const built = await build([
    {
      hook: 'format_partitions',
      run: 'mkdir -p "$MOUNT/deep" && mount -t tmpfs none "$MOUNT/deep"; false; echo never',
    },
  ])
  assert.match(String(built.error), 'format_partitions__handler')
  assert.not(built.lines.has('format_partitions__handler'))
})

test.run()
