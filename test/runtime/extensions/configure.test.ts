/** Configuration hooks: when they are called, what they change, and what is said of handlers that fail. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { layersJson } from '../../../runtime/cli/layers.ts'
import { loadBsp, loadProject } from '../../../runtime/load/project.ts'
import { examine } from '../../../runtime/run/workspace.ts'
import { project, summary } from '../load/temp-project.ts'

const BSP = 'bsp/qemu/bsp.ts'
const ID = "name: 'q', description: 'd'"

async function load(files: Readonly<Record<string, string>>, config = '') {
  const root = project(files, {
    'strux.config.ts': `import { defineConfig } from 'strux-bsp'
export default defineConfig({ name: 'k', project_version: '1.0.0', bsp: 'qemu', ${config} })
`,
  })
  const loaded = await loadProject(root)
  const found = await loadBsp(loaded, 'qemu')
  const { diagnostics, workspace } = await examine(loaded, found)
  return {
    root,
    bsp: found.value!,
    lines: summary(root, diagnostics),
    messages: diagnostics.map(({ message }) => message),
    workspace: workspace!,
  }
}

/** A BSP on a layer, with an extension whose hooks begin in line 3. */
const files = (hooks: string, body = '') => ({
  [BSP]: `import { defineBsp, defineExtension, layer, sh } from 'strux-bsp'; void sh
const x = defineExtension({ name: 'x', options: { size: 7 }, hooks: {
${hooks} } })
const base = layer({ hostname: 'low', arch: 'arm64', rootfs: { packages: ['low'] } })
export default defineBsp({ ${ID}, extends: base, extensions: [x], ${body} })
`,
})

const valuesOf = (bsp: Parameters<typeof layersJson>[0]) => {
  const { order, values } = layersJson(bsp) as {
    order: { name: string }[]
    values: { key: string; value: unknown; layer: number }[]
  }
  return Object.fromEntries(values.map(({ key, value, layer }) => [key, [value, order[layer]!.name]]))
}

test('hooks are called in their order; each sees what the earlier ones changed', async () => {
  const say = (hook: string) => `${hook}: draft => { draft.bsp.description += ' ${hook}' }`
  const hooks = [
    'user_config',
    'extension_prepare_config',
    'extension_finish_config',
    'post_aggregate_packages',
    'post_determine_cthreads',
    'add_host_dependencies',
  ]
  const { bsp, lines } = await load(files([...hooks].reverse().map(say).join(',\n')))
  assert.equal(lines, [])
  assert.is(bsp.data.description, ['d', ...hooks].join(' '))
})

test('post_family_config changes what layers set; the values of BSP and project override it', async () => {
  const { bsp, lines, workspace } = await load(
    files(
      `post_family_config: draft => {
        draft.bsp.hostname = draft.bsp.hostname + '-family'
        draft.bsp.arch = 'x86_64'
        draft.bsp.rootfs!.packages!.push('family')
        draft.project.hostname = 'family'
        draft.project.name = 'family'
      }`,
      "arch: 'armhf', rootfs: { packages: ['own'] }",
    ),
  )
  assert.equal(lines, [])
  const { hostname, arch, rootfs } = bsp.data
  assert.equal([hostname, arch, rootfs?.packages], ['low-family', 'armhf', ['low', 'family', 'own']])
  assert.equal([workspace.project.config.hostname, workspace.project.config.name], ['family', 'k'])
  const values = valuesOf(bsp)
  assert.equal(values.hostname, ['low-family', 'x: post_family_config__x'])
  assert.equal(values.arch, ['armhf', 'qemu'])
  assert.equal(values['rootfs.packages[0]'], ['low', 'qemu'])
  assert.equal(values['rootfs.packages[1]'], ['family', 'x: post_family_config__x'])
  assert.equal(values['project.hostname'], ['family', 'x: post_family_config__x'])
})

test('every changed value is attributed to its handler, and no other', async () => {
  const { bsp } = await load(
    files(
      `user_config: [
        { name: 'a', run: draft => { draft.bsp.hostname = 'a'; draft.bsp.cage = { hide_cursor: true } } },
        { name: 'b', run: draft => { draft.bsp.hostname = draft.options.size === 7 ? 'b' : 'c' } },
        { name: 'c', run: draft => { draft.bsp.hostname = 'b'; draft.bsp.boot = undefined } },
        { name: 'd', run: draft => { draft.bsp.scripts = [...draft.bsp.scripts!, { step: 'after_build', run: sh\`x\` }] } },
      ]`,
      "boot: { cmdline: 'quiet' }, scripts: [{ step: 'before_build', run: sh`y` }]",
    ),
  )
  const values = valuesOf(bsp)
  assert.equal(values.hostname, ['b', 'x: user_config__b'])
  assert.equal(values['cage.hide_cursor'], [true, 'x: user_config__a'])
  assert.is(values['boot.cmdline'], undefined)
  assert.equal(
    ['scripts[0]', 'scripts[1]'].map(key => values[key]![1]),
    ['qemu', 'x: user_config__d'],
  )
  assert.equal(values.name, ['q', 'qemu'])
})

