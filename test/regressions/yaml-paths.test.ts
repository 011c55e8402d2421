/** Paths in YAML lead where they lead with the tool that the format comes from. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadBsp, loadProject } from '../../runtime/load/project.ts'
import type { ScriptNode } from '../../runtime/model/plan.ts'
import { examine } from '../../runtime/run/workspace.ts'
import { project, summary } from '../runtime/load/temp-project.ts'

const test = suite('paths in YAML')

async function planned(script: string) {
  const root = project(
    {
      'bsp/qemu/bsp.yaml': `strux_version: "0.3.0"
bsp:
  name: q
  description: d
  arch: arm64
  hostname: h
  scripts:
    - ${script}
`,
      'bsp/qemu/a.sh': '',
    },
    { 'strux.yaml': 'strux_version: 0.3\nname: k\nproject_version: "1.0.0"\nbsp: qemu\n' },
  )
  const loaded = await loadProject(root)
  const { diagnostics, workspace } = await examine(loaded, await loadBsp(loaded, 'qemu'))
  assert.ok(workspace, JSON.stringify(diagnostics))
  const said = diagnostics.filter(each => each.code !== 'dependency_missing')
  const node = workspace.plan.nodes.find((each): each is ScriptNode => each.kind === 'script')!
  return { said: summary(root, said), hints: said.map(each => each.hint), node }
}

/** What the original makes of each. Source: its facts document, "Path resolution". */
const ARTIFACTS = [
  ['./cache/a', 'dist/cache/a'],
  ['./output/a', 'dist/output/a'],
  ['/cache/a', 'dist/cache/a'],
  ['.//cache/a', 'dist/cache/a'],
  ['./a', 'dist/a'],
  ['./cached/a', 'dist/cached/a'],
] as const
for (const [path, expected] of ARTIFACTS) {
  test(`the artifact ${path} is ${expected}`, async () => {
    const { said, node } = await planned(
      `{ step: make_image, location: ./a.sh, cached_generated_artifacts: ["${path}"] }`,
    )
    assert.equal(
      node.artifacts.map(each => each.path),
      [expected],
    )
    // A name so near to cache/ is asked about as well.
    assert.is(said.length, path.startsWith('./cached') ? 2 : 1)
  })
}

const DEPENDENCIES = [
  ['.', 'dist'],
  ['./', 'bsp/qemu'],
  ['./cache/a', 'bsp/qemu/cache/a'],
  ['/cache/a', 'dist/cache/a'],
  ['/output/a', 'dist/output/a'],
  ['cache/a', 'dist/cache/qemu/a'],
  ['../strux.yaml', 'strux.yaml'],
] as const
for (const [path, expected] of DEPENDENCIES) {
  test(`the dependency ${path} is ${expected}`, async () => {
    const { node } = await planned(`{ step: make_image, location: ./a.sh, depends_on: ["${path}"] }`)
    assert.equal(
      node.dependencies.map(each => each.path),
      [expected],
    )
  })
}

test('what is read otherwise than it looks is told, with what to write', async () => {
  const artifact = await planned(
    '{ step: make_image, location: ./a.sh, cached_generated_artifacts: [./cache/a] }',
  )
  assert.equal(artifact.said, ['artifact_relative bsp/qemu/bsp.yaml:8:74 ./cache/a'])
  assert.equal(artifact.hints, ["write '../dist/cache/a', or 'cache/a' in the BSP's own folder"])
  const all = await planned('{ step: make_image, location: ./a.sh, depends_on: [.] }')
  assert.equal(all.said, ['reads_all bsp/qemu/bsp.yaml:8:58 .'])
})

test('strux_version in strux.yaml is no mistake', async () => {
  assert.equal((await planned('{ step: make_image, location: ./a.sh }')).said, [])
})

test.run()
