/** A handler inside a step that this build does not have never runs, and the plan says why. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../support/project.ts'

const test = suite('handlers of absent steps')
let project: TempProject

test.before(() => {
  project = new TempProject()
  project.write(
    'extensions/tuned.ts',
    `import { defineExtension, sh } from 'strux-bsp'
export default defineExtension({ name: 'tuned', hooks: {
  custom_kernel_config: sh\`opts_y+=(USB)\`, post_build_image: sh\`true\` } })
`,
  )
})
test.after(() => project.dispose())

interface Planned {
  readonly nodes: readonly { readonly id: string }[]
  readonly never: readonly { readonly id: string; readonly reason: string }[]
}

async function planned(kernel: boolean, ...scripts: readonly { step: string; run: string }[]) {
  const image = { partitions: [{ name: 'root', type: 'root' }] }
  const boot = { kernel: { custom_kernel: kernel } }
  project.bsp(scripts, { arch: 'x86_64', boot, image, extensions: ['tuned'] })
  const { code, stdout, stderr } = await project.strux(['plan', '--json'])
  assert.is(code, 0, stderr)
  const { nodes, never }: Planned = JSON.parse(stdout)
  return {
    handlers: nodes.map(({ id }) => id).filter(id => id.includes('__')),
    never: never.map(({ id, reason }) => `${id}: ${reason}`),
  }
}

test('a handler of the kernel configuration needs a custom kernel', async () => {
  assert.equal(await planned(false), {
    handlers: ['post_build_image__tuned'],
    never: [
      'custom_kernel_config__tuned: custom_kernel_config runs only with boot.kernel.custom_kernel: true',
    ],
  })
})

test('a script that replaces the step replaces its handlers', async () => {
  assert.equal(await planned(true, { step: 'custom_kernel', run: 'true' }), {
    handlers: ['post_build_image__tuned'],
    never: ['custom_kernel_config__tuned: a custom_kernel script replaces the step kernel'],
  })
  assert.equal(await planned(true), {
    handlers: ['custom_kernel_config__tuned', 'post_build_image__tuned'],
    never: [],
  })
})

test.run()
