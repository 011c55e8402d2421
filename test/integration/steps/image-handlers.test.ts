/** Handlers of extensions change real images: their tables, sizes and filesystems, and the mounted image itself. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { HandlerContext, HookMetadata } from '../../../lib/extension-context.ts'
import {
  type BuildWithOptions,
  type BuiltWith,
  buildWith,
  type ShortHandler,
} from '../../support/handlers.ts'
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

async function build(handlers: readonly ShortHandler[], more: BuildWithOptions = {}): Promise<BuiltWith> {
  const built = await buildWith(project.root, handlers, { from: 'image' }, more)
  // The kernel says so of files that are gone; others may be at work at the same time.
  assert.not.match(loopDevices(), '.image/draft.img (deleted)')
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
      // The image stays, whatever a handler does with it.
      run: 'mv "$FINAL_IMAGE_FILE" "$DESTIMG/$version.copy"; echo "$FINAL_IMAGE_FILE"',
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
    { hook: 'prepare_image_size', run: 'USE_HOOK_FOR_PARTITION=yes; FIXED_IMAGE_SIZE=300; rootfs_size=150' },
    {
      hook: 'create_partition_table',
      run: `((rootfs_size == 150 && sdsize == 300 && SECTOR_SIZE == 512 && OFFSET == 1))
[[ "$uefipart:$bootpart:$rootpart $UEFI_MOUNT_POINT" == '1::2 /boot/efi' ]]
[[ $PARTITION_TYPE_UUID_ROOT == 4F68BCE3-* ]]
printf 'label: gpt\\nfirst-lba: 34\\nstart=4MiB, size=50MiB, type=U, name=first\\nsize=150MiB, name=second\\nsize=20MiB, name=third\\n' | sfdisk -q "\${SDCARD}.raw"`,
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
      run: `mountpoint -q "$MOUNT" && ls -A "$MOUNT"; blkid -p -s TYPE -o value "\${LOOP}p1" "$rootdevice"; tune2fs -L renamed "$rootdevice" >/dev/null; grep -c "UUID=$ROOT_PART_UUID / ext4" "$SDCARD/etc/fstab"
mkdir -p "$MOUNT/srv/data" "$SDCARD/srv/data"; mount -t tmpfs tmpfs "$MOUNT/srv/data"; echo of-root >"$SDCARD/srv/data/file"`,
    },
    { hook: 'pre_update_initramfs', run: 'mountpoint -q "$MOUNT/srv/data"; cat "$MOUNT/srv/data/file"' },
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
      'pre_update_initramfs',
      'pre_umount_final_image',
      'post_umount_final_image',
      'post_build_image',
    ].map(hook => `${hook}__handler`),
  ])
  assert.equal(lines.get('prepare_root_device__handler'), ['p2'])
  assert.equal(lines.get('format_partitions__handler'), ['boot', 'lost+found', 'vfat', 'ext4', '1'])
  // What a handler has mounted stays, and gets the files that the root filesystem has there.
  assert.equal(lines.get('pre_update_initramfs__handler'), ['of-root'])
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
    'mtype -i $(part 1) ::/hello.txt; r=$(part 2); debugfs -R "cat /etc/added" $r 2>/dev/null; tune2fs -l $r | grep "volume name"; debugfs -R "ls -p /srv/data" $r 2>/dev/null | grep -c /file/ || :; dd if=$disk bs=1 skip=32768 count=6 status=none',
  )
  assert.match(seen, /^hello/)
  assert.match(seen, 'added')
  assert.match(seen, /renamed\n0\nLOADER$/)
  const output = readdirSync(project.at('dist/output/demo'))
  assert.ok(output.includes('disk.sha') && !output.includes('other'), output.join())
})

test('what configuration hooks have chosen is where the step begins', async () => {
  const { lines } = await build([{ hook: 'pre_prepare_partitions', run: 'echo "$UEFISIZE $version"' }], {
    stepVariables: { UEFISIZE: '60', FIXED_IMAGE_SIZE: '300', EXTRA_IMAGE_SUFFIXES: '-small' },
  })
  assert.equal(lines.get('pre_prepare_partitions__handler'), ['60 disk-small'])
  assert.is(statSync(project.at(DISK)).size, 300 * 1048576)
  assert.is(readlinkSync(project.at('dist/output/demo/disk-small.img')), 'disk.img')
  assert.match(await look('sfdisk -J $disk | jq .partitiontable.partitions[0].size'), String(60 * 2048))
})

test('functions see and set typed values, and get the records of all calls', async () => {
  const seen: Record<string, unknown> = {}
  let metadata: HookMetadata | undefined
  const { lines } = await good([
    {
      hook: 'pre_prepare_partitions',
      run: async (ctx: HandlerContext<'pre_prepare_partitions', { greeting: string }>) => {
        const { mkopts, UEFISIZE, ROOTFS_TYPE, HOOK_POINT, RELEASE } = ctx.values
        Object.assign(seen, { mkopts, UEFISIZE, ROOTFS_TYPE, HOOK_POINT, RELEASE, options: ctx.options })
        await ctx.set({ mkopts: { ...mkopts, ext4: "-O ^metadata_csum -L it's" }, ROOT_FS_LABEL: 'a b' })
        seen.after = ctx.values.ROOT_FS_LABEL
      },
    },
    {
      hook: 'pre_prepare_partitions',
      name: 'second',
      run: 'echo "${mkopts[ext4]},$ROOT_FS_LABEL,${mkopts_label[fat]}"',
    },
    {
      hook: 'prepare_image_size',
      run: async (ctx: HandlerContext<'prepare_image_size'>) => {
        await ctx.set({ FIXED_IMAGE_SIZE: ctx.values.rootfs_size + 200 })
        seen.stdout = (await ctx.sh`echo "size $rootfs_size"; cat "$SDCARD/etc/hostname"`).stdout
        seen.wrong = await ctx.set({ version: 'x' } as never).catch((error: Error) => error.message)
      },
    },
    { hook: 'post_build_image', run: 'exit 0' },
    { hook: 'run_after_build', run: 'test -f "$FINAL_IMAGE_FILE" && echo "${FINAL_IMAGE_FILE##*/}"' },
    {
      hook: 'extension_metadata_ready',
      run: (ctx: HandlerContext<'extension_metadata_ready'>) => {
        metadata = ctx.metadata
      },
    },
    {
      hook: 'extension_metadata_ready',
      name: 'script',
      run: `cat "$EXTENSION_MANAGER_TMP_DIR/hook_point_calls.txt"; cat "$EXTENSION_MANAGER_TMP_DIR/prepare_image_size.compat"; echo
grep -x rootfs_size "$EXTENSION_MANAGER_TMP_DIR/prepare_image_size.exports"; grep -x mkopts "$EXTENSION_MANAGER_TMP_DIR/prepare_image_size.vars"
test -s "$EXTENSION_MANAGER_TMP_DIR/post_build_image.orig.md"
echo "\${defined_hook_point_functions[post_build_image__handler]}"
echo "\${hook_point_function_trace_sources[run_after_build__handler]}:\${hook_point_function_trace_lines[run_after_build__handler]}"
echo "\${#defined_hook_point_functions[@]} \${#hook_point_function_trace_sources[@]}"`,
    },
  ])
  const { mkopts, ...rest } = seen
  assert.is((mkopts as Record<string, string>).ext4, '')
  assert.equal(rest, {
    ...{ UEFISIZE: 48, ROOTFS_TYPE: 'ext4', HOOK_POINT: 'pre_prepare_partitions', RELEASE: 'trixie' },
    ...{
      options: { greeting: 'hello' },
      after: 'a b',
      stdout: `size ${lines.get('prepare_image_size__handler')![0]!.slice(5)}\nsmall`,
    },
    wrong: "ctx.set: prepare_image_size does not take 'version' back",
  })
  assert.equal(lines.get('pre_prepare_partitions__second'), ["-O ^metadata_csum -L it's,a b,-n "])
  assert.equal(lines.get('run_after_build__handler'), ['disk.img'])
  const calls = [
    ...['post_family_config', 'user_config', 'extension_prepare_config', 'extension_finish_config'],
    ...['post_aggregate_packages', 'post_determine_cthreads', 'add_host_dependencies'],
    ...['pre_prepare_partitions', 'prepare_image_size', 'post_create_partitions', 'post_build_image'],
    ...['run_after_build', 'extension_metadata_ready'],
  ]
  assert.equal(metadata?.calls, calls)
  assert.equal(metadata?.hooks.prepare_image_size?.aliases, ['config_prepare_image_size'])
  assert.ok(metadata?.hooks.prepare_image_size?.exports.includes('SDCARD'))
  assert.equal(metadata?.defined.length, 7)
  assert.equal(lines.get('extension_metadata_ready__script'), [
    ...calls,
    ...['config_prepare_image_size', 'rootfs_size', 'mkopts'],
    'DEFINED="yes" EXTENSION="probe" EXTENSION_DIR="extensions" EXTENSION_FILE="extensions/probe.ts" EXTENSION_ADDED_BY="bsp/demo/bsp.ts"',
    'extensions/probe.ts:10',
    '7 7',
  ])
  assert.not(project.has('dist/cache/demo/.hook-records'))
})

