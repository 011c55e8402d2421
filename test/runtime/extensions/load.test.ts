/** Extensions as they are loaded: where they are found, who enables and skips them, and what is wrong with them. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type LoadOptions, loadBsp, loadProject } from '../../../runtime/load/project.ts'
import { examine } from '../../../runtime/run/workspace.ts'
import { project, summary, write } from '../load/temp-project.ts'

const BSP = 'bsp/qemu/bsp.ts'
const ID = "name: 'q', description: 'd', arch: 'arm64', hostname: 'h'"

/** A BSP whose body is in line 2. */
const bsp = (body: string, imports = '') =>
  `import { defineBsp, defineExtension, layer, sh } from 'strux-bsp'; ${imports}; void [layer, sh, defineExtension]\nexport default defineBsp({ ${ID}, ${body} } as never)\n`

/** An extension whose hooks are in line 2. */
const extension = (name: string, hooks: string, more = '') =>
  `import { defineExtension, sh } from 'strux-bsp'; void sh\nexport default defineExtension({ name: '${name}', hooks: { ${hooks} }, ${more} } as never)\n`

async function load(root: string, options?: LoadOptions) {
  const loaded = await loadProject(root)
  const found = await loadBsp(loaded, 'qemu', options)
  const { diagnostics, workspace } = await examine(loaded, found)
  return {
    diagnostics,
    lines: summary(root, diagnostics),
    messages: diagnostics.map(({ message }) => message),
    workspace: workspace!,
    bsp: found.value!,
    extensions: found.value?.extensions,
    ids: found.value?.extensions?.handlers.map(({ id }) => id),
  }
}

const HANDLER = 'pre_customize_image: sh`true`'

test('extensions are found by name: module, folder, and in userpatches', async () => {
  const root = project({
    [BSP]: bsp("extensions: ['one', 'two', 'three', 'four']"),
    'extensions/one.ts': extension('one', HANDLER),
    'userpatches/extensions/one.ts': extension('one', 'post_customize_image: sh`no`'),
    'extensions/two/index.ts': extension('two', HANDLER),
    'userpatches/extensions/three.ts': extension('three', HANDLER),
    'userpatches/extensions/four/index.ts': extension('four', HANDLER),
  })
  const { extensions, lines, ids } = await load(root)
  assert.equal(lines, [])
  assert.equal(
    extensions?.enabled.map(({ name, file, folder, kind, addedBy }) => [name, file, folder, kind, addedBy]),
    [
      ['one', 'extensions/one.ts', 'extensions', 'project', BSP],
      ['two', 'extensions/two/index.ts', 'extensions/two', 'project', BSP],
      ['three', 'userpatches/extensions/three.ts', 'userpatches/extensions', 'project', BSP],
      ['four', 'userpatches/extensions/four/index.ts', 'userpatches/extensions/four', 'project', BSP],
    ],
  )
  assert.equal(
    ids,
    ['four', 'one', 'three', 'two'].map(name => `pre_customize_image__${name}`),
  )
})

test('BSP, board, project and command enable extensions, as names or values; a later one sets options', async () => {
  const root = project(
    {
      [BSP]: bsp(
        `extends: board(), extensions: [motd.with({ lines: 3 }), inline]`,
        `import board from '../../boards/b/index.ts'; import motd from '../../extensions/motd.ts'
const inline = defineExtension({ name: 'inline', hooks: { user_config: draft => { draft.bsp.hostname = 'x' } } })`,
      ),
      'boards/b/index.ts': `import { defineBoard, layer } from 'strux-bsp'
import motd from '../../extensions/motd.ts'
export default defineBoard(import.meta.url, () => layer({ extensions: [motd.with({ text: 'b', lines: 2 })], skip_hooks: ['pre_customize_image__motd'] }))
`,
      'extensions/motd.ts': extension(
        'motd',
        `${HANDLER}, image_tweaks_post_customize: { name: 'a', order: 4, run: sh\`x\` }`,
        "options: { text: 'a', lines: 1, more: [] }, requires: ['other']",
      ),
      'extensions/other.ts': extension('other', "post_customize_image: { name: 'b', location: './b.sh' }"),
      'extensions/b.sh': '',
      'extensions/late.ts': extension('late', HANDLER),
    },
    {
      'strux.config.ts': `import { defineConfig } from 'strux-bsp'
export default defineConfig({ name: 'k', project_version: '1.0.0', bsp: 'qemu', extensions: ['motd'] })
`,
    },
  )
  const { extensions, lines, ids } = await load(root, { enable: ['late'] })
  assert.equal(lines, ["old_hook_name extensions/motd.ts:2:117 { name: 'a', order: 4, run: sh`x` }"])
  assert.equal(
    extensions?.enabled.map(({ name, addedBy, options, kind, folder }) => [
      name,
      addedBy,
      options,
      kind,
      folder,
    ]),
    [
      ['motd', 'boards/b', { text: 'b', lines: 3, more: [] }, 'board', 'boards/b'],
      ['other', 'motd', {}, 'project', 'extensions'],
      ['inline', BSP, {}, 'project', 'bsp/qemu'],
      ['late', '--enable', {}, 'project', 'extensions'],
    ],
  )
  assert.equal(ids, [
    'user_config__inline',
    'pre_customize_image__late',
    'post_customize_image__a',
    'post_customize_image__b',
  ])
  assert.equal(
    extensions?.skipped.map(({ handler, by, why }) => [handler.id, by, why]),
    [['pre_customize_image__motd', 'boards/b', 'skipped']],
  )
  assert.equal(await extensions!.handlers[2]!.locate!(), {
    file: 'extensions/motd.ts',
    line: 2,
    column: 117,
    length: 35,
  })
})

