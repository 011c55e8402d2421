/** YAML as a second front door: what loads, what is said about it, and where. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Diagnostic } from '../../../runtime/diagnostics/diagnostic.ts'
import { findProjectRoot } from '../../../runtime/load/find-project.ts'
import { loadBsp, loadProject } from '../../../runtime/load/project.ts'
import { planJson } from '../../../runtime/plan/json.ts'
import { examine } from '../../../runtime/run/workspace.ts'
import { REPOSITORY } from '../../support/repository.ts'
import { project, summary, bsp as tsBsp } from '../load/temp-project.ts'

const test = suite('YAML')

const CONFIG = { 'strux.yaml': 'project_version: 1.2.3\nname: kiosk\nbsp: qemu\n' }
const HEAD = 'strux_version: "0.3.0"\nbsp:\n  name: q\n  description: d\n  arch: arm64\n  hostname: h\n'

interface Said {
  readonly root: string
  readonly diagnostics: readonly Diagnostic[]
  readonly lines: readonly string[]
  readonly plan?: object
}

async function load(files: Readonly<Record<string, string>>, name = 'qemu'): Promise<Said> {
  const root = project(files, {})
  const loaded = await loadProject(root)
  const bsp = loaded.bsps.some(each => each.name === name) ? await loadBsp(loaded, name) : undefined
  const { diagnostics, workspace } = await examine(loaded, bsp)
  const plan = workspace && planJson(workspace.plan)
  return { root, diagnostics, lines: summary(root, diagnostics), ...(plan && { plan }) }
}

const yaml = (body: string, more: Readonly<Record<string, string>> = {}) =>
  load({ ...CONFIG, 'bsp/qemu/bsp.yaml': HEAD + body, 'bsp/qemu/a.sh': 'true', ...more })

test('the same content in YAML and in TypeScript is the same plan', async () => {
  const body = `  display: { resolution: 800x600 }
  scripts:
    - step: make_image
      location: ./a.sh
      description: Make it
      depends_on: [./data, "./*.cfg", cache/rootfs-post.tar.gz]
      cached_generated_artifacts: [output/a.img]
    - { step: before_kernel, location: a.sh }
    - { step: after_kernel_extract, location: ./a.sh, depends_on: [./data] }
    - { step: flash_script, location: ./a.sh }
  boot:
    kernel: { custom_kernel: true, version: "6.12", fragments: ["A=y\\nB=n"], device_tree: { dts: [./a.dts, b] } }
`
  const config = `project_version: "1.2.3"
name: kiosk
bsp: qemu
display: { monitors: [{ path: /, transform: 90 }] }
scripts: [{ location: ./s.sh, depends_on: [./bsp] }]
`
  const files = {
    'bsp/qemu/a.sh': 'true',
    'bsp/qemu/data/x': '1',
    'bsp/qemu/a.cfg': '',
    'bsp/qemu/a.dts': '',
    's.sh': '',
  }
  const one = await load({ 'strux.yaml': config, 'bsp/qemu/bsp.yaml': HEAD + body, ...files })
  const two = await load({
    'strux.config.ts': `import { defineConfig } from 'strux-bsp'
export default defineConfig({ project_version: '1.2.3', name: 'kiosk', bsp: 'qemu',
  display: { monitors: [{ path: '/', transform: 90 }] }, scripts: [{ location: './s.sh', depends_on: ['./bsp'] }] })`,
    'bsp/qemu/bsp.ts':
      tsBsp(`name: 'q', description: 'd', arch: 'arm64', hostname: 'h', display: { resolution: '800x600' },
  scripts: [
    { step: 'make_image', location: './a.sh', description: 'Make it', depends_on: ['./data', './*.cfg', 'cache/rootfs-post.tar.gz'],
      cached_generated_artifacts: ['output/a.img'] },
    { step: 'before_kernel', location: 'a.sh' },
    { step: 'after_kernel_extract', location: './a.sh', depends_on: ['./data'] },
    { step: 'flash_script', location: './a.sh' },
  ],
  boot: { kernel: { custom_kernel: true, version: '6.12', fragments: ['A=y\\nB=n'], device_tree: { dts: ['./a.dts', 'b'] } } }`),
    ...files,
  })
  assert.ok(one.plan)
  const plain = (said: Said) => JSON.stringify(said.plan).replaceAll(said.root, '')
  assert.equal(plain(one), plain(two))
})

test('a project in TypeScript with a BSP in YAML, and the other way round', async () => {
  const mixed = await load({
    'strux.config.ts': `import { defineConfig } from 'strux-bsp'
export default defineConfig({ name: 'k', project_version: '1.0.0', bsp: 'qemu' })`,
    'bsp/qemu/bsp.yaml': HEAD,
  })
  assert.equal(mixed.lines, [])
  assert.ok(mixed.plan)
  const other = await load({
    ...CONFIG,
    'bsp/qemu/bsp.ts': tsBsp(`name: 'q', description: 'd', arch: 'arm64', hostname: 'h'`),
  })
  assert.equal(other.lines, [])
  assert.ok(other.plan)
})

test('a folder with both is an error that says so', async () => {
  const said = await yaml('', {
    'bsp/qemu/bsp.ts': tsBsp(`name: 'q', description: 'd', arch: 'arm64', hostname: 'h'`),
  })
  assert.equal(said.lines, ['duplicate_bsp strux.yaml:1:1 project_version: 1.2.3'])
  assert.match(said.diagnostics[0]!.message, 'bsp/qemu/bsp.ts and bsp/qemu/bsp.yaml')
  assert.match(said.diagnostics[0]!.hint!, 'in TypeScript or in YAML')
  const two = await load({
    ...CONFIG,
    'strux.config.ts': `import { defineConfig } from 'strux-bsp'
export default defineConfig({ name: 'k', project_version: '1.0.0', bsp: 'qemu' })`,
    'bsp/qemu/bsp.yaml': HEAD,
  })
  assert.equal(
    two.diagnostics.map(each => `${each.code} ${each.file}:${each.line}`),
    ['two_configurations strux.config.ts:2'],
  )
})

test('the project is found from any folder in it', () => {
  const root = project({ ...CONFIG, 'bsp/qemu/bsp.yaml': HEAD }, {})
  assert.is(findProjectRoot(join(root, 'bsp/qemu')), root)
})

test('severities: what YAML tools shrug off is a warning', async () => {
  const said = await yaml(`  colour: red
  image: { partitions: [] }
  scripts:
    - step: make_image
      location: /a.sh
      id: mine
      cached_generated_artifacts: [./a.img, /b.img, output/c.img]
      depends_on: [/cache/x]
`)
  assert.equal(said.lines, [
    'unknown_key bsp/qemu/bsp.yaml:7:3 colour',
    'unknown_key bsp/qemu/bsp.yaml:8:3 image',
    'absolute_path bsp/qemu/bsp.yaml:11:17 /a.sh',
    'unknown_key bsp/qemu/bsp.yaml:12:7 id',
    'artifact_relative bsp/qemu/bsp.yaml:13:36 ./a.img',
    'absolute_path bsp/qemu/bsp.yaml:13:45 /b.img',
    'absolute_path bsp/qemu/bsp.yaml:14:20 /cache/x',
    'dependency_missing bsp/qemu/bsp.yaml:14:20 /cache/x',
  ])
  assert.ok(said.diagnostics.every(each => each.severity === 'warning'))
  assert.match(said.diagnostics[1]!.hint!, 'TypeScript')
  const [node] = (said.plan as { nodes: { id: string; artifacts: { path: string }[] }[] }).nodes.filter(
    each => each.id.startsWith('make'),
  )
  assert.is(node!.id, 'make_image:a.sh')
  assert.equal(
    node!.artifacts.map(each => each.path),
    ['dist/a.img', 'dist/b.img', 'dist/output/qemu/c.img'],
  )
})

test('severities: what is wrong everywhere is an error', async () => {
  const said = await yaml(`  display: { resolution: abc }
  cage:
    hide_cursor: yes
  scripts:
    - step: make_img
      location: ./a.sh
    - step: make_image
    - { step: make_image, location: ./gone.sh }
  boot:
    kernel:
      version: 6.10
    bootloader:
  rootfs:
    packages: [curl, 12]
`)
  assert.equal(said.lines, [
    'bad_resolution bsp/qemu/bsp.yaml:7:26 abc',
    'wrong_type bsp/qemu/bsp.yaml:9:18 yes',
    'unknown_hook bsp/qemu/bsp.yaml:11:13 make_img',
    'missing_key bsp/qemu/bsp.yaml:13:7 step: make_image',
    'script_missing bsp/qemu/bsp.yaml:14:37 ./gone.sh',
    'missing_key bsp/qemu/bsp.yaml:16:5 kernel',
    'wrong_type bsp/qemu/bsp.yaml:17:16 6.10',
    'wrong_type bsp/qemu/bsp.yaml:18:5 bootloader',
    'wrong_type bsp/qemu/bsp.yaml:20:22 12',
  ])
  const hints = said.diagnostics.map(each => each.hint ?? '')
  assert.is(hints[1], 'write true')
  assert.match(hints[2]!, "did you mean 'make_image'?")
  assert.is(hints[6], 'put it in quotes: "6.10"')
  assert.is(hints[7], "leave 'bootloader' out")
  const files = await yaml(
    '  scripts:\n    - { step: make_image, location: ./gone.sh }\n    - { step: make_image, location: ../../../x.sh }\n',
  )
  assert.equal(files.lines, [
    'script_missing bsp/qemu/bsp.yaml:8:37 ./gone.sh',
    'path_escapes bsp/qemu/bsp.yaml:9:37 ../../../x.sh',
  ])
})

test('overlays: one, as other tools have it', async () => {
  const said = await yaml('  rootfs: { overlay: [./a, ./b] }\n')
  assert.equal(said.lines, ['wrong_type bsp/qemu/bsp.yaml:7:22 [./a, ./b]'])
  assert.is(said.diagnostics[0]!.hint, 'put all into one: only definitions in TypeScript can have several')
  const single = await yaml('  rootfs: { overlay: [./a] }\n')
  assert.is(single.diagnostics[0]!.hint, "write './a'")
  assert.equal((await yaml('  rootfs: { overlay: ./a }\n', { 'bsp/qemu/a/x': '' })).lines, [])
})

test('the wrapper', async () => {
  const without = await load({ ...CONFIG, 'bsp/qemu/bsp.yaml': 'name: q\narch: arm64\n' })
  assert.equal(without.lines, [
    'missing_key bsp/qemu/bsp.yaml:1:1 name: q',
    'missing_key bsp/qemu/bsp.yaml:1:1 name: q',
    'unknown_key bsp/qemu/bsp.yaml:1:1 name',
    'unknown_key bsp/qemu/bsp.yaml:2:1 arch',
  ])
  assert.is(without.diagnostics[3]!.hint, "'arch' belongs in 'bsp'")
  const version = await load({ ...CONFIG, 'bsp/qemu/bsp.yaml': HEAD.replace('"0.3.0"', '0.3') })
  assert.equal(version.lines, ['wrong_type bsp/qemu/bsp.yaml:1:16 0.3'])
  assert.is(version.diagnostics[0]!.hint, 'put it in quotes: "0.3"')
})

test('architectures in any case, versions as YAML reads them', async () => {
  const upper = await load({ ...CONFIG, 'bsp/qemu/bsp.yaml': HEAD.replace('arm64', 'AArch64') })
  assert.equal(upper.lines, ['breaks_elsewhere bsp/qemu/bsp.yaml:5:9 AArch64'])
  assert.is((upper.plan as { arch: string }).arch, 'arm64')
  const no = await load({ ...CONFIG, 'bsp/qemu/bsp.yaml': HEAD.replace('arm64', 'mips') })
  assert.equal(no.lines, ['bad_arch bsp/qemu/bsp.yaml:5:9 mips'])
  const number = await load({
    'strux.yaml': 'project_version: 1.0\nname: k\nbsp: qemu\n',
    'bsp/qemu/bsp.yaml': HEAD,
  })
  assert.equal(number.lines, ['bad_version strux.yaml:1:18 1.0'])
})

test('duplicate keys: the last counts, and both places are told', async () => {
  const said = await yaml('  hostname: other\n')
  assert.equal(said.lines, ['duplicate_key bsp/qemu/bsp.yaml:7:3 hostname'])
  assert.match(
    said.diagnostics[0]!.message,
    "'hostname' occurs twice: this one counts, the one in line 6 does not",
  )
  assert.is(said.diagnostics[0]!.severity, 'warning')
})

test('anchors, aliases and merge keys', async () => {
  const said = await load({
    ...CONFIG,
    'bsp/qemu/a.sh': '',
    'bsp/qemu/bsp.yaml': `x-common: &common
  step: make_image
  depends_on: &deps [./a.sh]
${HEAD}  scripts:
    - <<: *common
      location: ./a.sh
    - { location: ./a.sh, <<: [*common], step: after_build, depends_on: *deps }
`,
  })
  assert.equal(said.lines, [])
  const ids = (said.plan as { nodes: { id: string }[] }).nodes.map(each => each.id)
  assert.ok(ids.includes('make_image:./a.sh') && ids.includes('after_build:./a.sh'))
  const wrong = await load({
    ...CONFIG,
    'bsp/qemu/bsp.yaml': `x: &x { step: nonsense }\n${HEAD}  scripts: [{ <<: *x, location: ./a.sh }]\n`,
    'bsp/qemu/a.sh': '',
  })
  assert.equal(wrong.lines, ['unknown_hook bsp/qemu/bsp.yaml:1:15 nonsense'], 'told where it is written')
})

test('tags', async () => {
  const said = await load({
    ...CONFIG,
    'bsp/qemu/bsp.yaml':
      HEAD.replace('hostname: h', 'hostname: !!str 12') + '  name: !mine x\n'.replace('name', 'description'),
  })
  assert.equal(said.diagnostics.map(each => each.code).sort(), ['duplicate_key', 'yaml_warning'])
  assert.ok(said.plan)
})

test('what is no YAML, or not one document', async () => {
  const codes = async (text: string) => (await load({ ...CONFIG, 'bsp/qemu/bsp.yaml': text })).lines
  assert.equal(await codes(''), ['empty_file bsp/qemu/bsp.yaml:1:1 '])
  assert.equal(await codes('# nothing\n'), ['empty_file bsp/qemu/bsp.yaml:1:1 #'])
  assert.equal(await codes(`${HEAD}---\n${HEAD}`), ['several_documents bsp/qemu/bsp.yaml:7:1 -'])
  assert.equal(
    (await codes('a: [1\nb: "')).every(line => line.startsWith('syntax_error bsp/qemu/bsp.yaml:')),
    true,
  )
  assert.equal(await codes('a: \x07'), ['bad_character bsp/qemu/bsp.yaml:1:4 \x07'])
  assert.equal(await codes(HEAD.replace('hostname: h', 'hostname: "a\\0b"')), [
    'bad_character bsp/qemu/bsp.yaml:6:13 "a\\0b"',
  ])
  assert.equal(await codes('just text'), ['wrong_type bsp/qemu/bsp.yaml:1:1 just text'])
  assert.equal(await codes(`${HEAD}  ? [a]\n  : b\n`), ['bad_key bsp/qemu/bsp.yaml:7:5 [a]'])
})

test('what works here and not everywhere', async () => {
  const said = await yaml(
    `  scripts:
    - { step: make_image, location: ./a.sh, depends_on: [./data, ./data/, ./data/x, "./d*/x"] }
    - { step: make_image, location: ./a.sh }
  boot:
    kernel:
      custom_kernel: true
      source: deb:linux-source-6.12
      device_tree: { dts: [a, b], overlays: [./o.dtso], include_paths: [./data] }
    bootloader: { enabled: true, type: systemd-boot }
  rootfs: { packages: [curl, ./x.deb] }
