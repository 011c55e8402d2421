/** Boards as they are loaded: whose folder paths are in, what is copied, where complaints stand. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Diagnostic } from '../../../runtime/diagnostics/diagnostic.ts'
import { loadBsp, loadProject } from '../../../runtime/load/project.ts'
import type { ScriptNode, StepNode } from '../../../runtime/model/plan.ts'
import { examine } from '../../../runtime/run/workspace.ts'
import { folderUntilExit } from '../../support/temp-folder.ts'
import { project, summary, write } from '../load/temp-project.ts'

const BSP = 'bsp/qemu/bsp.ts'
const ID = "name: 'q', description: 'd', arch: 'arm64', hostname: 'h'"

/** A BSP in two lines: what it imports, and its body. */
const bsp = (imports: string, body: string) =>
  `import { defineBsp, layer, sh, without } from 'strux-bsp'; ${imports}; void [layer, sh, without]\nexport default defineBsp({ ${body} } as never)\n`

/** A board whose body starts in line 3. */
const board = (body: string, options = '{}') =>
  `import { defineBoard, layer, sh } from 'strux-bsp'; void sh\nexport default defineBoard(import.meta.url, (options: ${options}) => layer({\n${body}\n} as never)); void 0\n`

const manifest = (name: string, more: object = {}) =>
  JSON.stringify({ name, version: '1.2.3', type: 'module', exports: './index.ts', ...more })

async function load(root: string) {
  const loaded = await loadProject(root)
  const found = await loadBsp(loaded, 'qemu')
  const { diagnostics, workspace } = await examine(loaded, found)
  return { diagnostics, lines: summary(root, diagnostics), workspace, bsp: found.value }
}

const scripts = (nodes: readonly { kind: string }[]) =>
  nodes.filter((node): node is ScriptNode => node.kind === 'script')

function elsewhere(files: Readonly<Record<string, string>>): string {
  const folder = folderUntilExit('strux board ')
  write(folder, files)
  return folder
}

const PATHS = `boot: {
    kernel: { custom_kernel: true, source: './linux', patches: ['a.patch', './b.patch'], fragments: ['./f', 'g.config', 'CONFIG_A=y'],
      device_tree: { dts: ['./x.dts', 'in-tree'], overlays: ['./o.dtso'], include_paths: ['inc'] } },
    bootloader: { enabled: true, patches: ['u.patch'], device_tree: { dts: 'u.dts', dtsi: ['u.dtsi'], include_paths: ['./i'] },
      blobs: [{ id: 'a', role: 'r', path: './a.bin' }, { id: 'b', role: 'r', path: 'cache/b.bin' }], boot_config: './boot.cfg' },
  },
  rootfs: { overlay: './overlay/', packages: ['vim', './x.deb', 'y.deb'] },
  image: { partitions: [{ name: 'root', type: 'root' }, { name: 'data', content: './data', file: 'cache/x' }] },
  scripts: [
    { step: 'make_image', location: 'scripts/a.sh', depends_on: ['./in', '.', 'cache/c', '../shared', './*.cfg'], cached_generated_artifacts: ['output/i'] },
    { step: 'flash_script', location: './scripts/flash.sh' },
  ]`
const FILES = { 'scripts/a.sh': '', 'scripts/flash.sh': '', in: '', 'x.cfg': '' }
const within = (folder: string) =>
  Object.fromEntries(Object.entries(FILES).map(([file, text]) => [`${folder}/${file}`, text]))

