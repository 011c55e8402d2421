import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { StruxError } from '../../../runtime/diagnostics/error.ts'
import { findProjectRoot } from '../../../runtime/load/find-project.ts'
import { diagnose, loadBsp, loadProject } from '../../../runtime/load/project.ts'
import { CONFIG, project, summary, whole } from './temp-project.ts'

const configured = (more: string) => CONFIG.replace(' })', `, ${more} })`)

async function thrown(run: () => unknown): Promise<unknown> {
  try {
    await run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('the project is the nearest folder upwards with a configuration', async () => {
  const root = project({ 'bsp/qemu/bsp.ts': '', 'sub/a/b.txt': '', 'sub/strux.config.mjs': '' })
  assert.is(findProjectRoot(join(root, 'bsp/qemu')), root)
  assert.is(findProjectRoot(root), root)
  assert.is(findProjectRoot(join(root, 'sub/a')), join(root, 'sub'))
  rmSync(join(root, 'sub/strux.config.mjs'))
  rmSync(join(root, 'strux.config.ts'))
  const error = await thrown(() => findProjectRoot(join(root, 'bsp')))
  assert.instance(error, StruxError)
  assert.match((error as StruxError).hint!, 'defineConfig({')
})

test('BSPs have the names of their folders or files, in order', async () => {
  const root = project({
    'strux.config.ts': configured("bsps: ['bsp/*/bsp.ts', './more/*.bsp.ts', 'single.ts', 'idx/*/index.ts']"),
    'bsp/zz/bsp.ts': '',
    'bsp/qemu/bsp.ts': '',
    'bsp/.hidden/bsp.ts': '',
    'bsp/empty/readme.md': '',
    'more/rpi.bsp.ts': '',
    'single.ts': '',
    'idx/one/index.ts': '',
  })
  const { value, bsps } = await loadProject(root)
  assert.equal(value?.bsps, bsps)
  assert.equal(
    bsps.map(bsp => `${bsp.name} ${bsp.folder} ${bsp.file}`),
    [
      'one idx/one idx/one/index.ts',
      'qemu bsp/qemu bsp/qemu/bsp.ts',
      'rpi more more/rpi.bsp.ts',
      'single . single.ts',
      'zz bsp/zz bsp/zz/bsp.ts',
    ],
  )
})

test('globs, and folders that are links', async () => {
  const root = project({
    'strux.config.ts': configured("bsps: '{bsp,boards}/**/bsp.ts'"),
    'bsp/a/deep/qemu/bsp.ts': '',
    'boards/x/bsp.ts': '',
    'boards/node_modules/no/bsp.ts': '',
  })
  assert.equal(
    (await loadProject(root)).bsps.map(bsp => bsp.name),
    ['qemu', 'x'],
  )
  const linked = project({ 'real/bsp.ts': '' })
  mkdirSync(join(linked, 'bsp'))
  symlinkSync('../real', join(linked, 'bsp/qemu'))
  assert.equal(
    (await loadProject(linked)).bsps.map(bsp => bsp.file),
    ['bsp/qemu/bsp.ts'],
  )
})

test('what is wrong with the BSPs is told where bsps is written', async () => {
  const root = project({
    'strux.config.ts': configured("bsps: ['bsp/*/bsp.ts', 'more/*/bsp.ts']"),
    'bsp/qemu/bsp.ts': '',
    'more/qemu/bsp.ts': '',
    'more/a b/bsp.ts': '',
  })
  const loaded = await loadProject(root)
  const diagnostics = await diagnose(loaded)
  const where = "strux.config.ts:2:91 ['bsp/*/bsp.ts', 'more/*/bsp.ts']"
  assert.equal(summary(root, diagnostics), [`bad_bsp_name ${where}`, `duplicate_bsp ${where}`])
  assert.match(diagnostics[1]!.message, 'bsp/qemu/bsp.ts and more/qemu/bsp.ts')
  assert.is(loaded.value, undefined)
  const none = project({})
  assert.equal(summary(none, await diagnose(await loadProject(none))), [
    "no_bsps strux.config.ts:2:29 { name: 'kiosk', project_version: '1.0.0', bsp: 'qemu' }",
  ])
})

test('the default BSP has to exist', async () => {
  const root = project({ 'bsp/qemo/bsp.ts': '' })
  const diagnostics = await diagnose(await loadProject(root))
  assert.equal(summary(root, diagnostics), ["unknown_bsp strux.config.ts:2:77 'qemu'"])
  assert.is(diagnostics[0]!.hint, "did you mean 'qemo'? BSPs of this project: qemo")
})

test('a BSP that is none is wrong use of the command', async () => {
  const loaded = await loadProject(project({ 'bsp/qemu/bsp.ts': '', 'bsp/rpi/bsp.ts': '' }))
  const error = (await thrown(() => loadBsp(loaded, 'qmeu'))) as StruxError
  assert.instance(error, StruxError)
  assert.is(error.exitCode, 2)
  assert.is(error.hint, "did you mean 'qemu'? BSPs of this project: qemu, rpi")
})

test('loading one BSP evaluates no other', async () => {
  const root = project({
    'bsp/qemu/bsp.ts': whole(''),
    'bsp/rpi/bsp.ts': "globalThis.struxEvaluated = true; throw new Error('no')",
  })
  const loaded = await loadProject(root)
  assert.is((await loadBsp(loaded, 'qemu')).value?.data.arch, 'arm64')
  assert.not.ok('struxEvaluated' in globalThis)
})

test('a definition that is wrong has no value, and all its diagnostics', async () => {
  const root = project({ 'bsp/qemu/bsp.ts': whole('a: 1, b: 2') })
  const loaded = await loadBsp(await loadProject(root), 'qemu')
  assert.is(loaded.value, undefined)
  assert.equal(
    (await diagnose(loaded)).map(one => one.code),
    ['unknown_key', 'unknown_key'],
  )
})

test('a configuration that cannot be run still has its BSPs', async () => {
  const root = project({ 'strux.config.ts': 'export default {', 'bsp/qemu/bsp.ts': whole('') })
  const loaded = await loadProject(root)
  assert.equal(
    loaded.bsps.map(bsp => bsp.name),
    ['qemu'],
  )
  assert.equal(
    (await diagnose(loaded)).map(one => one.code),
    ['syntax_error'],
  )
  assert.ok((await loadBsp(loaded, 'qemu')).value)
})

test.run()
