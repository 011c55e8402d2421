import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Finding } from '../../../runtime/diagnostics/diagnostic.ts'
import { evaluateModule } from '../../../runtime/load/evaluate.ts'
import { locate } from '../../../runtime/load/locate.ts'
import { project, summary } from './temp-project.ts'

type Keys = readonly (string | number)[]

const finding = (keys: Keys, at: Finding['at'] = 'value'): Finding => ({
  severity: 'error',
  code: 'x',
  message: 'm',
  origin: { source: 'bsp', keys },
  at,
})

/** The places (`file:line:column text`) of the values, or of the keys where an entry begins with '^'. */
async function places(
  text: string,
  wanted: readonly Keys[],
  others: Record<string, string> = {},
  knowing = true,
): Promise<string[]> {
  const root = project({ 'bsp.ts': `import { defineBsp } from 'strux-bsp'\n${text}`, ...others })
  if (others['boards/b/index.ts']) {
    mkdirSync(join(root, 'node_modules'), { recursive: true })
    symlinkSync('../boards/b', join(root, 'node_modules/b'))
  }
  const { module, diagnostics, value } = await evaluateModule('bsp.ts', 'bsp', { root })
  assert.ok(module, JSON.stringify(diagnostics))
  const findings = wanted.map(keys => (keys[0] === '^' ? finding(keys.slice(1), 'key') : finding(keys)))
  const located = await locate(findings, module, knowing ? value : undefined)
  return summary(root, located).map(line => line.slice(2))
}

test('through the wrappers that TypeScript has', async () => {
  const text =
    "const base = ({ arch: ('a') as string, 'x': { 3: `t${1}` } } as const)\nexport default (defineBsp(base as any) satisfies object)\n"
  assert.equal(await places(text, [['arch'], ['^', 'arch'], ['x', '3'], ['^', 'x'], []]), [
    "bsp.ts:2:24 'a'",
    'bsp.ts:2:17 arch',
    'bsp.ts:2:50 `t${1}`',
    "bsp.ts:2:40 'x'",
    "bsp.ts:2:15 { arch: ('a') as string, 'x': { 3: `t${1}` } }",
  ])
})

test('other forms of a default export', async () => {
  const at = async (text: string, others = {}) => (await places(text, [['a']], others))[0]
  assert.is(await at('const it = defineBsp({ a: 1 } as any)\nexport { it as default }\n'), 'bsp.ts:2:27 1')
  assert.is(
    await at("export { default } from './o.ts'\n", {
      'o.ts': "import { defineBsp } from 'strux-bsp'\nexport default defineBsp({ a: 5 } as any)",
    }),
    'o.ts:2:31 5',
  )
  assert.is(
    await at("import { defineBsp as make } from 'strux-bsp'\nexport default make({ a: 1 } as any)\n"),
    'bsp.ts:3:26 1',
  )
  assert.is(
    await at('const wrap = (x: object) => defineBsp({ ...x, b: 2 } as any)\nexport default wrap({ a: 7 })\n'),
    'bsp.ts:3:26 7',
  )
})

test('names: shorthand, constants of other modules, properties, destructuring, JSON', async () => {
  const text = `import { ARCH, nested as n } from './c.ts'
import * as all from './c.ts'
import json from './d.json' with { type: 'json' }
const hostname = 'h'
const { deep: { leaf }, list: [, second] } = n
export default defineBsp({ hostname, arch: ARCH, a: n.deep, b: all.nested.deep.leaf, leaf, second, json, e: n['deep'] } as any)
`
  const others = {
    'c.ts': "export const ARCH = 'x'\nexport const nested = { deep: { leaf: 'l' }, list: [1, 2] }\n",
    'd.json': '{\n  "k": [true]\n}',
  }
  assert.equal(
    await places(
      text,
      [
        ['hostname'],
        ['^', 'hostname'],
        ['arch'],
        ['a', 'leaf'],
        ['b'],
        ['leaf'],
        ['second'],
        ['json', 'k', 0],
        ['e', 'leaf'],
      ],
      others,
    ),
    [
      "bsp.ts:5:18 'h'",
      'bsp.ts:7:28 hostname',
      "c.ts:1:21 'x'",
      "c.ts:2:39 'l'",
      "c.ts:2:39 'l'",
      "c.ts:2:39 'l'",
      'c.ts:2:56 2',
      'd.json:2:9 true',
      "c.ts:2:39 'l'",
    ],
  )
})

