/** What counts in the fingerprint of a handler that is a function. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { loadBsp, loadProject } from '../../../runtime/load/project.ts'
import { project, write } from '../load/temp-project.ts'

const BSP = 'bsp/qemu/bsp.ts'
const FILES = {
  [BSP]: `import { defineBsp } from 'strux-bsp'
export default defineBsp({ name: 'q', description: 'd', arch: 'arm64', hostname: 'h', extensions: ['e'] })
`,
  'extensions/e.ts': `import { defineExtension, sh } from 'strux-bsp'
import { size } from './size.ts'
import { other } from './other.ts'
const local = 1
export default defineExtension({ name: 'e', hooks: {
  pre_customize_image: [
    { name: 'a', run: async ctx => { await ctx.sh\`echo a \${size} \${local}\` } },
    { name: 'b', run: async ctx => { await ctx.sh\`echo b\` } },
    { name: 'c', run: other },
    { name: 'd', run: sh\`echo d\` },
  ] } })
`,
  'extensions/size.ts': "import { unit } from './unit.ts'\nexport const size = 2 * unit\n",
  'extensions/unit.ts': 'export const unit = 1\n',
  'extensions/other.ts': 'export const other = () => { console.log(1) }\n',
  'unused.ts': 'export const x = 1\n',
}

async function texts(root: string): Promise<Record<string, string>> {
  const { value } = await loadBsp(await loadProject(root), 'qemu')
  const handlers = value!.extensions!.handlers
  return Object.fromEntries(
    handlers.map(({ name, source }) => [
      name,
      source.kind === 'function' ? source.text : JSON.stringify(source),
    ]),
  )
}

/** The handlers whose text changes with these replacements in a file. */
async function changedBy(
  changes: readonly (readonly [file: keyof typeof FILES, from: string, to: string])[],
  files: Readonly<Record<string, string>> = FILES,
): Promise<string> {
  const root = project(files)
  const before = await texts(root)
  for (const [file, from, to] of changes) {
    const text = files[file]!
    assert.ok(text.includes(from), from)
    write(root, { [file]: text.replace(from, to) })
  }
  const after = await texts(root)
  return Object.keys(before)
    .filter(name => before[name] !== after[name])
    .join('')
}

test('a change of one handler concerns that one alone', async () => {
  assert.is(await changedBy([['extensions/e.ts', 'echo a', 'echo A']]), 'a')
  assert.is(await changedBy([['extensions/e.ts', 'echo b', 'echo B']]), 'b')
  assert.is(await changedBy([['extensions/e.ts', 'echo d', 'echo D']]), 'd')
  assert.is(await changedBy([['extensions/other.ts', 'log(1)', 'log(2)']]), 'abc')
})

test('the rest of the module, and what it imports at any depth, concern its functions', async () => {
  assert.is(await changedBy([['extensions/e.ts', 'local = 1', 'local = 2']]), 'ab')
  assert.is(await changedBy([['extensions/size.ts', '2 *', '3 *']]), 'ab')
  assert.is(await changedBy([['extensions/unit.ts', 'unit = 1', 'unit = 2']]), 'ab')
})

test('comments and other files concern none', async () => {
  assert.is(await changedBy([['extensions/e.ts', 'const local', '// local\nconst local']]), '')
  assert.is(await changedBy([['unused.ts', 'x = 1', 'x = 2']]), '')
  assert.is(await changedBy([[BSP, "hostname: 'h'", "hostname: 'i'"]]), '')
})

test('an extension that the BSP imports: its own module counts, the rest of the BSP does not', async () => {
  const files = {
    ...FILES,
    [BSP]: `import { defineBsp } from 'strux-bsp'
import e from '../../extensions/e.ts'
export default defineBsp({ name: 'q', description: 'd', arch: 'arm64', hostname: 'h', extensions: [e] })
`,
  }
  assert.is(await changedBy([[BSP, "hostname: 'h'", "hostname: 'i'"]], files), '')
  assert.is(await changedBy([['extensions/e.ts', 'echo a', 'echo A']], files), 'a')
  assert.is(await changedBy([['extensions/unit.ts', 'unit = 1', 'unit = 2']], files), 'ab')
})

/** An extension with these lines before its handlers. */
const extensionWith = (lines: string, handlers: string) => ({
  ...FILES,
  'extensions/e.ts': `${lines}
import { defineExtension, sh } from 'strux-bsp'
export default defineExtension({ name: 'e', hooks: { pre_customize_image: [
${handlers}
] } })
`,
})

test('a change of a handler concerns the handlers that call it', async () => {
  const first =
    "{ name: 'a', run: log }, { name: 'b', run: ctx => log(ctx) }, { name: 'c', run: ctx => { ctx.step } }"
  const change = [['extensions/e.ts', 'echo 1', 'echo 2']] as const
  for (const lines of [
    'const log = async ctx => { await ctx.sh`echo 1` }',
    'async function log(ctx) { await ctx.sh`echo 1` }',
    'const steps = { log: async ctx => { await ctx.sh`echo 1` } }\nconst { log } = steps',
    'const [log] = [async ctx => { await ctx.sh`echo 1` }]',
  ])
    assert.is(await changedBy(change, extensionWith(lines, first)), 'abc', lines)
  const script = "{ name: 'a', run: script }, { name: 'b', run: ctx => ctx.run(script) }"
  assert.is(await changedBy(change, extensionWith('const script = sh`echo 1`', script)), 'ab')
})

test('handlers of any form are cut out of the module: methods, functions with a name, templates', async () => {
  const files = extensionWith(
    '',
    `{ name: 'a', async run(ctx) { ctx.log('1') } },
{ name: 'b', run: async function log(ctx) { ctx.log('2') } },
{ name: 'c', run: sh\`
echo 3
\` },
{ name: 'd', run: ctx => {
  ctx.log(\`
five\`)
} },
{ name: 'e', run: ctx => ctx.log('4') }`,
  )
  for (const [number, name] of [
    ['1', 'a'],
    ['2', 'b'],
    ['3', 'c'],
    ['4', 'e'],
  ] as const)
    assert.is(await changedBy([['extensions/e.ts', number, '9']], files), name)
})

test('a function whose text a dependency has too counts in its own module', async () => {
  const files = {
    ...extensionWith(
      "import { same } from './same.ts'\nconst one = 1\nglobalThis.kept = [same, one]",
      "{ name: 'a', run: x => x.one }",
    ),
    'extensions/same.ts':
      "import { EOL } from 'node:os'\nexport const same = x => x.one\nsame({ one: EOL })\n",
  }
  assert.is(await changedBy([['extensions/e.ts', 'one = 1', 'one = 2']], files), 'a')
})

test('the version of an imported package counts', async () => {
  const manifest = (version: string) =>
    JSON.stringify({ name: 'dep', version, type: 'module', exports: './index.js' })
  const root = project({
    ...FILES,
    'extensions/e.ts': `import dep from 'dep'\nvoid dep\n${FILES['extensions/e.ts']}`,
    'node_modules/dep/package.json': manifest('1.0.0'),
    'node_modules/dep/index.js': 'export default 1\n',
  })
  const before = await texts(root)
  write(root, { 'node_modules/dep/package.json': manifest('1.0.1') })
  const after = await texts(root)
  assert.not.equal(before.a, after.a)
  assert.match(after.a!, /\n\/\/ dep 1\.0\.1(\n|$)/)
})

test.run()
