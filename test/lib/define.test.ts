/** Definitions at run time: marked, never validated, and cheap to evaluate. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { boardUrl, extensionOptions } from '../../lib/definition.ts'
import {
  defineBoard,
  defineBsp,
  defineConfig,
  defineExtension,
  definitionKind,
  layer,
  without,
} from '../../lib/index.ts'

const define = defineBsp as unknown as (data: unknown) => unknown

test('marks what it returns, without a trace in the data', () => {
  const data = { name: 'a', description: 'd', arch: 'arm64', hostname: 'h' } as const
  const bsp = defineBsp(data)
  assert.is(definitionKind(bsp), 'bsp')
  assert.is(bsp as unknown, data)
  assert.equal(Object.keys(bsp), ['name', 'description', 'arch', 'hostname'])
  assert.is(JSON.stringify(bsp), JSON.stringify({ ...data }))
  assert.is(definitionKind(defineConfig({ name: 'p', project_version: '1.0.0', bsp: 'a' })), 'project')
})

test('a copy is plain data again, and may become another definition', () => {
  const bsp = defineBsp({ name: 'a', description: 'd', arch: 'arm64', hostname: 'h' })
  assert.is(definitionKind({ ...bsp }), undefined)
  assert.is(definitionKind(defineBsp({ ...bsp, name: 'b' })), 'bsp')
  const data = {}
  define(data)
  assert.is((defineConfig as unknown as typeof define)(data), data)
  assert.is(definitionKind(data), 'project')
})

test('never throws', () => {
  for (const value of [undefined, null, 1, 'x', true]) assert.is(define(value), value)
  const frozen = Object.freeze({ name: 'a' })
  assert.equal(define(frozen), { name: 'a' })
  assert.is(definitionKind(define(frozen)), 'bsp')
  assert.is(definitionKind(define({ scripts: 5, oops: undefined })), 'bsp')
})

test('an extension with other options is a copy that knows the defaults', () => {
  const one = defineExtension({ name: 'motd', options: { text: 'a', lines: 1 }, hooks: {} })
  const other = one.with({ text: 'b' }).with({ lines: 2 })
  assert.is(definitionKind(one), 'extension')
  assert.is(definitionKind(other), 'extension')
  assert.equal(
    [one.options, other.options],
    [
      { text: 'a', lines: 1 },
      { text: 'b', lines: 2 },
    ],
  )
  assert.equal(extensionOptions(other), { defaults: { text: 'a', lines: 1 }, given: { text: 'b', lines: 2 } })
  assert.is((one as { hooks?: unknown }).hooks, (other as { hooks?: unknown }).hooks)
  assert.equal(Object.keys(one), ['name', 'options', 'hooks'])
  const wrong = defineExtension as unknown as (data: unknown) => unknown
  for (const value of [undefined, null, 1, 'x', { name: 5, options: 'x' }])
    assert.is(definitionKind(wrong(value)), 'extension')
})

test('a board makes layers that know where it was defined', () => {
  const shared = layer({ hostname: 'h' })
  const one = defineBoard('file:///a/one.ts', (_: { size?: number }) => shared)
  const two = defineBoard('file:///b/two.ts', () => shared)
  const wrapped = defineBoard('file:///c/three.ts', () => one())
  assert.is(definitionKind(one), 'board')
  assert.is(definitionKind(one({ size: 1 })), 'layer')
  assert.equal([one(), two(), wrapped(), shared].map(boardUrl), [
    'file:///a/one.ts',
    'file:///b/two.ts',
    'file:///a/one.ts',
    undefined,
  ])
  assert.equal({ ...one() }, { hostname: 'h' })
  const options: unknown[] = []
  const asked = defineBoard('file:///d.ts', (given: { a?: number }) => {
    options.push(given)
    return layer({})
  })
  asked()
  asked({ a: 1 })
  assert.equal(options, [{}, { a: 1 }])
})

test('without takes a name', () => {
  assert.equal({ ...without('a') } as unknown, { without: 'a' })
  for (const wrong of ['', 5, undefined])
    assert.throws(() => without(wrong as string), /takes the id of a script/)
})

test('what nothing defined is no definition', () => {
  for (const value of [
    undefined,
    null,
    'bsp',
    {},
    [],
    { kind: 'bsp' },
    { [Symbol.for('strux-bsp.definition')]: 'x' },
  ]) {
    assert.is(definitionKind(value), undefined)
  }
})

test('the authoring API loads neither zod nor anything else that is heavy', async () => {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../../lib/index.ts', import.meta.url))],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
  })
  const inputs = Object.keys(metafile.inputs).map(input => input.replace(/^.*\/?lib\//, ''))
  assert.equal(inputs.sort(), [
    'bash-extension.ts',
    'buildroot.ts',
    'customize-image.ts',
    'define.ts',
    'definition.ts',
    'extension.ts',
    'index.ts',
    'package.ts',
    'sh.ts',
    'without.ts',
  ])
})

test.run()