test('lists of packages, host packages and jobs', async () => {
  const { bsp, workspace, lines } = await load(
    {
      ...files(
        `post_aggregate_packages: ({ packages }) => { packages.bsp.splice(0, 1, 'new'); packages.project.push('pp') },
      post_determine_cthreads: draft => { draft.cthreads = 3 },
      add_host_dependencies: [{ name: 'a', run: draft => { draft.host.packages.push('rauc', 'rauc') } },
        { name: 'b', run: draft => { draft.host.packages.push('bmap-tools') } }]`,
        'boot: { kernel: { custom_kernel: true } }',
      ),
    },
    "build: { host_packages: ['jq'] }",
  )
  assert.equal(
    lines.filter(line => !line.startsWith('file_missing')),
    [],
  )
  assert.equal(bsp.data.rootfs?.packages, ['new'])
  assert.equal(workspace.project.config.rootfs?.packages, ['pp'])
  const values = valuesOf(bsp)
  assert.equal(values.cthreads, [3, 'x: post_determine_cthreads__x'])
  assert.equal(values['host.packages[1]'], ['bmap-tools', 'x: add_host_dependencies__b'])
  assert.equal(values['project.rootfs.packages[0]'], ['pp', 'x: post_aggregate_packages__x'])
  const kernel = workspace.plan.nodes.find(({ id }) => id === 'kernel')!
  assert.is(kernel.env.CTHREADS, '-j3')
  assert.is(kernel.hashedEnv.CTHREADS, undefined)
  assert.ok(kernel.builder.kind === 'recipe')
  assert.equal(kernel.builder.kind === 'recipe' && kernel.builder.recipe.layers.at(-1), {
    name: 'host',
    packages: ['bmap-tools', 'jq', 'rauc'],
  })
})

test('a file of the extension is given relative to its folder', async () => {
  const { bsp, lines } = await load({
    [BSP]: `import { defineBsp } from 'strux-bsp'
export default defineBsp({ ${ID}, hostname: 'h', arch: 'arm64', extensions: ['y'] })
`,
    'extensions/y/index.ts': `import { defineExtension } from 'strux-bsp'
export default defineExtension({ name: 'y', hooks: {
  user_config: draft => { draft.bsp.rootfs = { overlay: draft.file('./overlay') } } } })
`,
    'extensions/y/overlay/etc/motd': 'hello',
  })
  assert.equal(lines, [])
  assert.is(bsp.data.rootfs?.overlay, './../../extensions/y/overlay')
})

test('what a handler breaks is told at the handler', async () => {
  for (const [hooks, at, message] of [
    [
      "user_config: draft => { (draft.bsp as any).arch = 'z80' }",
      'bad_arch 3:14',
      "user_config__x of the extension 'x': after it, 'z80' is not an architecture",
    ],
    [
      'user_config: draft => { delete draft.bsp.hostname }',
      'missing_key 3:14',
      "user_config__x of the extension 'x': after it, the definition needs 'hostname'",
    ],
    [
      'user_config: draft => { draft.project.name = 5 as never }',
      'wrong_type 3:14',
      "user_config__x of the extension 'x': after it, the project's name must be a string, not the number 5",
    ],
    [
      'user_config: draft => { (draft.bsp as any).hostname = () => 1 }',
      'not_data 3:14',
      "user_config__x of the extension 'x': after it, a function is not data",
    ],
    [
      "post_family_config: draft => { (draft.bsp as any).hostnam = 'z80' }",
      'unknown_key 3:21',
      "post_family_config__x of the extension 'x': after it, there is no key 'hostnam'",
    ],
    [
      "user_config: () => { throw new Error('no licence key') }",
      'handler_failed 3:14',
      "user_config__x of the extension 'x': no licence key",
    ],
    [
      'user_config: async () => { await 1 }',
      'handler_failed 3:14',
      "user_config__x of the extension 'x': it returns a promise, but a configuration hook waits for nothing",
    ],
    [
      'user_config: sh`x`',
      'handler_failed 3:14',
      "user_config__x of the extension 'x': a script cannot change a configuration: write a function, draft => { … }",
    ],
    [
      'post_determine_cthreads: draft => { draft.cthreads = 0 }',
      'bad_draft 3:26',
      "post_determine_cthreads__x of the extension 'x': draft.cthreads is 0, not a whole number from 1",
    ],
    [
      "add_host_dependencies: draft => { draft.host.packages.push('a;b') }",
      'bad_draft 3:24',
      "add_host_dependencies__x of the extension 'x': 'a;b' cannot be the name of a Debian package",
    ],
  ] as const) {
    const { lines, messages } = await load(files(hooks))
    assert.equal(
      lines.map(line => line.replace(`${BSP}:`, '').split(' ').slice(0, 2).join(' ')),
      [at],
    )
    assert.equal(messages, [message])
  }
})

test('an error of the BSP itself is not blamed on a handler', async () => {
  const { lines } = await load(files('user_config: draft => { draft.bsp.name = "x" }', "hostname: 'a;b'"))
  assert.equal(lines, [`shell_unsafe ${BSP}:5:99 'a;b'`])
})

test('a later finding about a value that a handler set names the handler', async () => {
  const { lines, messages } = await load(
    files("user_config: draft => { draft.bsp.rootfs = { overlay: './missing' } }"),
  )
  assert.equal(lines, [`file_missing ${BSP}:3:14 draft => { draft.bsp.rootfs = { overlay: './missing' } }`])
  assert.match(messages[0]!, /^user_config__x: /)
})

test.run()
