/** Every file that a definition names and a build would miss is told before anything runs, where the definition names it. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadBsp, loadProject } from '../../runtime/load/project.ts'
import { examine } from '../../runtime/run/workspace.ts'
import { project, summary, whole } from '../runtime/load/temp-project.ts'
import { strux } from '../support/run-cli.ts'

const test = suite('missing files')

async function said(root: string): Promise<string[]> {
  const loaded = await loadProject(root)
  const { diagnostics } = await examine(loaded, await loadBsp(loaded, 'qemu'))
  const missing = diagnostics.filter(each => each.code !== 'breaks_elsewhere')
  return summary(root, missing).map((line, index) => `${missing[index]!.severity} ${line}`)
}

const TYPESCRIPT = {
  'strux.config.ts': `import { defineConfig } from 'strux-bsp'
export default defineConfig({ name: 'k', project_version: '1.0.0', bsp: 'qemu',
  boot: { splash: { enabled: true, logo: 'logo.png', color: '000000' } },
  rootfs: { overlay: 'shared', packages: ['vim', 'p.deb'] },
  cage: { source: './compositor', patches: ['turn.patch'] },
})
`,
  'bsp/qemu/bsp.ts': whole(`boot: {
    kernel: { custom_kernel: true, source: './linux', patches: ['a.patch'], fragments: ['CONFIG_A=y', './k.config'],
      device_tree: { dts: ['in-tree', './x.dts'], overlays: ['./o.dtso'], include_paths: ['inc'] } },
    bootloader: { enabled: true, type: 'u-boot', defconfig: 'd', patches: ['./u.patch'], device_tree: { dts: 'u.dts', dtsi: 'u.dtsi' },
      blobs: [{ id: 'a', role: 'ddr', path: './a.bin', required: true }, { id: 'b', role: 'x', path: './b.bin' },
        { id: 'c', role: 'x', path: 'cache/c.bin', required: true }, { id: 'd', role: 'x', path: 'cache/d.bin', required: true }] },
  },
  rootfs: { overlay: './overlay', packages: ['./x.deb'] },
  image: { partitions: [{ name: 'data', content: './data' }], raw: [{ file: './raw.bin', offset: '8K' }] },
  scripts: [{ step: 'before_bootloader', location: './make.sh', cached_generated_artifacts: ['cache/d.bin'] }],`),
  'bsp/qemu/make.sh': '',
}

/** Each text stands once in the file. */
function at(file: 'bsp/qemu/bsp.ts' | 'strux.config.ts', severity: string, ...texts: string[]): string[] {
  return texts.map(text => {
    const before = TYPESCRIPT[file].slice(0, TYPESCRIPT[file].indexOf(text)).split('\n')
    return `${severity} file_missing ${file}:${before.length}:${before.at(-1)!.length + 1} ${text}`
  })
}

const ERRORS = [
  './linux',
  'a.patch',
  './k.config',
  './x.dts',
  './o.dtso',
  'inc',
  './u.patch',
  'u.dts',
  'u.dtsi',
  './a.bin',
]
const EXPECTED = [
  ...at(
    'bsp/qemu/bsp.ts',
    'error',
    ...[...ERRORS, './x.deb', './data', './raw.bin'].map(path => `'${path}'`),
  ),
  ...at('bsp/qemu/bsp.ts', 'warning', "'./b.bin'", "'cache/c.bin'", "'./overlay'"),
  ...at('strux.config.ts', 'error', "'logo.png'", "'p.deb'", "'./compositor'", "'turn.patch'"),
  ...at('strux.config.ts', 'warning', "'shared'"),
]

test('in TypeScript', async () => {
  assert.equal((await said(project(TYPESCRIPT))).sort(), [...EXPECTED].sort())
})

test('nothing is said of what is there, nor of a kernel that a script makes', async () => {
  const there = {
    ...TYPESCRIPT,
    ...Object.fromEntries(
      [
        'linux/Makefile',
        'a.patch',
        'k.config',
        'x.dts',
        'o.dtso',
        'inc/x',
        'u.patch',
        'u.dts',
        'u.dtsi',
        'a.bin',
        'b.bin',
      ]
        .concat(['overlay/x', 'x.deb', 'data/x', 'raw.bin'])
        .map(path => [`bsp/qemu/${path}`, '']),
    ),
    ...{ 'logo.png': '', 'shared/x': '', 'p.deb': '', 'compositor/meson.build': '', 'turn.patch': '' },
    'dist/cache/qemu/c.bin': '',
  }
  assert.equal(await said(project(there)), [])
  const custom = whole(`boot: { kernel: { custom_kernel: true, patches: ['gone.patch'] } },
    scripts: [{ step: 'custom_kernel', location: './make.sh' }],`)
  assert.equal(await said(project({ 'bsp/qemu/bsp.ts': custom, 'bsp/qemu/make.sh': '' })), [])
})

test('what is of the other kind', async () => {
  const root = project({
    'bsp/qemu/bsp.ts': whole(`rootfs: { overlay: './overlay', packages: ['./x.deb'] },`),
    'bsp/qemu/overlay': 'a file',
    'bsp/qemu/x.deb/x': '',
  })
  assert.equal(await said(root), [
    "error file_missing bsp/qemu/bsp.ts:4:20 './overlay'",
    "error file_missing bsp/qemu/bsp.ts:4:44 './x.deb'",
  ])
})

const YAML = {
  'strux.yaml': `name: k
project_version: "1.0.0"
bsp: qemu
boot: { splash: { enabled: true, logo: logo.png, color: "000000" } }
`,
  'bsp/qemu/bsp.yaml': `strux_version: "0.3.0"
bsp:
  name: q
  description: d
  arch: arm64
  hostname: h
  boot:
    kernel:
      custom_kernel: true
      source: https://example.com/linux.git
      patches:
        - ./fix.patch
`,
}

test('in YAML, by every command that plans', async () => {
  const root = project(YAML, {})
  const expected = [
    'error file_missing bsp/qemu/bsp.yaml:12:11 ./fix.patch',
    'error file_missing strux.yaml:4:40 logo.png',
  ]
  assert.equal((await said(root)).sort(), expected)
  for (const command of ['check', 'plan', 'export']) {
    const { exitCode, stdout, stderr } = await strux(root, command)
    assert.is(exitCode, 1, command)
    assert.match(stdout + stderr, /there is no patch bsp\/qemu\/fix\.patch/)
    assert.match(stdout + stderr, /there is no logo logo\.png/)
  }
})

test.run()
