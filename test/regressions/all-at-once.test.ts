/** What is wrong with files is told together with what is wrong with values, not only after these are mended. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadBsp, loadProject } from '../../runtime/load/project.ts'
import { examine } from '../../runtime/run/workspace.ts'
import { bsp, project, summary } from '../runtime/load/temp-project.ts'

const test = suite('all diagnostics at once')

async function said(root: string): Promise<string[]> {
  const loaded = await loadProject(root)
  const { diagnostics, workspace } = await examine(loaded, await loadBsp(loaded, 'qemu'))
  assert.is(workspace, undefined, 'nothing can be built')
  return summary(root, diagnostics)
}

test('a bad value, a bad script, missing scripts and a missing patch', async () => {
  const root = project({
    'bsp/qemu/bsp.ts': bsp(`
  name: 'q', description: 'd', arch: 'arm65', hostname: 'h', displai: {},
  boot: { kernel: { custom_kernel: true, patches: ['gone.patch'] }, bootloader: { enabled: 'yes' } },
  scripts: [
    { step: 'make_imag', location: './gone-1.sh' },
    { step: 'make_image', location: './there.sh', depends_on: 'x' },
    { step: 'make_image', location: 7 },
    { step: 'make_image', location: './gone-2.sh', cached_generated_artifacts: ['./a'] },
    { step: 'make_image', location: './gone-3.sh', when: 'never' },
  ],`),
    'bsp/qemu/there.sh': '',
  })
  assert.equal(await said(root), [
    "bad_arch bsp/qemu/bsp.ts:3:38 'arm65'",
    'unknown_key bsp/qemu/bsp.ts:3:62 displai',
    "file_missing bsp/qemu/bsp.ts:4:52 'gone.patch'",
    "wrong_type bsp/qemu/bsp.ts:4:92 'yes'",
    "unknown_hook bsp/qemu/bsp.ts:6:13 'make_imag'",
    "script_missing bsp/qemu/bsp.ts:6:36 './gone-1.sh'",
    "wrong_type bsp/qemu/bsp.ts:7:63 'x'",
    'wrong_type bsp/qemu/bsp.ts:8:37 7',
    "script_missing bsp/qemu/bsp.ts:9:37 './gone-2.sh'",
    "artifact_relative bsp/qemu/bsp.ts:9:81 './a'",
    "script_missing bsp/qemu/bsp.ts:10:37 './gone-3.sh'",
    'unknown_key bsp/qemu/bsp.ts:10:52 when',
  ])
})

test('a wrong configuration, and a script and a logo that are missing', async () => {
  const root = project(
    {
      'bsp/qemu/bsp.ts': bsp(
        "name: 'q', description: 'd', arch: 'arm64', hostname: 'h', scripts: [{ step: 'make_image', location: './gone.sh' }]",
      ),
    },
    {
      'strux.config.ts': `import { defineConfig } from 'strux-bsp'
export default defineConfig({ name: 'k', project_version: 'one', bsp: 'qemu',
  boot: { splash: { enabled: true, logo: 'logo.png', color: '000000' } } })
`,
    },
  )
  const codes = (await said(root)).map(line => line.replace(/:\d+:\d+/, ''))
  assert.equal(codes.sort(), [
    "bad_version strux.config.ts 'one'",
    "file_missing strux.config.ts 'logo.png'",
    "script_missing bsp/qemu/bsp.ts './gone.sh'",
  ])
})

test('the same in YAML', async () => {
  const root = project(
    {
      'bsp/qemu/bsp.yaml': `strux_version: "0.3.0"
bsp:
  name: q
  description: d
  arch: arm65
  hostname: h
  boot: { kernel: { custom_kernel: true, source: "https://example.com/x.git", patches: [gone.patch] } }
  scripts:
    - step: make_imag
      location: ./gone-1.sh
    - step: make_image
      location: ./gone-2.sh
`,
    },
    { 'strux.yaml': 'name: k\nproject_version: "1.0.0"\nbsp: qemu\n' },
  )
  assert.equal(await said(root), [
    'bad_arch bsp/qemu/bsp.yaml:5:9 arm65',
    'file_missing bsp/qemu/bsp.yaml:7:89 gone.patch',
    'unknown_hook bsp/qemu/bsp.yaml:9:13 make_imag',
    'script_missing bsp/qemu/bsp.yaml:10:17 ./gone-1.sh',
    'script_missing bsp/qemu/bsp.yaml:12:17 ./gone-2.sh',
  ])
})

test('what cannot be used at all is told alone', async () => {
  for (const body of ['scripts: 7', "name: 'q'"]) {
    const lines = await said(project({ 'bsp/qemu/bsp.ts': bsp(body) }))
    assert.not(
      lines.some(line => /script_missing|file_missing|path_escapes/.test(line)),
      lines.join('\n'),
    )
  }
})

test.run()