test('spreads of objects: the last one counts, what cannot be seen is the closest', async () => {
  const text = `import { hidden } from 'pkg'
const base = { a: 1, b: 2 }
const on = true as boolean
export default defineBsp({ a: 0, ...base, b: 3, ...(on && { c: 4 }), ...hidden(), [String('q')]: 1 } as any)
`
  const pkg = {
    'node_modules/pkg/package.json': '{ "type": "module", "exports": "./i.js" }',
    'node_modules/pkg/i.js': 'export const hidden = () => ({ d: 1 })',
  }
  assert.equal(await places(text, [['a'], ['b'], ['c'], ['^', 'd']], pkg), [
    'bsp.ts:3:19 1',
    'bsp.ts:5:46 3',
    'bsp.ts:5:64 4',
    "bsp.ts:5:83 [String('q')]: 1",
  ])
  const plain = text.replace(", [String('q')]: 1", '')
  assert.equal(
    await places(
      plain,
      [
        ['^', 'd'],
        ['d', 'x'],
      ],
      pkg,
    ),
    ['bsp.ts:5:70 ...hidden()', 'bsp.ts:5:70 ...hidden()'],
  )
})

test('a key that is nowhere is the closest object', async () => {
  assert.equal(
    await places('export default defineBsp({ a: { b: 1 } } as any)\n', [
      ['a', 'c'],
      ['a', 'b', 'c', 0],
    ]),
    ['bsp.ts:2:31 { b: 1 }', 'bsp.ts:2:36 1'],
  )
})

test('lists: spreads that can be seen are counted', async () => {
  const text = `const two = [{ s: 1 }, { s: 2 }] as const
export default defineBsp({ l: [{ s: 0 }, ...two, ...[{ s: 3 }, ...two], { s: 6 }] } as any)
`
  assert.equal(
    await places(
      text,
      [0, 1, 2, 3, 5, 6].map(index => ['l', index, 's']),
      {},
      false,
    ),
    ['bsp.ts:3:37 0', 'bsp.ts:2:19 1', 'bsp.ts:2:29 2', 'bsp.ts:3:59 3', 'bsp.ts:2:29 2', 'bsp.ts:3:78 6'],
  )
})

test('lists: spreads of unknown size, with and without the real length', async () => {
  const text = `const on = Date.now() > 0, names = ['a', 'b'].filter(Boolean)
export default defineBsp({ l: [{ s: 0 }, ...(on ? [{ s: 1 }] : []), { s: 2 }], m: [...names.map(n => ({ s: n })), { s: 'z' }], k: [...(on ? [1] : []), ...names, 3] } as any)
`
  const wanted = [
    ['l', 0, 's'],
    ['l', 1, 's'],
    ['l', 2, 's'],
    ['m', 1, 's'],
    ['m', 2, 's'],
    ['k', 1],
    ['k', 3],
  ]
  assert.equal(await places(text, wanted), [
    'bsp.ts:3:37 0',
    'bsp.ts:3:57 1',
    'bsp.ts:3:74 2',
    'bsp.ts:3:108 n',
    "bsp.ts:3:120 'z'",
    'bsp.ts:3:132 ...(on ? [1] : [])',
    'bsp.ts:3:162 3',
  ])
  assert.equal(await places(text, wanted.slice(1, 5), {}, false), [
    'bsp.ts:3:42 ...(on ? [{ s: 1 }] : [])',
    'bsp.ts:3:42 ...(on ? [{ s: 1 }] : [])',
    'bsp.ts:3:84 ...names.map(n => ({ s: n }))',
    'bsp.ts:3:84 ...names.map(n => ({ s: n }))',
  ])
})

