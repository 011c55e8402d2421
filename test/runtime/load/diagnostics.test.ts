import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as z from 'zod'
import type { Finding } from '../../../runtime/diagnostics/diagnostic.ts'
import { diagnose, loadBsp, loadProject } from '../../../runtime/load/project.ts'
import { validate } from '../../../runtime/validate/validate.ts'
import { bsp, CONFIG, project, summary, whole, write } from './temp-project.ts'

const BSP = 'bsp/qemu/bsp.ts'

async function complaints(text: string, others: Record<string, string> = {}) {
  const root = project({ [BSP]: text, ...others })
  const found = await loadBsp(await loadProject(root), 'qemu')
  const diagnostics = await diagnose(found)
  return { root, found, diagnostics, lines: summary(root, diagnostics) }
}

test('a right definition has nothing to complain about, and its data', async () => {
  const { lines, found } = await complaints(whole("scripts: [{ step: 'make_image', run: sh`true` }]"))
  assert.equal(lines, [])
  assert.is(found.value?.data.hostname, 'h')
  assert.is(found.value?.name, 'qemu')
  assert.is(found.value?.folder, 'bsp/qemu')
})

test('keys: unknown with the nearest one, elsewhere, missing, undefined', async () => {
  const { lines, diagnostics } = await complaints(
    bsp(
      "\n  name: 'q', hostname: undefined, arch: 'arm64',\n  dispaly: {}, custom_kernel: true,\n  boot: { kernel: { 'version': '6' } },\n",
    ),
  )
  assert.equal(lines, [
    `missing_key ${BSP}:2:26 {`,
    `missing_key ${BSP}:3:24 undefined`,
    `unknown_key ${BSP}:4:3 dispaly`,
    `unknown_key ${BSP}:4:16 custom_kernel`,
    `missing_key ${BSP}:5:19 { 'version': '6' }`,
  ])
  assert.match(diagnostics[0]!.message, "needs 'description'")
  assert.is(diagnostics[2]!.hint, "did you mean 'display'?")
  assert.is(diagnostics[3]!.hint, "'custom_kernel' belongs in 'boot.kernel'")
})

test('values: types, unions, rules, shown and with the fix', async () => {
  const { lines, diagnostics } = await complaints(
    bsp(`
  name: 12, description: ['a'], arch: 'arm46', hostname: 'h',
  display: { resolution: 'abc' },
  rootfs: { packages: 'vim', overlay: null },
  boot: { kernel: { custom_kernel: 'true', device_tree: { dts: 5 } } },
  scripts: [{ step: 'make_imge', location: '/abs' }, false, { step: 'after_build' }],
`),
  )
  assert.equal(lines, [
    `wrong_type ${BSP}:3:9 12`,
    `wrong_type ${BSP}:3:26 ['a']`,
    `bad_arch ${BSP}:3:39 'arm46'`,
    `bad_resolution ${BSP}:4:26 'abc'`,
    `wrong_type ${BSP}:5:23 'vim'`,
    `wrong_type ${BSP}:5:39 null`,
    `wrong_type ${BSP}:6:36 'true'`,
    `wrong_type ${BSP}:6:64 5`,
    `unknown_hook ${BSP}:7:21 'make_imge'`,
    `absolute_path ${BSP}:7:44 '/abs'`,
    `wrong_type ${BSP}:7:54 false`,
    `location_or_run ${BSP}:7:69 'after_build'`,
  ])
  const hints = diagnostics.map(one => one.hint)
  assert.is(hints[0], "put it in quotes: '12'")
  assert.is(hints[2], "did you mean 'arm64'?")
  assert.is(hints[4], "put it in a list: ['vim']")
  assert.is(hints[6], 'write true without quotes')
  assert.is(hints[8], "did you mean 'make_image'?")
  assert.is(
    diagnostics[7]!.message,
    'boot.kernel.device_tree.dts must be a string or a list, not the number 5',
  )
})

