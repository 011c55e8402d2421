/** Where the scripts of source packages are, for messages about failures. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openWorkspace } from '../../../runtime/engine.ts'
import type { CalledScript } from '../../../runtime/model/plan.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('places of scripts of packages')
let project: TempProject
test.before(() => {
  project = new TempProject()
  project.write(
    'packages/a.ts',
    `import { definePackage, sh } from 'strux-bsp'
export default definePackage({
  name: 'a',
  commands: { build: sh\`true\` },
  hooks: {
    target_finalize: sh\`true\`,
  },
  host: {
    hooks: {
      post_build: [sh\`one\`,
        sh\`two\`],
    },
  },
})
`,
  )
  project.write(
    'bsp/demo/bsp.ts',
    `import { defineBsp, definePackage, sh } from 'strux-bsp'
export default defineBsp({
  name: 'demo', description: 'A test', arch: 'host', hostname: 'demo',
  packages: ['a', 'host-a', definePackage({
    name: 'b',
    hooks: { post_build: sh\`true\` },
  })],
})
`,
  )
})
test.after(() => project.dispose())

test('in the file of the package, in the definition of the BSP, and for the root filesystem', async () => {
  const { workspace, diagnostics } = await openWorkspace(project.root, 'demo')
  assert.equal(diagnostics, [])
  const place = async (node: string, script: CalledScript) => {
    const step = workspace!.plan.nodes.find(each => each.id === node)
    const found = step?.kind === 'step' ? await step.locate?.(script) : undefined
    return found && `${found.file}:${found.line}`
  }
  assert.is(await place('package:a', { of: 'a', name: 'build', index: 0 }), 'packages/a.ts:4')
  assert.is(await place('package:host-a', { of: 'host-a', name: 'post_build', index: 0 }), 'packages/a.ts:10')
  assert.is(await place('package:host-a', { of: 'host-a', name: 'post_build', index: 1 }), 'packages/a.ts:11')
  assert.is(await place('package:b', { of: 'b', name: 'post_build', index: 0 }), 'bsp/demo/bsp.ts:6')
  assert.is(await place('rootfs_post', { of: 'a', name: 'target_finalize', index: 0 }), 'packages/a.ts:6')
})

test.run()
