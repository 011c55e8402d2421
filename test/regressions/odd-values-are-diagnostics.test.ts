/** Any value in any place of a definition is data or a diagnostic in the author's file; never a crash. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Diagnostic } from '../../runtime/diagnostics/diagnostic.ts'
import { renderDiagnostics } from '../../runtime/diagnostics/render.ts'
import { loadBsp, loadProject } from '../../runtime/load/project.ts'
import { examine } from '../../runtime/run/workspace.ts'
import { project, summary, whole, write } from '../runtime/load/temp-project.ts'

const test = suite('odd values are diagnostics')

const BSP = 'bsp/qemu/bsp.ts'

async function found(root: string): Promise<Diagnostic[]> {
  let diagnostics: Diagnostic[]
  try {
    const loaded = await loadProject(root)
    ;({ diagnostics } = await examine(loaded, await loadBsp(loaded, 'qemu')))
  } catch (error) {
    throw error instanceof Error ? error : new Error(`crashed: ${typeof error}`)
  }
  renderDiagnostics(diagnostics, { root })
  JSON.stringify(diagnostics)
  return diagnostics
}

async function lines(body: string, before = ''): Promise<string[]> {
  const root = project({ [BSP]: whole(body, before) })
  return summary(root, await found(root))
}

const NOT_DATA = {
  "{ get env(): never { throw new Error('no') } }": 'env',
  "new Proxy({}, { ownKeys() { throw new Error('no') } })": 'new Proxy',
  '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()': '(() =>',
  "Buffer.from('x')": 'Buffer',
  'new Map()': 'new Map',
  'new Set()': 'new Set',
  'new Date(0)': 'new Date',
  'Promise.resolve({})': 'Promise',
  "Symbol('x')": 'Symbol',
  '10n': '10n',
  'class { static get name() { throw 1 } }': 'class',
  'new (class { get then(): never { throw 1 } })()': 'new',
  '[1, , 2]': '[1',
  'Array(1e9)': 'Array',
  deep: '{}',
  bombs: ' bsp/qemu/bsp.ts:',
  loop: ' bsp/qemu/bsp.ts:',
}
const BEFORE =
  'const loop: any = {}; loop.a = loop; let deep: any = {}; for (let n = 0; n < 20_000; n++) deep = { a: deep }; let bombs: any = []; for (let n = 0; n < 60; n++) bombs = [bombs, bombs]'

for (const [value, start] of Object.entries(NOT_DATA)) {
  test(`${value} is an error at its place`, async () => {
    const found = await lines(`cage: ${value} as never,`, BEFORE)
    const wrong = found.filter(line => line.startsWith('not_data '))
    assert.is(wrong.length, 1, found.join('\n'))
    assert.match(wrong[0]!, start)
  })
}

test('texts that nothing can be called: NUL, half of a surrogate pair', async () => {
  assert.equal(
    await lines(
      "rootfs: { overlay: './a\\0b', packages: ['\\ud800'] }, scripts: [{ step: 'make_image', run: sh`true \0` }],",
    ),
    [
      `not_data ${BSP}:4:20 './a\\0b'`,
      `not_data ${BSP}:4:41 '\\ud800'`,
      `not_data ${BSP}:4:91 sh\`true \0\``,
    ],
  )
})

test('whatever is thrown', async () => {
  const thrown = [
    'null',
    'undefined',
    "{ toString() { throw new Error('x') } }",
    '{ get message() { throw 1 } }',
    'Object.create(null)',
    "Object.defineProperty(new Error('x'), 'message', { get() { throw 1 } })",
    "Object.defineProperty(new Error('x'), 'stack', { get() { throw 1 } })",
    "Object.assign(new Error('x'), { name: 5, stack: {} })",
    "(() => { const e = new Error('x'); e.cause = e; return e })()",
    "new AggregateError([new Error('a'), new Error('b')], 'both')",
    'new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 1 } })',
    "'text'",
    '10n',
    "Symbol('x')",
    "new Error('a\\nb\\x1b[31m')",
  ]
  for (const value of thrown)
    for (const statement of [
      `throw ${value}`,
      `Promise.reject(${value})`,
      `await Promise.reject(${value})`,
    ]) {
      const root = project({ [BSP]: whole('', statement) })
      const diagnostics = await found(root)
      assert.is(diagnostics.length, 1, statement)
      assert.is(diagnostics[0]!.file, BSP)
      assert.match(diagnostics[0]!.code, /evaluation_error|unhandled_rejection/)
    }
})

test('whatever is exported', async () => {
  const exported = [
    'null',
    'undefined',
    '[]',
    '() => {}',
    'Promise.resolve(1)',
    '5',
    "Symbol('x')",
    'new Proxy({}, { get() { throw 1 } })',
    'new Proxy(defineBsp({} as never), { get() { throw 1 } })',
    'defineBsp(null as never)',
    'defineBsp([] as never)',
    'defineBsp((() => {}) as never)',
    'defineBsp(new Date() as never)',
    'defineBsp(Object.create(null))',
    'defineBsp(Object.freeze({}) as never)',
    'defineBsp(new Proxy({}, { defineProperty() { throw 1 } }) as never)',
    'defineBsp(JSON.parse(\'{"__proto__": { "name": 1 }, "constructor": 2, "toString": 3}\'))',
    'defineBsp({ extends: null } as never)',
    'defineBsp({ extends: [[[]]] } as never)',
    'defineBsp({ get extends(): never { throw 1 } } as never)',
    'defineBsp({ scripts: { length: 5 } } as never)',
    'defineBsp({ extensions: [{ get name(): never { throw 1 } }] } as never)',
    "defineBsp({ packages: [{ name: 'x', get version(): never { throw 1 } }] } as never)",
  ]
  for (const value of exported) {
    const root = project({
      [BSP]: `import { defineBsp } from 'strux-bsp'; void defineBsp\nexport default ${value}\n`,
    })
    const diagnostics = await found(root)
    assert.ok(diagnostics.length > 0, value)
    for (const each of diagnostics) assert.is(each.file, BSP, value)
  }
})

test('frozen, sealed and null-prototype data, getters and proxies that work are data', async () => {
  assert.equal(
    await lines(
      "get rootfs() { return { packages: ['vim'] } }, cage: new Proxy({ env: ['A=b'] }, {}), boot: Object.freeze(Object.assign(Object.create(null), { cmdline: 'quiet' })),",
    ),
    [],
  )
})

/** Keys of a BSP, at any depth, where the value goes. */
const PLACES: readonly ((value: string) => string)[] = [
  ...[
    'name',
    'description',
    'arch',
    'hostname',
    'display',
    'cage',
    'scripts',
    'boot',
    'rootfs',
    'image',
    'packages',
  ],
  ...[
    'target_finalize',
    'post_build',
    'post_fakeroot',
    'post_image',
    'qemu',
    'runtime',
    'extensions',
    'skip_hooks',
    'extends',
  ],
]
  .map(key => (value: string) => `${key}: ${value},`)
  .concat([
    value => `scripts: [${value}],`,
    value => `scripts: [{ step: ${value}, run: sh\`true\` }],`,
    value => `scripts: [{ step: 'make_image', run: ${value} }],`,
    value => `scripts: [{ step: 'make_image', location: ${value} }],`,
    value => `scripts: [{ step: 'make_image', run: sh\`true\`, depends_on: [${value}] }],`,
    value => `scripts: [{ step: 'make_image', run: sh\`true\`, cached_generated_artifacts: [${value}] }],`,
    value => `boot: { kernel: ${value} },`,
    value =>
      `boot: { kernel: { custom_kernel: true, fragments: [${value}], patches: ${value}, source: ${value} } },`,
    value => `rootfs: { overlay: ${value}, packages: [${value}], repositories: [${value}] },`,
    value => `image: { partitions: [${value}] },`,
    value => `image: { partitions: [{ name: ${value}, content: ${value}, size: ${value} }] },`,
    value => `post_image: { scripts: [${value}], args: [${value}], tree: ${value} },`,
    value =>
      `packages: [{ name: ${value}, version: '1', source: ${value}, hooks: ${value}, users: [${value}] }],`,
    value => `packages: [definePackage({ name: 'x', build: ${value}, dependencies: [${value}] } as never)],`,
    value =>
      `extensions: [defineExtension({ name: 'x', hooks: { extension_prepare_config: ${value} }, options: ${value} } as never)],`,
    value => `extends: layer({ rootfs: ${value}, scripts: [${value}] } as never),`,
    value => `qemu: { args: ${value}, memory: ${value} },`,
    value => `...({ [${value} as never]: 1 }),`,
  ])