test('map of a list that can be seen leads to its elements', async () => {
  const text = `export default defineBsp({ l: ['a', 'b'].map(n => ({ n, t: 'x' + n })), m: Array.from({ length: 3 }, (_, i) => ({ i })) } as any)\n`
  assert.equal(
    await places(text, [
      ['l', 1, 'n'],
      ['l', 0, 't'],
      ['l', 1],
      ['m', 2, 'i'],
    ]),
    ["bsp.ts:2:37 'b'", "bsp.ts:2:60 'x' + n", "bsp.ts:2:52 { n, t: 'x' + n }", 'bsp.ts:2:115 i'],
  )
})

test('functions: arrows, declarations, options, defaults, methods, several returns', async () => {
  const text = `import { script } from './s.ts'
function board({ ddr, size = 4 }: { ddr: string; size?: number }) {
  const inner = () => { return 1 }
  return { ddr, size, inner: inner() }
}
const pick = (on: boolean) => { if (on) return { a: 1 }; return { b: 2 } }
const lib = { make: (x: string) => ({ x }) }
export default defineBsp({ b: board({ ddr: 'lp5' }), l: [script('one')], p: pick(true), m: lib.make('y'), r: loop(1) } as any)
function loop(n: number): any { return n > 3 ? {} : loop(n + 1) }
`
  const others = { 's.ts': 'export const script = (name: string) => ({ location: `./${name}.sh`, name })\n' }
  assert.equal(
    await places(
      text,
      [
        ['b', 'ddr'],
        ['b', 'size'],
        ['b', 'inner'],
        ['l', 0, 'location'],
        ['l', 0, 'name'],
        ['l', 0],
        ['p', 'a'],
        ['p', 'b'],
        ['m', 'x'],
        ['r', 'x'],
      ],
      others,
    ),
    [
      "bsp.ts:9:44 'lp5'",
      'bsp.ts:3:30 4',
      'bsp.ts:5:30 inner()',
      's.ts:1:54 `./${name}.sh`',
      "bsp.ts:9:65 'one'",
      "bsp.ts:9:58 script('one')",
      'bsp.ts:7:53 1',
      'bsp.ts:7:70 2',
      "bsp.ts:9:101 'y'",
      'bsp.ts:9:110 loop(1)',
    ],
  )
})

test('what a function inside a function returns is its own', async () => {
  const text = `const make = () => { const f = () => { return { x: 0 } }; f(); return { x: 1 } }
export default defineBsp({ a: make() } as any)
`
  assert.equal(await places(text, [['a', 'x']]), ['bsp.ts:2:76 1'])
})

test('conditions: the value is the whole, a key that only one side has is found', async () => {
  const text =
    'const on = Date.now() > 0\nexport default defineBsp({ a: on ? { x: 1, y: 2 } : { x: 3 }, b: on ? 1 : 2 } as any)\n'
  assert.equal(await places(text, [['a'], ['a', 'x'], ['a', 'y'], ['b']]), [
    'bsp.ts:3:31 on ? { x: 1, y: 2 } : { x: 3 }',
    'bsp.ts:3:31 on ? { x: 1, y: 2 } : { x: 3 }',
    'bsp.ts:3:47 2',
    'bsp.ts:3:66 on ? 1 : 2',
  ])
})

test('a workspace package is followed', async () => {
  const others = {
    'boards/b/package.json': '{ "name": "b", "exports": "./index.ts" }',
    'boards/b/index.ts':
      'export const board = (o: { ddr: string }) => ({ kernel: { defconfig: o.ddr, v: 1 } })\n',
  }
  const text = "import { board } from 'b'\nexport default defineBsp({ boot: board({ ddr: 'x' }) } as any)\n"
  assert.equal(
    await places(
      text,
      [
        ['boot', 'kernel', 'v'],
        ['boot', 'kernel', 'defconfig'],
      ],
      others,
    ),
    ['boards/b/index.ts:1:80 1', "bsp.ts:3:47 'x'"],
  )
})

test('only the first line of a value is underlined', async () => {
  assert.equal(await places('export default defineBsp({\n  a: {\n b: 1 } } as any)\n', [['a'], []]), [
    'bsp.ts:3:6 {',
    'bsp.ts:2:26 {',
  ])
})

test.run()
