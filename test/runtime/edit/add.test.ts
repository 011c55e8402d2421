/** What is added to a module, and that all the rest of its text stays as it is. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { addPackages, addScript, type NewScript } from '../../../runtime/edit/add.ts'
import { applied } from '../../../runtime/edit/insert.ts'
import { EditableModule, NotEditable } from '../../../runtime/edit/module.ts'
import { loadBsp, loadProject } from '../../../runtime/load/project.ts'
import { project } from '../load/temp-project.ts'

const test = suite('add')
const FILE = 'bsp/qemu/bsp.ts'
const IMPORT = "import { defineBsp } from 'strux-bsp'\n"
const BASICS = "name: 'q', description: 'd', arch: 'arm64', hostname: 'h'"
const SCRIPT: NewScript = { step: 'make_image', location: './b.sh' }

async function open(text: string, more: Readonly<Record<string, string>> = {}) {
  const root = project({ [FILE]: text, ...more })
  const loaded = await loadProject(root)
  const bsp = await loadBsp(loaded, 'qemu')
  assert.ok(bsp.value, `not even valid: ${JSON.stringify([bsp.findings, bsp.diagnostics])}`)
  return EditableModule.open(root, bsp, FILE)
}

async function withScript(text: string, script = SCRIPT): Promise<string> {
  const module = await open(text)
  const { text: whole, prefix } = module.read()
  return prefix + applied(whole, addScript(module, script))
}

async function withPackages(text: string, ...names: string[]): Promise<string> {
  const module = await open(text)
  return applied(module.read().text, addPackages(module, names, 'bsp'))
}

async function refusal(text: string, more: Readonly<Record<string, string>> = {}) {
  const module = await open(text, more)
  try {
    addPackages(module, ['x'], 'bsp')
  } catch (error) {
    if (!(error instanceof NotEditable)) throw error
    const { line, column, message } = error.diagnostic
    return `${line}:${column} ${message.replace('this module cannot be changed by a program: ', '')}`
  }
  return 'no refusal'
}

/** `text` with what stands between ‹ and › is wanted of the text without it. */
async function insertsPackages(marked: string, ...names: string[]): Promise<void> {
  const before = marked.replaceAll(/‹[^›]*›/g, '')
  assert.is(await withPackages(before, ...names), marked.replaceAll(/[‹›]/g, ''))
}

async function insertsScript(marked: string, script = SCRIPT): Promise<void> {
  const before = marked.replaceAll(/‹[^›]*›/g, '')
  assert.is(await withScript(before, script), marked.replaceAll(/[‹›]/g, ''))
}

test('to a list on one line, and to one on several, with and without a last comma', async () => {
  await insertsPackages(
    `${IMPORT}export default defineBsp({ ${BASICS}, rootfs: { packages: ['a'‹, 'x', 'y'›] } })\n`,
    'x',
    'y',
  )
  await insertsPackages(
    `${IMPORT}export default defineBsp({
  ${BASICS},
  rootfs: {
    packages: [
      'a', // why a
      // and b
      'b', /* why b */ // really‹
      'x',›
      // nothing else
    ],
  },
})
`,
    'x',
  )
  await insertsPackages(
    `${IMPORT}export default defineBsp({
  ${BASICS},
  rootfs: {
    packages: [
      'a',
      'b'‹,› // why b‹
      'x',
      'y'›
    ]
  }
})
`,
    'x',
    'y',
  )
})

test('keys that are not there are made, where keys are in order', async () => {
  await insertsPackages(
    `${IMPORT}
// The board.
export default defineBsp({
  name: 'q', // in the hall
  description: 'd',
  arch: 'arm64', hostname: 'h',
  scripts: [], // none yet
  boot: { kernel: { custom_kernel: false } },‹
  rootfs: { packages: ['x'] },›
  // What runs on it.
  runtime: {},
})
`,
    'x',
  )
  await insertsPackages(
    `${IMPORT}export default defineBsp({ ${BASICS}, rootfs: { overlay: './o'‹, packages: ['x']› } })\n`,
    'x',
  )
  await insertsScript(`${IMPORT}export default defineBsp({
  ${BASICS},‹
  scripts: [
    { step: 'make_image', location: './b.sh' }
  ],›
  rootfs: {}
})
`)
})

test('a line that would be too long is broken', async () => {
  const text = `${IMPORT}export default defineBsp({ name: 'panel', description: 'A panel', arch: 'arm64', hostname: 'h' })\n`
  assert.is(
    await withPackages(text, 'x'),
    `${IMPORT}export default defineBsp({
  name: 'panel',
  description: 'A panel',
  arch: 'arm64',
  hostname: 'h',
  rootfs: { packages: ['x'] },
})
`,
  )
})