test('paths of a board in the project: seen from the BSP in the data, as written in the plan', async () => {
  const root = project({
    [BSP]: bsp(
      "import board from '../../boards/p[1]/index.ts'",
      `${ID}, extends: board(), scripts: [{ id: 'own', step: 'after_build', run: sh\`true\` }]`,
    ),
    'boards/p[1]/index.ts': board(PATHS),
    ...within('boards/p[1]'),
  })
  const { workspace, bsp: loaded, diagnostics } = await load(root)
  assert.equal(
    diagnostics.filter(one => one.severity === 'error' && one.code !== 'file_missing'),
    [],
  )
  const { boot, rootfs, image } = loaded!.data
  const to = './../../boards/p[1]'
  assert.is(boot!.kernel!.source, `${to}/linux`)
  assert.equal(boot!.kernel!.patches, [`${to}/a.patch`, `${to}/b.patch`])
  assert.equal(boot!.kernel!.fragments, [`${to}/f`, `${to}/g.config`, 'CONFIG_A=y'])
  assert.equal(boot!.kernel!.device_tree, {
    dts: [`${to}/x.dts`, 'in-tree'],
    overlays: [`${to}/o.dtso`],
    include_paths: [`${to}/inc`],
  })
  assert.equal(boot!.bootloader!.patches, [`${to}/u.patch`])
  assert.equal(boot!.bootloader!.device_tree, {
    dts: `${to}/u.dts`,
    dtsi: [`${to}/u.dtsi`],
    include_paths: [`${to}/i`],
  })
  assert.equal(
    boot!.bootloader!.blobs!.map(blob => blob.path),
    [`${to}/a.bin`, 'cache/b.bin'],
  )
  assert.is(boot!.bootloader!.boot_config, `${to}/boot.cfg`)
  assert.equal(rootfs, { overlay: `${to}/overlay/`, packages: ['vim', `${to}/x.deb`, 'y.deb'] })
  assert.equal(image!.partitions[1], { name: 'data', content: `${to}/data`, file: 'cache/x' })
  const [script, own] = scripts(workspace!.plan.nodes)
  assert.is(script!.id, 'make_image:scripts/a.sh')
  assert.is(script!.location, 'scripts/a.sh')
  assert.is(script!.layer, 'boards/p[1]')
  assert.equal(script!.source, { kind: 'file', path: 'boards/p[1]/scripts/a.sh' })
  assert.equal(
    script!.dependencies.map(({ declared, path, glob }) => [declared, path, glob]),
    [
      ['./in', 'boards/p[1]/in', false],
      ['.', 'boards/p[1]', false],
      ['cache/c', 'dist/cache/qemu/c', false],
      ['../shared', 'shared', false],
      ['./*.cfg', 'boards/p\\[1\\]/*.cfg', true],
    ],
  )
  assert.is(script!.env.BOARD_FOLDER, '/project/boards/p[1]')
  assert.is(script!.env.BSP_FOLDER, '/project/bsp/qemu')
  assert.not('BOARD_FOLDER' in own!.env)
  assert.not('layer' in own!)
  assert.is(workspace!.plan.flash[0]!.env.BOARD_FOLDER, join(root, 'boards/p[1]'))
})

test("overlays: the board's before the BSP's, each from its own folder", async () => {
  const files = { 'index.ts': board("rootfs: { overlay: ['./overlay', 'shared'] }"), 'overlay/etc/issue': '' }
  const root = project({
    [BSP]: bsp(
      "import near from '../../boards/near/index.ts'; import far from '@acme/far'",
      `${ID}, extends: [near(), far()], rootfs: { overlay: ['./own/', './own', 'bsp/qemu/other'] }`,
    ),
    'boards/near/index.ts': board("rootfs: { overlay: './overlay' }"),
    ...Object.fromEntries(
      ['boards/near/overlay', 'shared', 'bsp/qemu/own', 'bsp/qemu/other'].map(path => [
        `${path}/etc/issue`,
        '',
      ]),
    ),
  })
  write(join(root, 'node_modules/@acme/far'), { ...files, 'package.json': manifest('@acme/far') })
  const { workspace, bsp: loaded, diagnostics } = await load(root)
  assert.equal(diagnostics, [])
  assert.equal(loaded!.data.rootfs!.overlay, [
    './../../boards/near/overlay',
    './../../dist/artifacts/boards/@acme/far/overlay',
    'shared',
    './own/',
    './own',
    'bsp/qemu/other',
  ])
  const step = workspace!.plan.nodes.find(node => node.id === 'rootfs_post')!
  const folders = [
    'boards/near/overlay',
    'dist/artifacts/boards/@acme/far/overlay',
    'shared',
    'bsp/qemu/own',
    'bsp/qemu/other',
  ]
  assert.equal((step as StepNode).config['rootfs.overlay'], folders)
  assert.equal(
    step.dependencies.map(({ path }) => path).filter(path => /overlay|shared|own|other/.test(path)),
    folders,
  )
  assert.ok(existsSync(join(root, folders[1]!, 'etc/issue')))
})

