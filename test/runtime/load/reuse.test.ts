import {
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileModule } from '../../../runtime/load/compile.ts'
import type { CompileRecord } from '../../../runtime/load/compile-record.ts'
import { evaluateModule } from '../../../runtime/load/evaluate.ts'
import { readChecked, writeChecked } from '../../../runtime/state/engine-file.ts'
import { compiled, packageFiles, run } from './compiled.ts'
import { project, write } from './temp-project.ts'

/** A project whose module has been compiled once, and is found good again. */
async function warm() {
  const root = project({
    'main.ts': "import { a } from './a.ts'\nimport p from 'pkg'\nexport default [a, p]",
    'a.ts': 'export const a = 1',
    'tsconfig.json': '{}',
    'package.json': '{}',
    ...packageFiles('pkg', './index.js', 'export default 1'),
  })
  const first = await compiled(root)
  const written = statSync(first.output).ino
  const isReused = async () => {
    const { reused } = await compiled(root)
    assert.is(reused, statSync(first.output).ino === written)
    return reused
  }
  return { root, first, isReused, record: `${first.output}.json` }
}

test('nothing changed, or only touched: the output stays', async () => {
  const { root, first, isReused, record } = await warm()
  assert.is(first.reused, false)
  assert.is(await isReused(), true)
  utimesSync(join(root, 'a.ts'), 1, 1)
  assert.is(await isReused(), true)
  // Files as young as the record are read again, and the record renewed; these are older.
  await sleep(50)
  assert.is(await isReused(), true)
  const before = readFileSync(record, 'utf8')
  assert.is(await isReused(), true)
  assert.is(readFileSync(record, 'utf8'), before)
  assert.equal(
    readdirSync(join(root, 'dist/.strux/modules')).filter(name => name.endsWith('.tmp')),
    [],
  )
})

test('an edit that leaves size and time as they were is noticed', async () => {
  const { root, isReused } = await warm()
  await sleep(50)
  assert.is(await isReused(), true)
  const { atime, mtime } = statSync(join(root, 'a.ts'))
  utimesSync(join(root, 'a.ts'), atime, mtime)
  assert.is(await isReused(), true)
  writeFileSync(join(root, 'a.ts'), 'export const a = 2')
  utimesSync(join(root, 'a.ts'), atime, mtime)
  assert.is(await isReused(), false)
})

test('an edit within the same tick of the clock as the compilation is noticed', async () => {
  const { root, isReused, record } = await warm()
  writeFileSync(join(root, 'a.ts'), 'export const a = 2')
  const { size, mtimeMs, ctimeMs, ino } = statSync(join(root, 'a.ts'))
  const before = readChecked(record) as CompileRecord
  const files = before.files.map((seen: { file: string }) =>
    seen.file.endsWith('/a.ts') ? { ...seen, stat: { size, mtimeMs, ctimeMs, ino } } : seen,
  )
  writeChecked(record, { ...before, files, recorded: Math.ceil(mtimeMs) })
  assert.is(await isReused(), false)
})

test('a file that was only touched is read once, not every time', async () => {
  const { root, isReused, record } = await warm()
  utimesSync(join(root, 'a.ts'), 1, 1)
  assert.is(await isReused(), true)
  assert.match(readFileSync(record, 'utf8'), '"mtimeMs":1000')
})

test('a copy of a project is a project of its own', async () => {
  const root = project({ 'main.ts': 'export default import.meta.dirname' })
  await compiled(root)
  const copy = project({})
  cpSync(root, copy, { recursive: true })
  assert.is(await run(copy), copy)
})

test('packages are read as Node reads them, not as bundlers do', async () => {
  const root = project({
    'main.ts': "import a from 'a'\nimport b from 'b'\nexport default [a, b]",
    'node_modules/a/package.json':
      '{ "type": "module", "exports": { "module": "./wrong.js", "default": "./right.js" } }',
    'node_modules/a/wrong.js': "export default 'wrong'",
    'node_modules/a/right.js': "export default 'right'",
    'node_modules/b/package.json': '{ "type": "module", "module": "./wrong.js", "main": "./right.js" }',
    'node_modules/b/wrong.js': "export default 'wrong'",
    'node_modules/b/right.js': "export default 'right'",
  })
  assert.equal(await run(root), ['right', 'right'])
})

