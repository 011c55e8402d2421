/** An extension with a handler at each of the 25 hooks changes a real image, which boots. */
import { copyFileSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { kioskProject } from '../support/kiosk.ts'
import { REPOSITORY } from '../support/repository.ts'

const test = suite('extensions')
const GREETING = 'greetings from the extension'
const project = kioskProject(
  { folder: 'qemu-x86_64-uefi', name: 'qemuX86_64Uefi' },
  { build: { steps: { application: false } }, test: { timeout: 600, console: [GREETING] } },
  `hostname: 'demo', extensions: ['all-hooks'], skip_hooks: ['pre_customize_image__unwanted'],`,
)
test.after(() => project.dispose())

/** The calling order of the page of extension hooks. */
const CONFIGURATION = [
  ...['post_family_config', 'user_config', 'extension_prepare_config', 'post_aggregate_packages'],
  ...['post_determine_cthreads', 'add_host_dependencies'],
]
const IN_BUILD = [
  ...[
    'fetch_sources_tools',
    'build_host_tools',
    'pre_install_distribution_specific',
    'pre_install_kernel_debs',
  ],
  ...['post_install_kernel_debs', 'post_family_tweaks', 'pre_customize_image', 'post_customize_image'],
  ...[
    'post_post_debootstrap_tweaks',
    'pre_prepare_partitions',
    'prepare_image_size',
    'post_create_partitions',
  ],
  ...['format_partitions', 'pre_update_initramfs', 'pre_umount_final_image', 'post_umount_final_image'],
  ...['post_build_image', 'run_after_build', 'extension_metadata_ready'],
]

test('handlers run in the order of their hooks, see their variables, and change the image that boots', async () => {
  mkdirSync(project.at('extensions'))
  copyFileSync(join(REPOSITORY, 'test/fixtures/all-hooks.ts'), project.at('extensions/all-hooks.ts'))
  const built = await project.build(['--from', 'before_build'])
  const said = (id: string) => built.lines(id)
  const last = built.events.filter(event => event.line !== undefined).slice(-20)
  assert.is(built.code, 0, `${built.said}\n${last.map(({ id, line }) => `${id}: ${line}`).join('\n')}`)

  const started = built.events.filter(({ type, id }) => type === 'node_started' && id!.includes('__'))
  const ids = started.map(({ id }) => id!)
  const hooks = [...new Set(ids.map(id => id.split('__')[0]!))]
  assert.equal(
    hooks.filter(hook => IN_BUILD.includes(hook)),
    IN_BUILD,
  )
  assert.equal(
    ids.filter(id => id.startsWith('pre_customize_image')),
    ['pre_customize_image__a', 'pre_customize_image__b'],
  )
  const calls = said('extension_metadata_ready__all-hooks')
  const ofSeed = [...CONFIGURATION, ...IN_BUILD]
  assert.equal(
    calls.filter(name => ofSeed.includes(name)),
    ofSeed,
  )

  assert.equal(said('custom_apt_repo__all-hooks'), ['image-early', 'image-late'])
  assert.equal(calls.filter(name => name === 'custom_apt_repo').length, 2)
  assert.equal(said('host_dependencies_ready__all-hooks'), ['/project/dist/cache/demo/extensions'])
  assert.equal(said('build_host_tools__all-hooks'), ['-j3'])
  assert.equal(said('pre_install_distribution_specific__all-hooks'), [
    'config_pre_install_distribution_specific',
    'trixie',
  ])
  assert.equal(said('pre_install_kernel_debs__all-hooks'), ['debian'])
  assert.match(said('post_install_kernel_debs__all-hooks')[0]!, /^\d+\.\d+$/)
  assert.equal(said('post_family_tweaks__typed').slice(-1), ['demo amd64'])
  assert.equal(said('pre_customize_image__b'), ['2 of 2'])
  assert.equal(said('post_post_debootstrap_tweaks__all-hooks'), ['unmounted'])
  assert.equal(said('pre_prepare_partitions__all-hooks'), ['gpt 128 ext4'])
  assert.equal(said('post_create_partitions__all-hooks'), ['2'])
  assert.equal(said('post_umount_final_image__all-hooks'), ['clean'])
  assert.equal(said('run_after_build__all-hooks'), ['intact'])

  const size = Number(said('prepare_image_size__all-hooks')[0])
  assert.is(statSync(project.at('dist/output/demo/disk.img')).size, (size + 700) * 1048576)
  const seen = await project.strux(['shell', '--at', 'image'], {
    input: `cd dist/output/demo
sfdisk -J disk.img | jq -c '[.partitiontable.partitions[].size / 2048]'
start=$(sfdisk -J disk.img | jq '.partitiontable.partitions[1].start')
blkid -p -O $((start * 512)) -s LABEL -o value disk.img
dd if=disk.img of=/tmp/root bs=512 skip=$start status=none
dumpe2fs -h /tmp/root 2>/dev/null | grep -c metadata_csum
for file in hostname board.d/family made tweaked image-version; do debugfs -R "cat /etc/$file" /tmp/root 2>/dev/null; done
`,
  })
  const [sizes, label, csum, ...files] = seen.stdout.trim().split('\n')
  assert.equal(JSON.parse(sizes!), [128, size + 700 - 130])
  assert.equal([label, csum], ['extended', '0'])
  assert.equal(
    [...files.slice(0, 3), files.at(-1)],
    ['extended', 'qemu-x86_64-uefi', 'made with all-hooks', 'disk'],
  )

  const { code, stdout, stderr } = await project.strux(['test'])
  assert.is(code, 0, `${stdout}${stderr}${project.read('dist/test/demo/console.log')}`)
})

test('a build without changes runs the last hooks alone', async () => {
  const again = await project.build(['--from', 'before_build'])
  assert.is(again.code, 0, again.said)
  assert.equal(
    again.ran,
    ['run_after_build__all-hooks', 'extension_metadata_ready__all-hooks'],
    `${again.reasons('rootfs_post')} ${again.reasons('image')}`,
  )
})

test('a handler leaves out the kernel', async () => {
  project.write(
    'extensions/no-kernel.ts',
    `import { defineExtension, sh } from 'strux-bsp'
export default defineExtension({ name: 'no-kernel', hooks: {
  pre_install_kernel_debs: sh\`unset KERNELSOURCE\`,
  post_install_kernel_debs: { order: 1, run: sh\`echo "<$IMAGE_INSTALLED_KERNEL_VERSION>"; ls "$SDCARD/boot"\` },
} })
`,
  )
  // The other extension needs a kernel.
  const text = project
    .read('bsp/demo/bsp.ts')
    .replace("extensions: ['all-hooks'], ", '')
    .replace(/skip_hooks: \[.*?\],/, '')
  project.write('bsp/demo/bsp.ts', text)
  const built = await project.build(['--enable', 'no-kernel', '--only', 'rootfs_post'])
  assert.is(built.code, 0, `${built.said}\n${built.lines('rootfs_post').slice(-20).join('\n')}`)
  assert.equal(built.lines('post_install_kernel_debs__no-kernel'), ['<>'])
  assert.not(project.has('dist/cache/demo/vmlinuz'))
})

test.run()