test('a union names the branch that was meant', async () => {
  const { diagnostics } = await complaints(
    whole("boot: { kernel: { custom_kernel: true, device_tree: { dts: ['a', 1] } } }"),
  )
  assert.equal(
    diagnostics.map(one => one.message),
    ['boot.kernel.device_tree.dts[1] must be a string, not the number 1'],
  )
})

test('what is no data is told once, a failing promise does not end the process', async () => {
  const { lines } = await complaints(
    whole(
      `rootfs: { packages: [() => 'a', Promise.reject(new Error('late')), new Map(), new URL('file:///x')] }`,
    ),
  )
  assert.equal(lines, [
    `not_data ${BSP}:4:22 () => 'a'`,
    `not_data ${BSP}:4:33 Promise.reject(new Error('late'))`,
    `not_data ${BSP}:4:68 new Map()`,
    `not_data ${BSP}:4:79 new URL('file:///x')`,
  ])
  const cycle = await complaints(whole('cage: loop', 'const loop: any = {}; loop.env = loop'))
  assert.equal(
    cycle.lines.map(line => line.split(' ')[0]),
    ['not_data'],
  )
})

test('compiling: several errors at once, in characters, with the likely fix', async () => {
  const { lines, diagnostics } = await complaints(
    `import a from '../../lib/comon.ts'
const ä = 'ö'; import b from 'no-such-package/sub'
import c from 'strux-bsp/nowhere'
import { d } from '../../lib/common.ts'
export default [a, b, c, d, ä]
`,
    { 'lib/common.ts': 'export const dd = 1\n' },
  )
  assert.equal(lines, [
    `unresolved_import ${BSP}:1:15 '../../lib/comon.ts'`,
    `unresolved_import ${BSP}:2:30 'no-such-package/sub'`,
    `unresolved_import ${BSP}:3:15 'strux-bsp/nowhere'`,
  ])
  assert.equal(
    diagnostics.map(one => one.hint),
    [
      "did you mean '../../lib/common.ts'?",
      'run npm install no-such-package, or check the name',
      'strux-bsp can be imported as strux-bsp, strux-bsp/schema, strux-bsp/extensions, strux-bsp/engine',
    ],
  )
  const missing = await complaints("import { d } from '../../lib/common.ts'\nexport default d\n", {
    'lib/common.ts': 'export const dd = 1\n',
  })
  assert.equal(missing.lines, [`missing_export ${BSP}:1:10 d`])
  assert.is(missing.diagnostics[0]!.hint, "did you mean 'dd'?")
})

test('syntax errors, also where import.meta is used', async () => {
  assert.equal((await complaints('export default {\n  a: 1 b: 2\n}\n')).lines, [`syntax_error ${BSP}:2:8 b`])
  assert.equal((await complaints('export default [import.meta.url,\n')).lines, [`syntax_error ${BSP}:1:33 `])
})

test('a key written twice is a warning, also when nothing is compiled', async () => {
  const text = whole("rootfs: { overlay: 'a',\n overlay: 'b' }")
  const { root, lines, found } = await complaints(text)
  assert.equal(lines, [`duplicate_object_key ${BSP}:5:2 overlay`])
  assert.ok(found.value)
  const again = await diagnose(await loadBsp(await loadProject(root), 'qemu'))
  assert.equal(summary(root, again), lines)
})

test('what a definition throws, through a helper module', async () => {
  const { lines, diagnostics } = await complaints(
    "import { fail } from '../../lib/fail.ts'\nimport.meta.url\nexport default fail('no disk')\n",
    {
      'lib/fail.ts': 'interface A {}\n\nexport function fail(why: string): A {\n  throw new Error(why)\n}\n',
    },
  )
  assert.equal(lines, ['evaluation_error lib/fail.ts:4:9 '])
  assert.is(diagnostics[0]!.message, 'no disk')
  const thrown = await complaints("throw 'text'\nexport default 1\n")
  assert.equal(thrown.lines, [`evaluation_error ${BSP}:1:1 `])
})