test('quotes, tabs, line ends and a mark of byte order are kept', async () => {
  const lines = [
    '\uFEFFimport { defineBsp } from "strux-bsp";',
    'export default defineBsp({',
    '\tname: "q",',
    '\tdescription: "d",',
    '\tarch: "arm64",',
    '\thostname: "h",‹',
    '\tscripts: [',
    '\t\t{',
    '\t\t\tstep: "make_image",',
    '\t\t\tlocation: "./b.sh",',
    `\t\t\tdescription: 'say "it"',`,
    '\t\t},',
    '\t],›',
    '});',
    '',
  ].join('\r\n')
  await insertsScript(lines, { ...SCRIPT, description: 'say "it"' })
})

test('a script stands behind the others, written like them', async () => {
  await insertsScript(
    `${IMPORT}export default defineBsp({
  ${BASICS},
  scripts: [
    { step: 'after_build', location: './a.sh', id: 'a' }, // first‹
    { step: 'make_image', location: './b.sh', cached_generated_artifacts: ['output/b'] },›
  ],
})
`,
    { ...SCRIPT, cached_generated_artifacts: ['output/b'] },
  )
  await insertsScript(`${IMPORT}export default defineBsp({
  ${BASICS},
  scripts: [{
    step: 'after_build',
    location: './a.sh',
  }‹, {
    step: 'make_image',
    location: './b.sh',
  }›],
})
`)
  await insertsScript(`${IMPORT}export default defineBsp({
  ${BASICS},
  scripts: [
    // to come‹
    { step: 'make_image', location: './b.sh' },›
  ],
})
`)
})

test('through constants, assertions and satisfies', async () => {
  await insertsPackages(
    `import { defineBsp as bsp } from 'strux-bsp'
const packages = ['a'‹, 'x'›] as const
const rootfs = { packages } satisfies object
const board = { ${BASICS}, rootfs } as const
type Board = typeof board
export default bsp((board satisfies Board))
`,
    'x',
  )
  await insertsPackages(
    `import * as strux from 'strux-bsp'
const parts = { packages: ['a'‹, 'x'›], others: {} }
export default strux.defineBsp({ ${BASICS}, rootfs: { packages: parts.packages }, runtime: parts.others })
`,
    'x',
  )
})

test('spreads in lists, and of objects that do not have the key, are no hindrance', async () => {
  await insertsPackages(
    `${IMPORT}const common = ['a']
const who = { ${BASICS} }
export default defineBsp({ ...who, rootfs: { packages: [...common, 'b'‹, 'x'›] } })
`,
    'x',
  )
})

test('what is too dynamic is refused, with its place', async () => {
  const of = (rootfs: string, before = '') =>
    refusal(`${IMPORT}${before}\nexport default defineBsp({ ${BASICS},\n  ${rootfs} })\n`)
  assert.is(
    await of('rootfs: { packages: list() }', "const list = () => ['a']"),
    '4:23 packages is the result of a function',
  )
  assert.is(
    await of("rootfs: { packages: ['a'].map(each => each) }"),
    '4:23 packages is the result of a function',
  )
  assert.is(
    await of("rootfs: { packages: process.env.A ? ['a'] : ['b'] }"),
    '4:23 packages is chosen by a condition',
  )
  assert.is(
    await of('...more', "const more = { rootfs: { packages: ['a'] } }"),
    '4:3 rootfs comes from here, where others may share it',
  )
  assert.is(await of('...more()', "const more = () => JSON.parse('{}')"), '4:3 rootfs may come from here')
  assert.is(
    await of('rootfs: { packages: list }, hostname: list[0]!', "const list = ['a']"),
    "4:23 packages is 'list', which is used in 2 places",
  )
  const made = `${IMPORT}function make() {\n  return { ${BASICS} } as const\n}\nexport default defineBsp(make())\n`
  assert.is(await refusal(made), '5:26 the definition is the result of a function')
})

test('what lies in another file is refused', async () => {
  const text = `${IMPORT}import { packages } from './packages.ts'\nexport default defineBsp({ ${BASICS}, rootfs: { packages } })\n`
  const said = await refusal(text, { 'bsp/qemu/packages.ts': "export const packages = ['a']\n" })
  assert.is(said, '3:97 packages is written in bsp/qemu/packages.ts, which others may use too')
})

test.run()
