/** strux export as a command, and that what it writes builds: the generated image script makes the image of the step. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('strux export')
let project: TempProject

test.before(() => {
  project = new TempProject()
  const tree = mkdtempSync(join(tmpdir(), 'strux-tree-'))
  const script = `cd "$1" && mkdir -p etc boot && echo small >etc/hostname && tar --numeric-owner -czf "$2" .`
  project.write('dist/cache/demo/vmlinuz', 'the kernel')
  project.write('dist/cache/demo/initrd.img', 'the initrd')
  execFileSync('bash', ['-c', script, 'bash', tree, project.at('dist/cache/demo/rootfs-post.tar.gz')])
  rmSync(tree, { recursive: true })
  project.write('bsp/demo/content/hello.txt', 'hello')
  project.write('dist/cache/demo/bootloader/efi/BOOT/BOOTX64.EFI', 'the loader')
  project.bsp([{ step: 'after_build', run: 'echo "it is $STEP"' }], {
    arch: 'x86_64',
    boot: { bootloader: { enabled: true, type: 'systemd-boot' }, cmdline: 'console=ttyS0' },
    image: {
      partitions: [
        { name: 'esp', type: 'esp', size: '48M' },
        { name: 'root', type: 'root', size: '64M' },
        { name: 'data', content: './content', size: '8M' },
      ],
    },
    qemu: { boot: 'uefi' },
  })
})
test.after(() => project.dispose())

const sha256 = (path: string) =>
  createHash('sha256')
    .update(readFileSync(project.at(path)))
    .digest('hex')

test('prints what it wrote, and the second time that nothing has changed', async () => {
  const first = await project.strux(['export', '--json'])
  assert.is(first.code, 0, first.stderr)
  assert.match(first.stderr, /warning\[not_in_yaml\] bsp\/demo\/bsp\.ts:\d+:\d+/)
  const { out, bsps, files } = JSON.parse(first.stdout)
  assert.is(out, project.at('dist/export'))
  assert.equal(bsps, ['demo'])
  assert.ok(
    files.some(
      (each: { path: string; change: string }) =>
        each.path === 'bsp/demo/bsp.yaml' && each.change === 'written',
    ),
  )
  const second = await project.strux(['export'])
  assert.match(second.stdout, /^dist\/export: 0 files written, \d+ unchanged\n$/)
  const { code, stderr } = await project.strux(['export', '--out', '.'])
  assert.is(code, 2)
  assert.match(stderr, 'is a project of its own')
  const unknown = await project.strux(['export', 'nothing'])
  assert.is(unknown.code, 2)
})

test('the exported project is one', async () => {
  const { code, stdout, stderr } = await project.strux(['check', '-C', 'dist/export', '--json'])
  assert.is(code, 0, stderr)
  const { ok, diagnostics } = JSON.parse(stdout)
  assert.equal(
    [ok, diagnostics.filter((each: { code: string }) => each.code !== 'no_application')],
    [true, []],
  )
  const built = await project.build(['--only', 'after_build', '-C', 'dist/export'])
  assert.equal(built.lines('after_build:./scripts/after_build.sh'), ['it is after_build'])
})

test('the image that the generated script makes is that of the step, byte for byte', async () => {
  const own = await project.build(['--only', 'image'])
  assert.is(own.code, 0, own.said)
  cpSync(project.at('dist/cache/demo/bootloader'), project.at('dist/export/dist/cache/demo/bootloader'), {
    recursive: true,
  })
  for (const file of ['rootfs-post.tar.gz', 'vmlinuz', 'initrd.img'])
    cpSync(project.at(`dist/cache/demo/${file}`), project.at(`dist/export/dist/cache/demo/${file}`))
  const exported = await project.build(['--only', 'make_image', '-C', 'dist/export'])
  assert.is(exported.code, 0, exported.said)
  assert.is(sha256('dist/export/dist/output/demo/disk.img'), sha256('dist/output/demo/disk.img'))
  const again = await project.build(['--only', 'make_image', '-C', 'dist/export'])
  assert.equal(again.ran, [], again.said)
})

test('strux schema prints a schema', async () => {
  const { code, stdout } = await project.strux(['schema', 'bsp'])
  assert.is(code, 0)
  const schema = JSON.parse(stdout)
  assert.is(schema.$schema, 'https://json-schema.org/draft/2020-12/schema')
  assert.is(schema.additionalProperties, false)
  const script = schema.properties.bsp.properties.scripts.items
  assert.equal(Object.keys(script.properties).sort(), [
    'cached_generated_artifacts',
    'depends_on',
    'description',
    'location',
    'step',
  ])
  assert.equal(script.required, ['step', 'location'])
  assert.not(
    Object.keys(schema.properties.bsp.properties).some(key => ['image', 'qemu', 'extends'].includes(key)),
  )
})

test.run()