/** One board package, installed in each of the ways that package managers have. */
const PACKAGE = {
  'index.ts': board("scripts: [{ step: 'make_image', location: './scripts/a.sh', depends_on: ['./in'] }]"),
  ...FILES,
}
const USER = bsp("import board from '@acme/panel'", `${ID}, extends: board()`)

test('an installed package is copied without what it was installed with', async () => {
  const root = project({ [BSP]: USER })
  write(join(root, 'node_modules/@acme/panel'), {
    ...PACKAGE,
    'package.json': manifest('@acme/panel'),
    'node_modules/dep/index.js': '',
    '.git/HEAD': '',
  })
  const { workspace } = await load(root)
  const [script] = scripts(workspace!.plan.nodes)
  assert.is(script!.layer, '@acme/panel')
  assert.equal(script!.source, { kind: 'file', path: 'dist/artifacts/boards/@acme/panel/scripts/a.sh' })
  assert.is(script!.env.BOARD_FOLDER, '/project/dist/artifacts/boards/@acme/panel')
  assert.equal(readdirSync(join(root, 'dist/artifacts/boards/@acme/panel')).sort(), [
    'in',
    'index.ts',
    'package.json',
    'scripts',
    'x.cfg',
  ])
})

test('links of pnpm, hoisted workspaces and npm link: the place in the project is the same', async () => {
  const pnpm = project({ [BSP]: USER })
  const store = 'node_modules/.pnpm/@acme+panel@1.2.3/node_modules/@acme/panel'
  write(join(pnpm, store), { ...PACKAGE, 'package.json': manifest('@acme/panel') })
  mkdirSync(join(pnpm, 'node_modules/@acme'), { recursive: true })
  symlinkSync(join('../..', store), join(pnpm, 'node_modules/@acme/panel'))

  const above = elsewhere({})
  const hoisted = join(above, 'apps/kiosk')
  mkdirSync(join(above, 'apps'))
  renameSync(project({ [BSP]: USER }), hoisted)
  write(above, { 'package.json': JSON.stringify({ name: 'monorepo' }) })
  write(join(above, 'packages/panel'), { ...PACKAGE, 'package.json': manifest('@acme/panel') })
  mkdirSync(join(above, 'node_modules/@acme'), { recursive: true })
  symlinkSync('../../packages/panel', join(above, 'node_modules/@acme/panel'))

  const linked = project({ [BSP]: USER })
  mkdirSync(join(linked, 'node_modules/@acme'), { recursive: true })
  symlinkSync(
    elsewhere({ ...PACKAGE, 'package.json': manifest('@acme/panel') }),
    join(linked, 'node_modules/@acme/panel'),
  )
  for (const root of [pnpm, hoisted, linked]) {
    const { workspace, diagnostics } = await load(root)
    assert.equal(diagnostics, [])
    const [script] = scripts(workspace!.plan.nodes)
    assert.is(script!.layer, '@acme/panel')
    assert.equal(script!.source, { kind: 'file', path: 'dist/artifacts/boards/@acme/panel/scripts/a.sh' })
    assert.ok(existsSync(join(root, 'dist/artifacts/boards/@acme/panel/in')))
  }
})