const CHANGES: Record<string, (root: string, record: string, output: string) => void> = {
  'an imported file': root => write(root, { 'a.ts': 'export const a = 3 // longer' }),
  'an imported file gone to another place': root => {
    renameSync(join(root, 'a.ts'), join(root, 'c.ts'))
    write(root, { 'main.ts': "export { a as default } from './c.ts'" })
  },
  'tsconfig.json': root => write(root, { 'tsconfig.json': '{ "compilerOptions": {} }' }),
  'package.json': root => write(root, { 'package.json': '{ "type": "module" }' }),
  'the version of a package': root =>
    write(root, {
      'node_modules/pkg/package.json': '{ "type": "module", "exports": "./index.js", "version": "2.0.0" }',
    }),
  'a package where it is found first': root => {
    const other = join(root, 'elsewhere')
    renameSync(join(root, 'node_modules/pkg'), other)
    symlinkSync(other, join(root, 'node_modules/pkg'))
  },
  'a damaged record': (_, record) => writeFileSync(record, '{"format":1,'),
  'a record without its lists': (_, record) => writeFileSync(record, '{"format":1}'),
  'a record that is gone': (_, record) => rmSync(record),
  'a damaged output': (_, __, output) => writeFileSync(output, 'export default 0'),
  'an output that is gone': (_, __, output) => rmSync(output),
  'a source map that is gone': (_, __, output) => rmSync(`${output}.map`),
  'another version of strux-bsp': (_, record) => {
    const before = readChecked(record) as CompileRecord
    writeChecked(record, { ...before, versions: { ...before.versions, strux: '0.0.0' } })
  },
}

for (const [name, change] of Object.entries(CHANGES)) {
  test(`compiled anew: ${name}`, async () => {
    const { root, first, record } = await warm()
    change(root, record, first.output)
    assert.is((await compiled(root)).reused, false)
    assert.is((await compiled(root)).reused, true)
  })
}

test('a tsconfig.json that appears', async () => {
  const root = project({ 'sub/main.ts': 'export default 1' })
  await compiled(root, 'sub/main.ts')
  assert.is((await compiled(root, 'sub/main.ts')).reused, true)
  write(root, { 'sub/tsconfig.json': '{}' })
  assert.is((await compiled(root, 'sub/main.ts')).reused, false)
})

test('a project that was moved is compiled anew: its modules name their files', async () => {
  const root = project({ 'main.ts': 'export default import.meta.dirname' })
  await compiled(root)
  const moved = project({})
  rmSync(moved, { recursive: true })
  renameSync(root, moved)
  assert.is((await compiled(moved)).reused, false)
  assert.is(await run(moved), moved)
})

test('a package that is gone is complained about, one below it too', async () => {
  const files = {
    'main.ts': "import p from 'pkg'\nexport default p",
    ...packageFiles('pkg', './index.js', "export { default } from 'below'"),
    ...packageFiles('below', './index.js', 'export default 1'),
  }
  const root = project(files)
  await compiled(root)
  renameSync(join(root, 'node_modules/below'), join(root, 'node_modules/gone'))
  const below = await evaluateModule('main.ts', 'bsp', { root })
  assert.is(below.diagnostics[0]?.code, 'evaluation_error')
  assert.match(below.diagnostics[0]!.message, "'below'")
  assert.is(below.module?.reused, false, 'everything was resolved anew')
  assert.not.match(below.diagnostics[0]!.message, root)
  rmSync(join(root, 'node_modules/pkg/index.js'))
  assert.not.ok((await compileModule('main.ts', { root })).module)
  const { diagnostics } = await evaluateModule('main.ts', 'bsp', { root })
  assert.is(diagnostics[0]?.code, 'unresolved_import')
})

test('a long-lived process sees new output, and runs a definition anew each time', async () => {
  const text = (name: string) =>
    `import { defineBsp } from 'strux-bsp'\nexport default defineBsp({ name: '${name}', env: process.env.STRUX_TEST_VALUE } as never)`
  const root = project({ 'main.ts': text('one') })
  const value = async () => (await evaluateModule('main.ts', 'bsp', { root })).value
  process.env.STRUX_TEST_VALUE = 'a'
  assert.equal(await value(), { name: 'one', env: 'a' })
  process.env.STRUX_TEST_VALUE = 'b'
  assert.equal(await value(), { name: 'one', env: 'b' })
  write(root, { 'main.ts': text('two') })
  assert.equal(await value(), { name: 'two', env: 'b' })
  delete process.env.STRUX_TEST_VALUE
})

test('two compilations at once both succeed', async () => {
  const root = project({ 'main.ts': 'export default 1' })
  await Promise.all([compiled(root), compiled(root), compiled(root)])
  assert.is((await compiled(root)).reused, true)
})

test.run()
