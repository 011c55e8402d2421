/** Handlers of extensions in an exported project: scripts at the nearest hooks, and refusals. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { exportProject } from '../../support/exported.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('export of extensions')

function project(hooks: string, more: object = {}): TempProject {
  const made = new TempProject()
  made.config({ extensions: ['probe'], skip_hooks: ['post_customize_image__not-this'] })
  made.bsp([], {
    arch: 'x86_64',
    image: { partitions: [{ name: 'root', type: 'root', size: '64M' }] },
    ...more,
  })
  made.write(
    'extensions/probe.ts',
    `import { defineExtension, sh } from 'strux-bsp'
export default defineExtension({ name: 'probe', options: { word: "it's" }, hooks: {
  post_customize_image: { name: 'not-this', run: sh\`false\` },
  ${hooks}
} })`,
  )
  return made
}

test('handlers become scripts at the nearest hooks, in their order', async () => {
  const made = project(`
    user_config: draft => { draft.bsp.hostname = 'set-by-a-handler' },
    build_host_tools: sh\`echo tools\`,
    pre_customize_image: [{ name: 'second', run: sh\`echo second\` }, { name: 'first', order: 10, location: './first.sh' }],
    prepare_image_size: sh\`FIXED_IMAGE_SIZE=100\`,
    run_after_build: sh\`echo ended\``)
  made.write('extensions/first.sh', 'echo first\n')
  const exported = await exportProject(made.root)
  const yaml = exported.read('bsp/demo/bsp.yaml')
  assert.match(yaml, /hostname: "?set-by-a-handler/)
  assert.not.match(yaml + exported.read('strux.yaml'), /extensions:|skip_hooks:/)
  for (const [hook, script] of [
    ['before_build', 'extensions-host_tools'],
    ['before_bundle', 'extensions-rootfs_post'],
    ['make_image', 'image'],
    ['after_build', 'extensions-end'],
  ]) {
    assert.match(yaml, new RegExp(`step: "?${hook}"?\\n\\s+location: "?./scripts/strux-${script}.sh`), hook)
  }
  const rootfs = exported.read('bsp/demo/scripts/strux-extensions-rootfs_post.sh')
  assert.ok(rootfs.indexOf('echo first') < rootfs.indexOf('echo second'), 'order')
  assert.match(rootfs, /export EXTENSION_DIR="\$PROJECT_FOLDER"\/'extensions'/)
  assert.match(rootfs, /export EXTENSION_OPTIONS='\{"word":"it'\\''s"\}'/)
  assert.not.match(rootfs, /not-this/)
  assert.match(exported.read('bsp/demo/scripts/strux-image.sh'), /strux_publish (\w+ )*FIXED_IMAGE_SIZE/)
  made.dispose()
})

test('values of the project that differ between BSPs are refused', async () => {
  const made = new TempProject()
  const body = { arch: 'x86_64', image: { partitions: [{ name: 'root', type: 'root', size: '64M' }] } }
  made.bsp([], { ...body, name: 'demo' })
  made.bsp([], { ...body, name: 'other', extensions: ['probe'] })
  made.write(
    'extensions/probe.ts',
    `import { defineExtension } from 'strux-bsp'
export default defineExtension({ name: 'probe', hooks: { user_config: ({ project }) => {
  project.rootfs = { ...project.rootfs, packages: ['jq'], fonts: 'latin' } } } })`,
  )
  const refused = await exportProject(made.root).then(
    () => '',
    error => String(error),
  )
  for (const key of ['rootfs.packages', 'rootfs.fonts'])
    assert.match(
      refused,
      `'${key}' of the project: extensions of the BSPs demo and other give it different values`,
    )
  const { said, read } = await exportProject(made.root, { lossy: true })
  assert.ok(said.some(({ message }) => message.includes('so the one of demo is taken')))
  assert.not.match(read('strux.yaml'), 'jq')
  const alone = await exportProject(made.root, { only: 'other' })
  assert.match(alone.read('strux.yaml'), 'jq')
  made.dispose()
})

test('a handler without a counterpart is refused, and left out of a lossy export', async () => {
  for (const [hook, reason] of [
    ['post_family_tweaks: () => {}', /TypeScript function/],
    ['custom_apt_repo: sh`true`', /add a repository/],
    ['custom_kernel_config: sh`true`', /configuration of a kernel/],
    ['extension_metadata_ready: sh`true`', /no records of hook calls/],
  ] as const) {
    const made = project(hook, { boot: { kernel: { custom_kernel: true } } })
    try {
      await exportProject(made.root)
      assert.unreachable(hook)
    } catch (error) {
      assert.match(String(error), reason)
      assert.match(String(error), /not_in_yaml/)
    }
    const { said } = await exportProject(made.root, { lossy: true })
    assert.ok(said.some(({ severity, message }) => severity === 'warning' && /left out/.test(message)))
    made.dispose()
  }
})

test.run()