test('a workspace package of the project is used where it is', async () => {
  const root = project({ [BSP]: USER })
  write(join(root, 'boards/panel'), { ...PACKAGE, 'package.json': manifest('@acme/panel') })
  mkdirSync(join(root, 'node_modules/@acme'), { recursive: true })
  symlinkSync('../../boards/panel', join(root, 'node_modules/@acme/panel'))
  const { workspace } = await load(root)
  const [script] = scripts(workspace!.plan.nodes)
  assert.is(script!.layer, '@acme/panel')
  assert.equal(script!.source, { kind: 'file', path: 'boards/panel/scripts/a.sh' })
  assert.not(existsSync(join(root, 'dist/artifacts')))
})

test("a board's own board, in another version than the project's", async () => {
  const root = project({
    [BSP]: bsp("import board from 'top'; import family from 'family'", `${ID}, extends: [family(), board()]`),
  })
  const familyFiles = (version: string) => ({
    'index.ts': board(`scripts: [{ step: 'before_build', location: './v${version[0]}.sh' }]`),
    [`v${version[0]}.sh`]: '',
    'package.json': manifest('family', { version }),
  })
  write(join(root, 'node_modules/family'), familyFiles('1.0.0'))
  write(join(root, 'node_modules/top'), {
    'index.ts': board('extends: family()').replace('; void sh', "; import family from 'family'; void sh"),
    'package.json': manifest('top'),
  })
  write(join(root, 'node_modules/top/node_modules/family'), familyFiles('2.0.0'))
  const { workspace, bsp: loaded } = await load(root)
  assert.equal(
    scripts(workspace!.plan.nodes).map(node => node.source.kind === 'file' && node.source.path),
    ['dist/artifacts/boards/family/v1.sh', 'dist/artifacts/boards/family@2.0.0/v2.sh'],
  )
  assert.equal(
    loaded!.layers!.all.map(({ name, version }) => `${name} ${version}`),
    ['family 1.0.0', 'family 2.0.0', 'top 1.2.3', 'qemu undefined'],
  )
})

test('a copy follows its source, and is mended; what is the same is not written again', async () => {
  const root = project({ [BSP]: USER })
  const source = join(root, 'node_modules/@acme/panel')
  write(source, { ...PACKAGE, 'package.json': manifest('@acme/panel'), 'old/file': '1', 'same.txt': 'same' })
  symlinkSync('in', join(source, 'link'))
  const at = (path: string) => join(root, 'dist/artifacts/boards/@acme/panel', path)
  await load(root)
  const before = statSync(at('same.txt'))
  assert.is(readlinkSync(at('link')), 'in')

  rmSync(join(source, 'old'), { recursive: true })
  rmSync(join(source, 'link'))
  symlinkSync('x.cfg', join(source, 'link'))
  write(source, { in: 'changed', 'new/deep/file': 'n', 'same.txt': 'same' })
  chmodSync(join(source, 'scripts/a.sh'), 0o755)
  write(root, {
    'dist/artifacts/boards/@acme/panel/x.cfg': 'damaged',
    'dist/artifacts/boards/@acme/panel/stray/s': '',
  })
  await load(root)
  assert.is(readFileSync(at('in'), 'utf8'), 'changed')
  assert.is(readFileSync(at('new/deep/file'), 'utf8'), 'n')
  assert.is(readFileSync(at('x.cfg'), 'utf8'), '')
  assert.is(readlinkSync(at('link')), 'x.cfg')
  assert.is(statSync(at('scripts/a.sh')).mode & 0o777, 0o755)
  assert.not(existsSync(at('old')))
  assert.not(existsSync(at('stray')))
  const after = statSync(at('same.txt'))
  assert.is(after.mtimeMs, before.mtimeMs)
  assert.is(after.ino, before.ino)

  // A file where a folder was, and the other way round.
  rmSync(join(source, 'new'), { recursive: true })
  write(source, { new: 'file now' })
  rmSync(join(source, 'in'))
  write(source, { 'in/side': '' })
  await load(root)
  assert.is(readFileSync(at('new'), 'utf8'), 'file now')
  assert.ok(lstatSync(at('in')).isDirectory())
  rmSync(join(root, 'dist'), { recursive: true })
  await load(root)
  assert.ok(existsSync(at('in/side')))
})