test('errors are at the lines of their authors', async () => {
  const root = project({
    [BSP]: bsp(
      "extensions: ['motd', 'mtod', 'bad', 'named', broken, used.with({ hue: 1, size: 'x' }), 5], skip_hooks: ['pre_customize_image__motd']",
      `const broken = defineExtension({ name: 'broken', hooks: { user_confg: sh\`\`, post_customize_image: [{ run: sh\`\`, location: './x' }, {}] } } as never); const used = defineExtension({ name: 'used', options: { size: 1 }, hooks: {} }) as any`,
    ),
    'extensions/motd.ts': extension('motd', HANDLER),
    'extensions/bad.ts': extension(
      'bad',
      "pre_customize_image: { order: 'x', run: 5, oder: 1 }, user_config: 'x'",
    ),
    'extensions/named.ts': extension('other', HANDLER),
  })
  const { lines, messages } = await load(root)
  assert.equal(lines, [
    'unknown_hook bsp/qemu/bsp.ts:1:126 user_confg',
    "location_or_run bsp/qemu/bsp.ts:1:167 { run: sh``, location: './x' }",
    'location_or_run bsp/qemu/bsp.ts:1:199 {}',
    "unknown_extension bsp/qemu/bsp.ts:2:108 'mtod'",
    "unknown_option bsp/qemu/bsp.ts:2:140 used.with({ hue: 1, size: 'x' })",
    "wrong_option bsp/qemu/bsp.ts:2:140 used.with({ hue: 1, size: 'x' })",
    'not_an_extension bsp/qemu/bsp.ts:2:174 5',
    "wrong_type extensions/bad.ts:2:86 'x'",
    'run_not_sh extensions/bad.ts:2:96 5',
    'unknown_key extensions/bad.ts:2:99 oder',
    "wrong_type extensions/bad.ts:2:123 'x'",
    "extension_name extensions/named.ts:2:40 'other'",
  ])
  assert.equal(messages, [
    "there is no hook 'user_confg' for extensions",
    'a handler has location and run',
    'a handler needs location or run',
    "there is no extension 'mtod'",
    "the extension 'used' has no option 'hue'",
    "the option 'size' of 'used' cannot be 'x'",
    'an entry of extensions is neither an extension nor the name of one',
    "hooks.pre_customize_image.order must be a number, not the string 'x'",
    'run must be an sh script or a function',
    "hooks.pre_customize_image has no key 'oder'",
    "hooks.user_config must be an object, not the string 'x'",
    "the extension of extensions/named.ts is called 'other'",
  ])
})

test('an extension of a package gets its folder from its URL, and a copy in the project', async () => {
  const root = project({
    [BSP]: bsp('extensions: [acme]', "import acme from '@acme/ext'"),
    'node_modules/@acme/ext/package.json': JSON.stringify({
      name: '@acme/ext',
      version: '1.2.3',
      type: 'module',
      exports: './lib/index.ts',
    }),
    'node_modules/@acme/ext/lib/index.ts': `import { defineExtension } from 'strux-bsp'
export default defineExtension({ name: 'acme', url: import.meta.url, hooks: {
  pre_customize_image: [{ name: 'a', location: './a.sh', depends_on: ['./data'] }, { name: 'b', run: () => {} }] } })
`,
    'node_modules/@acme/ext/lib/a.sh': 'true',
    'node_modules/@acme/ext/lib/data': 'true',
  })
  const { extensions, lines, workspace } = await load(root)
  assert.equal(lines, [])
  const [enabled] = extensions!.enabled
  assert.equal(
    [enabled?.kind, enabled?.folder, enabled?.file],
    ['package', 'dist/artifacts/boards/@acme/ext/lib', 'dist/artifacts/boards/@acme/ext/lib/index.ts'],
  )
  const [a, b] = workspace.plan.nodes.filter(node => node.id.startsWith('pre_customize_image__'))
  assert.is(
    a?.kind === 'script' && a.source.kind === 'file' && a.source.path,
    'dist/artifacts/boards/@acme/ext/lib/a.sh',
  )
  assert.equal(
    a?.dependencies.map(({ path }) => path),
    ['dist/artifacts/boards/@acme/ext/lib/data'],
  )
  assert.is(
    b?.kind === 'script' && b.source.kind === 'function' && b.source.text,
    '() => {\n  }\n// @acme/ext 1.2.3',
  )
})