test('a failure names extension, handler and place', async () => {
  const broken = await build([{ hook: 'pre_prepare_partitions', run: 'true\nfalse | true\n' }])
  assert.match(
    String(broken.error),
    "pre_prepare_partitions__handler of the extension 'probe' failed with exit code 1 (extensions/probe.ts:10) at line 2 of its script",
  )
  const thrown = await build([
    { hook: 'pre_prepare_partitions', run: async (ctx: HandlerContext) => void (await ctx.sh`exit 7`) },
  ])
  assert.match(
    String(thrown.error),
    "pre_prepare_partitions__handler of the extension 'probe' failed (extensions/probe.ts:10): a command ended with exit code 7: exit 7",
  )
  project.write('extensions/part.sh', 'step() {\n  false\n}\nstep\n')
  const inFile = await build([{ hook: 'pre_prepare_partitions', run: '. "$EXTENSION_DIR/part.sh"' }])
  assert.match(String(inFile.error), 'failed with exit code 1')
})

test('after a failure, the failure handler of an extension runs if one of its handlers has run', async () => {
  let told: unknown
  const record = (context: unknown) => {
    told = context
  }
  const failing: ShortHandler[] = [
    { hook: 'pre_prepare_partitions', run: 'echo first' },
    { hook: 'prepare_image_size', run: 'exit 3' },
  ]
  const broken = await build(failing, { onFailure: { kind: 'function', text: '', call: record } })
  assert.match(String(broken.error), 'prepare_image_size__handler')
  assert.equal(told, {
    ...{ extension: 'probe', options: { greeting: 'hello' }, failed: 'prepare_image_size__handler' },
    message: (broken.error as Error).message,
  })
  const script = await build(failing, {
    onFailure: { kind: 'inline', text: 'echo "$FAILED: $FAILURE"; exit 1' },
  })
  assert.match(
    script.lines.get('pre_prepare_partitions__handler')!.join('\n'),
    'prepare_image_size__handler: prepare_image_size__handler of',
  )
  assert.match(String(script.error), 'prepare_image_size__handler')
  told = undefined
  await good([{ hook: 'post_build_image', run: ':' }])
  assert.is(told, undefined)
})

test('a cancelled build leaves nothing mounted or attached', async () => {
  const controller = new AbortController()
  const built = await build(
    [{ hook: 'format_partitions', run: 'mount -t tmpfs none "$MOUNT/boot/efi"; echo waiting; sleep 60' }],
    {
      signal: controller.signal,
      onLine: line => {
        if (line === 'waiting') controller.abort(new Error('enough'))
      },
    },
  )
  assert.match(String(built.error), 'enough')
})

test('a handler that fails leaves nothing mounted or attached', async () => {
  const built = await build([
    {
      hook: 'format_partitions',
      run: 'mkdir -p "$MOUNT/deep" && mount -t tmpfs none "$MOUNT/deep"; false; echo never',
    },
  ])
  assert.match(String(built.error), 'format_partitions__handler')
  assert.equal(built.lines.get('format_partitions__handler'), ['error: line 1: exit code 1: false'])
})

test.run()