const errors = (diagnostics: readonly Diagnostic[]) => diagnostics.filter(one => one.severity === 'error')

test('complaints stand where the value was written, in the board too', async () => {
  const root = project({
    [BSP]: bsp(
      "import make from '../../boards/b/index.ts'",
      "extends: [layer({ hostnme: 'x' } as never), make({ bad: 'amd46' })], scripts: [{ step: 'make_imge', run: sh`x` }]",
    ),
    'boards/b/index.ts': board(
      "  arch: options.bad, rootfs: { packages: 'vim' },\n  scripts: [{ step: 'make_image', location: './gone.sh' }, { step: 'nowhere', run: sh`true` }]",
      '{ bad: string }',
    ),
  })
  assert.equal(
    (await load(root)).lines,
    [
      "bad_arch bsp/qemu/bsp.ts:2:84 'amd46'",
      "wrong_type boards/b/index.ts:3:42 'vim'",
      "unknown_hook boards/b/index.ts:4:68 'nowhere'",
      'unknown_key bsp/qemu/bsp.ts:2:46 hostnme',
      "unknown_hook bsp/qemu/bsp.ts:2:115 'make_imge'",
    ].sort((a, b) => place(a).localeCompare(place(b))),
  )
})

const place = (line: string) => line.split(' ')[1]!.replaceAll(/\d+/g, digits => digits.padStart(4, '0'))

test('what is found later is also told where it was written, and what is missing at the BSP', async () => {
  const root = project({
    [BSP]: bsp("import make from '../../boards/b/index.ts'", "name: 'q', extends: make()"),
    'boards/b/index.ts': board(
      "  arch: 'arm64',\n  scripts: [{ step: 'make_image', location: './gone.sh', depends_on: ['./../../../x'] }]",
    ),
  })
  const missing = await load(root)
  assert.equal(
    missing.diagnostics.map(one => `${one.file}:${one.line} ${one.message}`),
    [`${BSP}:2 the definition needs 'description'`, `${BSP}:2 the definition needs 'hostname'`],
  )
  write(root, { [BSP]: bsp("import make from '../../boards/b/index.ts'", `${ID}, extends: make()`) })
  const later = await load(root)
  assert.equal(later.lines, [
    "script_missing boards/b/index.ts:4:45 './gone.sh'",
    "path_escapes boards/b/index.ts:4:71 './../../../x'",
  ])
  assert.match(later.diagnostics[1]!.message, "'./../../../x' leads out of the project")
})

test('of an installed board the call is marked, and the message names board and key', async () => {
  const root = project({
    [BSP]: bsp("import { make } from 'js-board'", `${ID}, extends: make({ name: 'x' })`),
  })
  // Plain JavaScript is left to Node; the marks are those that any copy of the package makes.
  write(join(root, 'node_modules/js-board'), {
    'package.json': JSON.stringify({ name: 'js-board', type: 'module', exports: './index.js' }),
    'index.js': `const mark = (name, kind, data) => Object.defineProperty(data, Symbol.for(name), { value: kind })
export const make = () => mark('strux-bsp.board-url', import.meta.url, mark('strux-bsp.definition', 'layer', {
  boot: { kernel: { custom_kernel: 'yes' } }, scripts: [{ step: 'make_image', location: './gone.sh' }] }))
`,
  })
  const { diagnostics, lines } = await load(root)
  assert.equal(lines, [`wrong_type ${BSP}:2:96 make({ name: 'x' })`])
  assert.is(
    diagnostics[0]!.message,
    "js-board, boot.kernel.custom_kernel: boot.kernel.custom_kernel must be true or false, not the string 'yes'",
  )
})