test("a project's extension stands in for one of a package, and that is said", async () => {
  const root = project({
    [BSP]: bsp('extensions: [acme]', "import acme from '@acme/ext'"),
    'node_modules/@acme/ext/package.json': JSON.stringify({
      name: '@acme/ext',
      version: '1.0.0',
      type: 'module',
      exports: './index.ts',
    }),
    'node_modules/@acme/ext/index.ts': `import { defineExtension } from 'strux-bsp'
export default defineExtension({ name: 'acme', url: import.meta.url, requires: ['no'], hooks: { user_config: () => {} } })
`,
    'extensions/acme.ts': extension('acme', HANDLER),
  })
  const { extensions, diagnostics, ids } = await load(root)
  assert.equal(
    diagnostics.map(({ severity, code, file, message }) => [severity, code, file, message]),
    [
      [
        'info',
        'extension_replaced',
        'extensions/acme.ts',
        "the project's extension 'acme' stands in for the one of @acme/ext",
      ],
    ],
  )
  assert.equal(ids, ['pre_customize_image__acme'])
  assert.is(extensions?.enabled[0]?.instead, '@acme/ext')
})

test('two extensions of one name, and two handlers of one id, are shown with both places', async () => {
  const root = project({
    [BSP]: bsp(
      "extensions: ['motd', motd, 'other']",
      "const motd = defineExtension({ name: 'motd', hooks: { user_config: () => {} } })",
    ),
    'extensions/motd.ts': extension('motd', "pre_customize_image: { name: 'x', run: sh`` }"),
    'extensions/other.ts': extension('other', "image_tweaks_pre_customize: { name: 'x', run: sh`` }"),
  })
  const { diagnostics } = await load(root)
  assert.equal(
    diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ code, file, message }) => [code, file, message]),
    [
      [
        'duplicate_extension',
        BSP,
        `the extension 'motd' of ${BSP} is not the one of ${BSP} (extensions/motd.ts:2)`,
      ],
      [
        'duplicate_handler',
        'extensions/other.ts',
        "pre_customize_image__x of the extension 'other' is also a handler of 'motd' (extensions/motd.ts:2)",
      ],
    ],
  )
})

test('skipping and replacing what is not there is an error with a suggestion', async () => {
  const root = project({
    [BSP]: bsp("extensions: ['motd'], skip_hooks: ['pre_customize_image__mott', 'x']"),
    'extensions/motd.ts': extension(
      'motd',
      "pre_customize_image: sh``, user_config: { run: () => {}, replaces: 'pre_customise_image__motd' }",
    ),
  })
  const { diagnostics } = await load(root)
  assert.equal(
    diagnostics.map(({ code, file, line, hint }) => [code, `${file}:${line}`, hint]),
    [
      ['nothing_to_skip', `${BSP}:2`, "did you mean 'pre_customize_image__motd'?"],
      ['nothing_to_skip', `${BSP}:2`, 'handlers: pre_customize_image__motd, user_config__motd'],
      ['nothing_to_replace', 'extensions/motd.ts:2', "did you mean 'pre_customize_image__motd'?"],
    ],
  )
})

test('--enable with an unknown name is wrong use', async () => {
  const root = project({ [BSP]: bsp(''), 'extensions/motd.ts': extension('motd', HANDLER) })
  try {
    await load(root, { enable: ['motdd'] })
    assert.unreachable()
  } catch (error) {
    const { message, hint, exitCode } = error as { message: string; hint: string; exitCode: number }
    assert.equal(
      [message, hint, exitCode],
      [
        "there is no extension 'motdd'",
        "did you mean 'motd'? extensions: debug-access, grow-root, image-formats, motd, serial-console, ssh-access",
        2,
      ],
    )
  }
})

test('a BSP in YAML enables extensions by name', async () => {
  const root = project({
    'bsp/qemu/bsp.yaml':
      "strux_version: '1'\nbsp:\n  name: q\n  description: d\n  arch: arm64\n  hostname: h\n  extensions: [motd, nope]\n  skip_hooks: [user_config__motd]\n",
    'extensions/motd.ts': extension('motd', `${HANDLER}, user_config: () => {}`),
  })
  assert.equal((await load(root)).lines, ['unknown_extension bsp/qemu/bsp.yaml:7:22 nope'])
  write(root, { 'extensions/nope.ts': extension('nope', 'user_config: () => {}') })
  const { lines, ids } = await load(root)
  assert.equal(lines, [])
  assert.equal(ids, ['user_config__nope', 'pre_customize_image__motd'])
})

test.run()