test('default exports that are none', async () => {
  const of = async (text: string) => (await complaints(text)).lines
  assert.equal(await of('export const a = 1\n'), [`no_default_export ${BSP}:1:1 `])
  assert.equal(await of("export default { name: 'x' }\n"), [`not_a_definition ${BSP}:1:16 { name: 'x' }`])
  assert.equal(await of('export default () => 1\n'), [`not_a_definition ${BSP}:1:16 () => 1`])
  assert.equal(await of(CONFIG), [
    `wrong_definition ${BSP}:2:16 defineConfig({ name: 'kiosk', project_version: '1.0.0', bsp: 'qemu' })`,
  ])
})

test('an export that strux-bsp does not have', async () => {
  const { diagnostics } = await complaints(
    "import { defineBps } from 'strux-bsp'\nexport default defineBps({})\n",
  )
  assert.is(diagnostics[0]!.code, 'missing_export')
  assert.is(diagnostics[0]!.message, "strux-bsp has no export named 'defineBps'")
  assert.is(diagnostics[0]!.hint, "did you mean 'defineBsp'?")
  assert.is(`${diagnostics[0]!.file}:${diagnostics[0]!.line}:${diagnostics[0]!.column}`, `${BSP}:1:10`)
})

test('errors of the configuration and of several BSPs together', async () => {
  const root = project({
    'strux.config.ts': CONFIG.replace("'1.0.0'", "'v1'"),
    'bsp/qemu/bsp.ts': whole('a: 1'),
    'bsp/rpi/bsp.ts': whole('b: 1'),
    'bsp/x86/bsp.ts': 'export default {{\n',
  })
  const config = await loadProject(root)
  assert.is(config.value, undefined)
  const all = await diagnose(config)
  for (const { name } of config.bsps) all.push(...(await diagnose(await loadBsp(config, name))))
  assert.equal(summary(root, all), [
    "bad_version strux.config.ts:2:63 'v1'",
    'unknown_key bsp/qemu/bsp.ts:4:1 a',
    'unknown_key bsp/rpi/bsp.ts:4:1 b',
    'syntax_error bsp/x86/bsp.ts:1:17 {',
  ])
})

test('findings of later stages are located by the same module', async () => {
  const { root, found } = await complaints(whole("scripts: [{ step: 'make_image', location: './x.sh' }]"))
  const finding: Finding = {
    severity: 'error',
    code: 'script_missing',
    message: 'gone',
    origin: { source: 'bsp', keys: ['scripts', 0, 'location'] },
    at: 'value',
  }
  assert.equal(summary(root, await diagnose(found, [finding])), [`script_missing ${BSP}:4:43 './x.sh'`])
  write(root, {})
})

test('what one line makes many times is told once', async () => {
  const { lines } = await complaints(
    whole("scripts: ['a', 'b'].map(location => ({ step: 'nope', location }))"),
  )
  assert.equal(lines, [`unknown_hook ${BSP}:4:46 'nope'`])
})

test('the same object in two places is no cycle', async () => {
  const { found } = await complaints(
    whole('scripts: [one, one]', "const one = { step: 'make_image', location: './a.sh' } as const"),
  )
  assert.is(found.value?.data.scripts?.length, 2)
})

test('of a union’s branches the nearest one speaks, and its keys are known', () => {
  const lists = z.union([z.array(z.number()), z.array(z.string())])
  const said = (schema: z.ZodType, value: unknown) => validate(schema, value, 'bsp').findings
  assert.equal(
    said(lists, ['a', 'b', 1]).map(one => one.message),
    ['[2] must be a string, not the number 1'],
  )
  const object = z.union([z.string(), z.strictObject({ location: z.string().optional() })])
  assert.equal(
    said(object, { loction: 'x' }).map(one => one.hint),
    ["did you mean 'location'?"],
  )
})

test.run()