test('what is no layer, and what nobody removes', async () => {
  const complain = async (body: string, imports = "import board from '../../boards/b/index.ts'") => {
    const root = project({
      [BSP]: bsp(imports, body),
      'boards/b/index.ts': board("scripts: [{ id: 'flash', step: 'flash_script', run: sh`true` }]"),
    })
    const { lines, diagnostics } = await load(root)
    return `${lines.join(' | ')} (${diagnostics[0]?.hint})`
  }
  assert.is(
    await complain(`${ID}, extends: board`),
    `not_a_layer ${BSP}:2:96 board (call it with its options: board())`,
  )
  assert.is(
    await complain(`${ID}, extends: [board(), { arch: 'x' }]`),
    `not_a_layer ${BSP}:2:106 { arch: 'x' } (call a board, or wrap it: layer({ … }))`,
  )
  assert.is(
    await complain(`${ID}, extends: [[board()]]`),
    `not_a_layer ${BSP}:2:97 [board()] (spread it: ...layers)`,
  )
  assert.is(
    await complain(`${ID}, extends: board(), scripts: [without('flush')]`),
    `nothing_to_remove ${BSP}:2:115 without('flush') (did you mean 'flash'?)`,
  )
  assert.is(
    await complain(`${ID}, scripts: [without('a')]`),
    `nothing_to_remove ${BSP}:2:97 without('a') (the layers below have no scripts)`,
  )
  assert.is(await complain(`${ID}, extends: board(), scripts: [without('flash')]`), ' (undefined)')
  assert.is(await complain(`${ID}, extends: undefined`), ' (undefined)')
})

test('without takes the id that a plan gives to a script, wherever the board lies', async () => {
  const scripts = `scripts: [
    { step: 'make_image', location: './scripts/make.sh' },
    { step: 'make_image', location: 'scripts/other.sh' },
    { step: 'make_image', run: sh\`one\` },
    { step: 'make_image', run: sh\`two\` },
  ],`
  const files = {
    'scripts/make.sh': '',
    'scripts/other.sh': '',
    'index.ts': board(scripts),
    'package.json': manifest('@acme/panel'),
  }
  const below = (folder: string) =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]))
  for (const [folder, name] of [
    ['node_modules/@acme/panel', '@acme/panel'],
    ['boards/panel', '../../boards/panel/index.ts'],
  ] as const) {
    const left = async (...removed: string[]) => {
      const body = `${ID}, extends: board(), scripts: [${removed.map(id => `without('${id}')`).join(', ')}]`
      const { workspace, lines } = await load(
        project({ [BSP]: bsp(`import board from '${name}'`, body), ...below(folder) }),
      )
      return workspace
        ? workspace.plan.nodes.flatMap(each => (each.kind === 'script' ? [each.id] : []))
        : lines
    }
    const all = [
      'make_image:./scripts/make.sh',
      'make_image:scripts/other.sh',
      'make_image:inline',
      'make_image:inline#2',
    ]
    assert.equal(await left(), all)
    assert.equal(await left(all[0]!), all.slice(1))
    assert.equal(await left(all[1]!, all[3]!), [all[0], all[2]])
    assert.equal(await left(all[0]!, all[1]!, all[2]!), [])
    const [complaint] = await left('make_image:./scripts/mak.sh')
    assert.match(complaint!, /^nothing_to_remove .* without\('make_image:\.\/scripts\/mak\.sh'\)$/)
  }
})

