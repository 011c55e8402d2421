/** What an export says of kernel and bootloader is enough for other tools to build them, and to build them again. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import * as yaml from 'yaml'
import { loadBsp, loadProject } from '../../runtime/load/project.ts'
import { examine } from '../../runtime/run/workspace.ts'
import { project, whole } from '../runtime/load/temp-project.ts'
import { exportProject } from '../support/exported.ts'

const test = suite('exported kernels and bootloaders')

type Exported = { bsp: { boot: Record<string, Record<string, unknown>>; scripts: Record<string, unknown>[] } }

async function exportOf(more: string, files: Record<string, string> = {}) {
  const root = project({ 'bsp/qemu/bsp.ts': whole(more), ...files })
  const { read, said } = await exportProject(root)
  const { bsp } = yaml.parse(read('bsp/qemu/bsp.yaml')) as Exported
  return { ...bsp, said: said.map(each => `${each.code} ${each.message}`), read }
}

test('U-Boot without a source is built from the one that is used here', async () => {
  const { boot, scripts, read } = await exportOf(
    `boot: { bootloader: { enabled: true, type: 'u-boot', defconfig: 'qemu_arm64_defconfig' } },`,
  )
  assert.is(boot.bootloader!.type, 'custom')
  assert.equal(
    scripts.map(each => each.step),
    ['custom_bootloader'],
  )
  assert.match(read('bsp/qemu/scripts/strux-bootloader.sh'), /deb-src:u-boot/)
})

test('scripts before the kernel count for a kernel script, with all that they read', async () => {
  const { scripts } = await exportOf(
    `boot: { kernel: { custom_kernel: true, source: 'deb:linux-source-6.12' } },
     scripts: [{ step: 'before_kernel', location: './prepare.sh', depends_on: ['./logo.ppm'] }],`,
    { 'bsp/qemu/prepare.sh': 'echo', 'bsp/qemu/logo.ppm': 'P3' },
  )
  const kernel = scripts.find(each => each.step === 'custom_kernel')!
  assert.equal(kernel.depends_on, ['./prepare.sh', './logo.ppm'])
  assert.ok(kernel.cached_generated_artifacts)
})

test('a kernel script runs every time where a script before it reads what files cannot say', async () => {
  const { scripts } = await exportOf(
    `boot: { kernel: { custom_kernel: true, source: 'deb:linux-source-6.12' } },
     scripts: [{ step: 'before_kernel', location: './prepare.sh', depends_on: ['cache/nobody/*'] }],`,
    { 'bsp/qemu/prepare.sh': 'echo' },
  )
  const kernel = scripts.find(each => each.step === 'custom_kernel')!
  assert.is(kernel.cached_generated_artifacts, undefined)
})

const kernelFrom = (source: string) => `boot: { kernel: { custom_kernel: true, source: '${source}' } },`

for (const source of ['x.tar', 'x.tar.zst', 'x.txz', 'x.tbz2', 'x.tar.gz?download=1'].map(
  name => `https://example.com/${name}`,
)) {
  test(`a kernel from ${source} is made by a script that can fetch it`, async () => {
    const { boot, scripts, read } = await exportOf(kernelFrom(source))
    assert.equal(boot.kernel, { custom_kernel: true })
    assert.equal(
      scripts.map(each => each.step),
      ['custom_kernel'],
    )
    assert.ok(read('bsp/qemu/scripts/strux-kernel.sh').includes(source))
  })
}

const ELSEWHERE = [
  ['git@example.com:linux.git', /^breaks_elsewhere .*git over ssh finds no keys/],
  ['ssh://git@example.com/linux.git#v6', /^breaks_elsewhere .*git over ssh finds no keys/],
  ['file:///srv/linux.git', /^breaks_elsewhere .*a repository of this machine/],
] as const
for (const [source, expected] of ELSEWHERE) {
  test(`that other tools cannot fetch ${source} is told`, async () => {
    const { said } = await exportOf(kernelFrom(source))
    assert.is(said.length, 1, said.join('\n'))
    assert.match(said[0]!, expected)
  })
}

const IN_YAML = [
  ...ELSEWHERE,
  ['https://example.com/x.tar.zst', /taken for a git repository/],
  ['https://example.com/x.tar.xz?a=b', /taken for a git repository/],
  ['https://example.com/x.tar', /taken for a git repository/],
  ['./linux', /a git repository or a tarball/],
] as const
test('the same is told of YAML', async () => {
  for (const [source, expected] of IN_YAML) {
    const root = project({
      'bsp/q/bsp.yaml': `strux_version: "0.3.0"\nbsp: { name: q, description: d, arch: arm64, hostname: h, boot: { kernel: { custom_kernel: true, source: "${source}" } } }\n`,
      'bsp/q/linux/Makefile': '',
    })
    const { diagnostics } = await examine(
      await loadProject(root),
      await loadBsp(await loadProject(root), 'q'),
    )
    const told = diagnostics.filter(each => each.code === 'breaks_elsewhere')
    assert.is(told.length, 1, source)
    assert.match(`${told[0]!.code} ${told[0]!.message}`, expected)
  }
})

test('what every tool can fetch is nothing to tell', async () => {
  for (const source of [
    'https://example.com/linux.git#v6.12',
    'https://example.com/x.tar.xz',
    'https://example.com/x.tgz',
  ]) {
    const { said, boot } = await exportOf(kernelFrom(source))
    assert.equal(said, [])
    assert.is(boot.kernel!.source, source)
  }
})

test.run()