const VALUES = [
  ...Object.keys(NOT_DATA),
  ...[
    'null',
    'undefined',
    'NaN',
    'Infinity',
    '-0',
    '0',
    '1e21',
    'true',
    "''",
    "' '",
    "'..'",
    "'/'",
    "'.'",
    "'./'",
    "'\\0'",
    "'\\ud800'",
    "'a\\nb'",
  ],
  ...[
    "'x'.repeat(100_000)",
    "'__proto__'",
    "'constructor'",
    "'toString'",
    '{}',
    '[]',
    '[[]]',
    '{ __proto__: null }',
    'JSON.parse(\'{"__proto__":1}\')',
  ],
  ...[
    '() => {}',
    'async () => {}',
    'sh`true`',
    'sh',
    'new Sh(5 as never)',
    'layer({})',
    "without('x')",
    'Object.freeze([])',
    'new String("x")',
  ],
  ...[
    'new Proxy(sh`x`, {})',
    'new Proxy([], { get() { throw 1 } })',
    'new Proxy(() => {}, { get() { throw 1 } })',
    'document.all',
    'globalThis',
    'process',
    'import.meta',
    'new Uint8Array(4)',
  ],
  ...[
    '{ then() {} }',
    '{ get then(): never { throw 1 } }',
    '{ toJSON() { throw 1 } }',
    '{ [Symbol.toPrimitive]() { throw 1 } }',
    '{ length: -1 }',
    'defineBsp({} as never)',
    "'\u202e'",
    "'🚀'",
  ],
].filter(value => value !== 'document.all')

test('odd values at random places: no crash, and a place in the file', async () => {
  const root = project({})
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...PLACES), fc.constantFrom(...VALUES)), {
        minLength: 1,
        maxLength: 3,
      }),
      async parts => {
        const body = parts.map(([place, value]) => place(`(${value}) as never`)).join('\n')
        const before = `import { definePackage, defineExtension, layer, without, Sh } from 'strux-bsp'; void [definePackage, defineExtension, layer, without, Sh]; ${BEFORE}`
        write(root, { [BSP]: whole(body, before) })
        for (const { file, line, column, severity } of await found(root)) {
          assert.is(file, BSP)
          assert.ok(line >= 1 && column >= 1)
          assert.ok(severity)
        }
      },
    ),
    { numRuns: Number(process.env.STRUX_TEST_STORIES ?? 30) },
  )
})

test.run()