test('an option that the board refuses is told where it was thrown', async () => {
  const root = project({
    [BSP]: bsp("import board from '../../boards/b/index.ts'", `${ID}, extends: board({ ram: 3 })`),
    'boards/b/index.ts':
      "import { defineBoard, layer } from 'strux-bsp'\nexport default defineBoard(import.meta.url, (options: { ram: number }) => {\n  if (options.ram === 3) throw new RangeError('ram is 2 or 4')\n  return layer({})\n})\n",
  })
  const { diagnostics } = await load(root)
  assert.equal(
    diagnostics.map(one => `${one.file}:${one.line} ${one.message}`),
    ['boards/b/index.ts:3 RangeError: ram is 2 or 4'],
  )
})

test('a board for other versions is refused at extends', async () => {
  const told = async (range: string) => {
    const root = project({ [BSP]: USER })
    write(join(root, 'node_modules/@acme/panel'), {
      ...PACKAGE,
      'package.json': manifest('@acme/panel', { peerDependencies: { 'strux-bsp': range } }),
    })
    const { lines, diagnostics } = await load(root)
    return [...lines, ...errors(diagnostics).map(one => one.message)]
  }
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  assert.equal(await told('^99.0.0 || 98'), [
    `board_version ${BSP}:2:96 board()`,
    `@acme/panel 1.2.3 works with strux-bsp ^99.0.0 || 98, and this is ${version}`,
  ])
  for (const range of ['*', `^${version}`, '>=0.0.1', 'workspace:*', 'latest', 'file:../x'])
    assert.equal(await told(range), [])
})

test('one layer twice counts once, plain layers have the paths of whom they belong to', async () => {
  const root = project({
    [BSP]: bsp(
      "import board from '../../boards/b/index.ts'",
      `${ID}, extends: [shared, board(shared), layer({ scripts: [{ step: 'after_build', location: './own.sh' }] })]`,
    ).replace(
      'export default',
      "const shared = layer({ scripts: [{ step: 'before_build', run: sh`shared` }] })\nexport default",
    ),
    'boards/b/index.ts': board(
      "extends: [options, layer({ scripts: [{ step: 'before_bundle', location: './boards.sh' }] })]",
      'never',
    ),
    'boards/b/boards.sh': '',
    'bsp/qemu/own.sh': '',
  })
  const { workspace, lines } = await load(root)
  assert.equal(lines, [])
  assert.equal(
    scripts(workspace!.plan.nodes).map(node => [
      node.id,
      node.layer,
      node.source.kind === 'file' && node.source.path,
    ]),
    [
      ['before_build:inline', undefined, false],
      ['before_bundle:./boards.sh', 'boards/b', 'boards/b/boards.sh'],
      ['after_build:./own.sh', undefined, 'bsp/qemu/own.sh'],
    ],
  )
})

test('a URL of a folder, and one that says nothing', async () => {
  const root = project({
    [BSP]: bsp("import board from '../../boards/b/src/index.ts'", `${ID}, extends: board()`),
    'boards/b/src/index.ts': board("scripts: [{ step: 'before_build', location: './a.sh' }]").replace(
      'import.meta.url',
      "new URL('..', import.meta.url).href",
    ),
    'boards/b/a.sh': '',
  })
  const [script] = scripts((await load(root)).workspace!.plan.nodes)
  assert.equal(script!.source, { kind: 'file', path: 'boards/b/a.sh' })
  write(root, { 'boards/b/src/index.ts': board('').replace('import.meta.url', "'nowhere'") })
  assert.equal((await load(root)).lines, [`board_not_found ${BSP}:2:96 board()`])
})

test('files of a board are no products of the build', async () => {
  const root = project({ [BSP]: USER })
  write(join(root, 'node_modules/@acme/panel'), { ...PACKAGE, 'package.json': manifest('@acme/panel') })
  const { workspace } = await load(root)
  const { isProduct } = await import('../../../runtime/model/paths.ts')
  const [script] = scripts(workspace!.plan.nodes)
  assert.not(isProduct(script!.dependencies[0]!.path))
  assert.ok(isProduct('dist/artifacts'))
  assert.ok(isProduct('dist/artifacts/cage'))
})

test.run()
