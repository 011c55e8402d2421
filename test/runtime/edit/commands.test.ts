/** `strux add` and `strux rename` as commands: what they say, and what they leave on disk. */
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { strux } from '../../support/run-cli.ts'
import { project } from '../load/temp-project.ts'

const test = suite('strux add, strux rename')
const FILE = 'bsp/qemu/bsp.ts'
const BSP = `import { defineBsp } from 'strux-bsp'

// The machine in the hall.
export default defineBsp({
  name: 'q',
  description: 'd',
  arch: 'arm64',
  hostname: 'h',
  scripts: [
    { step: 'before_bundle', location: './a.sh', depends_on: ['./tool.sh'] }, // needs the tool
    { step: 'make_image', location: './tool.sh', depends_on: ['./tool.sh', 'output/tool.sh'] },
  ],
  rootfs: { packages: ['curl'] },
})
`
const made = (more: Readonly<Record<string, string>> = {}) =>
  project({ [FILE]: BSP, 'bsp/qemu/a.sh': 'true\n', 'bsp/qemu/tool.sh': 'echo tool\n', ...more })
const text = (root: string, file = FILE) => readFileSync(join(root, file), 'utf8')

test('packages: added once, and said when they are there', async () => {
  const root = made()
  chmodSync(join(root, FILE), 0o640)
  const first = await strux(root, 'add', 'package', 'curl', 'vim', 'vim')
  assert.is(first.stdout, `${FILE} already has curl\nadded vim to ${FILE}`, first.stderr)
  const after = BSP.replace("['curl']", "['curl', 'vim']")
  assert.is(text(root), after)
  assert.is(statSync(join(root, FILE)).mode & 0o777, 0o640)
  const again = await strux(root, 'add', 'package', 'curl', 'vim')
  assert.equal([again.exitCode, again.stdout], [0, `${FILE} already has curl, vim`])
  assert.is(text(root), after)
  const all = await strux(root, 'add', 'package', 'vim', '--all')
  assert.is(all.exitCode, 0, all.stderr)
  assert.match(text(root, 'strux.config.ts'), "  bsp: 'qemu',\n  rootfs: { packages: ['vim'] },\n})")
})

test('a script: added once; its file may come later', async () => {
  const root = made()
  const args = ['add', 'script', '--hook', 'after_build', '--location', 'scripts/sum.sh', '--id', 'sum']
  const first = await strux(root, ...args, '--depends-on', './a.sh')
  assert.is(
    first.stdout,
    `added ./scripts/sum.sh at after_build to ${FILE}\n  next: write bsp/qemu/scripts/sum.sh`,
  )
  const added = `    { id: 'sum', step: 'after_build', location: './scripts/sum.sh', depends_on: ['./a.sh'] },\n`
  assert.is(text(root), BSP.replace('  ],\n  rootfs', `${added}  ],\n  rootfs`))
  const again = await strux(root, ...args)
  assert.equal([again.exitCode, again.stdout], [0, `${FILE} already has ./scripts/sum.sh at after_build`])
})

test('what would be wrong is taken back', async () => {
  const root = made()
  const said = await strux(
    root,
    'add',
    'script',
    '--hook',
    'make_image',
    '--location',
    './a.sh',
    '--artifact',
    './x',
  )
  assert.is(said.exitCode, 1)
  assert.match(said.stderr, 'artifact_relative')
  assert.match(said.stderr, `${FILE} was not changed`)
  assert.is(text(root), BSP)
  const hook = await strux(root, 'add', 'script', '--hook', 'make_imagee', '--location', './a.sh')
  assert.is(hook.exitCode, 2)
})

test('YAML is refused', async () => {
  const yaml = 'strux_version: "1"\nbsp: { name: q, description: d, arch: arm64, hostname: h }\n'
  const root = project({ 'bsp/qemu/bsp.yaml': yaml })
  const said = await strux(root, 'add', 'package', 'vim')
  assert.is(said.exitCode, 1)
  assert.match(said.stderr, 'bsp/qemu/bsp.yaml:1:1')
  assert.match(said.stderr, 'strux import')
  assert.is(text(root, 'bsp/qemu/bsp.yaml'), yaml)
})

test('a file of scripts gets another name, there and in the module', async () => {
  const root = made()
  const said = await strux(root, 'rename', 'hook-file', './tool.sh', 'scripts/make.sh')
  assert.is(said.exitCode, 0, said.stderr)
  assert.is(text(root), BSP.replaceAll("'./tool.sh'", "'./scripts/make.sh'"))
  assert.is(text(root, 'bsp/qemu/scripts/make.sh'), 'echo tool\n')
  assert.not(existsSync(join(root, 'bsp/qemu/tool.sh')))
})

test('both the file and the module get the name, or neither', async () => {
  const dynamic = BSP.replace("location: './tool.sh'", "location: `./${'tool'}.sh`")
  const root = made({ [FILE]: dynamic })
  const said = await strux(root, 'rename', 'hook-file', 'tool.sh', 'make.sh')
  assert.is(said.exitCode, 1)
  assert.match(said.stderr, `${FILE}:11:37`, said.stderr)
  assert.is(text(root), dynamic)
  assert.ok(existsSync(join(root, 'bsp/qemu/tool.sh')))
  const taken = await strux(root, 'rename', 'hook-file', 'tool.sh', 'a.sh')
  assert.equal([taken.exitCode, text(root, 'bsp/qemu/a.sh')], [2, 'true\n'])
})

test('a file that another BSP uses keeps its name', async () => {
  const other = BSP.replaceAll('./tool.sh', '../qemu/tool.sh').replace('./a.sh', '../qemu/a.sh')
  const root = made({ 'bsp/other/bsp.ts': other })
  const said = await strux(root, 'rename', 'hook-file', 'tool.sh', 'make.sh')
  assert.is(said.exitCode, 1)
  assert.match(said.stderr, 'bsp/other/bsp.ts:11')
  assert.is(text(root), BSP)
  assert.ok(existsSync(join(root, 'bsp/qemu/tool.sh')) && !existsSync(join(root, 'bsp/qemu/make.sh')))
})

test.run()