`,
    { 'bsp/qemu/data/x': '', 'bsp/qemu/o.dtso': '', 'bsp/qemu/x.deb': '' },
  )
  assert.equal(said.lines, [
    'breaks_elsewhere bsp/qemu/bsp.yaml:8:58 ./data',
    'breaks_elsewhere bsp/qemu/bsp.yaml:8:66 ./data/',
    'breaks_elsewhere bsp/qemu/bsp.yaml:8:85 "./d*/x"',
    'breaks_elsewhere bsp/qemu/bsp.yaml:9:37 ./a.sh',
    'breaks_elsewhere bsp/qemu/bsp.yaml:13:15 deb:linux-source-6.12',
    'breaks_elsewhere bsp/qemu/bsp.yaml:14:27 [a, b]',
    'breaks_elsewhere bsp/qemu/bsp.yaml:14:45 [./o.dtso]',
    'breaks_elsewhere bsp/qemu/bsp.yaml:14:72 [./data]',
    'breaks_elsewhere bsp/qemu/bsp.yaml:15:40 systemd-boot',
    'breaks_elsewhere bsp/qemu/bsp.yaml:16:30 ./x.deb',
  ])
  assert.ok(said.plan)
  const plain = await load({ ...CONFIG, 'bsp/qemu/bsp.yaml': HEAD.replace('hostname: h', 'hostname: on') })
  assert.equal(plain.lines, ['breaks_elsewhere bsp/qemu/bsp.yaml:6:13 on'])
})

test('definitions in TypeScript hear nothing of other tools', async () => {
  const said = await load({
    'strux.config.ts': `import { defineConfig } from 'strux-bsp'
export default defineConfig({ name: 'k', project_version: '1.0.0', bsp: 'qemu' })`,
    'bsp/qemu/bsp.ts': tsBsp(
      `name: 'q', description: 'd', arch: 'arm64', hostname: 'h', rootfs: { packages: ['./x.deb'] }`,
    ),
    'bsp/qemu/x.deb': '',
  })
  assert.equal(said.lines, [])
})

test('every shape of the documentation loads without an error', async () => {
  const root = join(REPOSITORY, 'test/fixtures/shapes')
  const loaded = await loadProject(root)
  assert.equal(
    loaded.bsps.map(each => each.name),
    ['hd215-rk3288', 'hd215-rk3576', 'ht109-rk3576s', 'qemu', 'rt101-rk3568'],
  )
  for (const { name } of loaded.bsps) {
    const { diagnostics, workspace } = await examine(loaded, await loadBsp(loaded, name))
    assert.ok(workspace, name)
    assert.equal(
      diagnostics.filter(each => each.severity === 'error'),
      [],
      name,
    )
    for (const { file, line } of diagnostics)
      assert.ok(readFileSync(join(root, file), 'utf8').split('\n').length >= line)
  }
})

test.run()
