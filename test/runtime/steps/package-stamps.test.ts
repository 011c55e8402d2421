/** How the step of a source package knows what is done: its bash alone, on this machine. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { packages } from '../../../runtime/steps/packages/declaration.ts'
import { LED, packageBash, packageBashOutput, RECIPE } from '../../support/package-step.ts'
import { write } from '../../support/temp-folder.ts'

const test = suite('stamps of source packages')
let folder: string
const at = (path: string) => join(folder, path)
test.before.each(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'strux-stamps-')))
})
test.after.each(() => rmSync(folder, { recursive: true }))

/** Runs commands after the bash of the step. Returns what they print. */
const run = (commands: string, config?: object) => packageBashOutput(folder, commands, config)

test('a kernel module that was built before the kernel changed is built again', async () => {
  const config = { ...LED, infra: 'kernel-module', custom_kernel: true }
  const key = () => run('mkdir -p "$stamps"; prepare_stamps; echo "${phase_keys[build]}"', config)
  const files = ['.config', 'include/config/kernel.release', 'Module.symvers']
  for (const file of files) write(at(`cache/kernel-source/${file}`), 'one')
  const first = await key()
  assert.is(await key(), first)
  for (const file of files) {
    const before = await key()
    write(at(`cache/kernel-source/${file}`), 'two')
    assert.is.not(await key(), before, file)
  }
})

const PATCHED = {
  ...{
    ...LED,
    source: { kind: 'fetched', method: 'file', source: './led.tar', file: 'led.tar' },
    patches: ['packages/led.patch'],
  },
  order: ['download', 'extract', 'patch', 'configure', 'build'],
  phases: { download: RECIPE, extract: RECIPE, patch: RECIPE, configure: RECIPE, build: RECIPE },
}
const ALL_DONE =
  'mkdir -p "$stamps" "$D"; prepare_stamps; for each in $(config ".order[]"); do end_phase $each; done'
/** What `rebuild` of the package prepares; prints the phases that count as finished. */
const REBUILD =
  'rm "$stamps/build"; touch "$stamps/.update"; prepare_stamps; for each in $(config ".order[]"); do phase_done $each && echo $each || :; done'

test('a failed build does not go on with the source of another suite, nor in another folder for products', async () => {
  const debian = {
    ...PATCHED,
    source: { kind: 'fetched', method: 'debian', source: 'deb-src:led' },
    patches: [],
  }
  const before = { ...debian, suite: 'bookworm', build_folder: 'out' }
  const unchanged = (config: object) =>
    run(
      'prepare_stamps; for each in $(config ".order[]"); do phase_done $each && echo $each || :; done',
      config,
    )
  await run(`${ALL_DONE}; rm "$stamps/build"`, before)
  assert.is(await unchanged(before), 'download\nextract\npatch\nconfigure')
  assert.is(await unchanged({ ...before, suite: 'trixie' }), '')
  assert.is(await unchanged({ ...before, build_folder: 'other' }), 'download')
})

test('rebuild goes on from configure if that has changed, and keeps the folder', async () => {
  write(at('packages/led.patch'), 'one')
  await run(ALL_DONE, PATCHED)
  assert.is(await run(REBUILD, PATCHED), 'download\nextract\npatch\nconfigure')
  const phases = { ...PATCHED.phases, configure: { ...RECIPE, settings: { conf_opts: ['--new'] } } }
  await run(ALL_DONE, PATCHED)
  assert.is(await run(REBUILD, { ...PATCHED, phases }), 'download\nextract\npatch')
  assert.ok(existsSync(at('cache/packages/build/led-1')))
})

test('rebuild refuses a folder whose patches have changed; the next build makes it anew', async () => {
  write(at('packages/led.patch'), 'one')
  await run(ALL_DONE, PATCHED)
  write(at('packages/led.patch'), 'two')
  const { code, stderr } = await packageBash(folder, REBUILD, PATCHED)
  assert.is(code, 1)
  assert.match(
    stderr,
    /led: the phase patch has changed since the build folder was made\n`strux build` makes/,
  )
  assert.is(await run('prepare_stamps; ls "$stamps"', PATCHED), 'download')
})

test('rebuild of a package whose source was never complete begins with a fresh folder', async () => {
  write(at('packages/led.patch'), 'one')
  await run(ALL_DONE, PATCHED)
  await run('rm "$stamps/extract"', PATCHED)
  assert.is(await run(`${REBUILD}; echo "updating:$updating"`, PATCHED), 'download\nupdating:')
})

test('the build folder of an older version goes when a newer one is built', async () => {
  const build = at('cache/packages/build')
  await run('begin_package; mkdir -p "$D"')
  assert.ok(existsSync(join(build, 'led-1')))
  await run('begin_package; mkdir -p "$D"', { ...LED, build_name: 'led-2' })
  assert.not.ok(existsSync(join(build, 'led-1')))
  assert.ok(existsSync(join(build, 'led-2')))
})

test('the digest of a package stands for all that it made, empty folders and modes too', async () => {
  const place = at('cache/packages/per-package/led')
  const digest = async () => {
    await run('finish_package')
    return readFileSync(join(place, 'digest'), 'utf8')
  }
  write(join(place, 'target/etc/led.conf'), 'on')
  const seen = new Set([await digest()])
  assert.is(seen.add(await digest()).size, 1)
  mkdirSync(join(place, 'target/etc/led.d'), { mode: 0o755 })
  assert.is(seen.add(await digest()).size, 2)
  await run(`chmod 700 ${place}/target/etc/led.d`)
  assert.is(seen.add(await digest()).size, 3)
  await run(`ln -s led.conf ${place}/target/etc/link`)
  assert.is(seen.add(await digest()).size, 4)
  write(join(place, 'target/etc/led.conf'), 'of')
  assert.is(seen.add(await digest()).size, 5)
})

test('an installation that is turned off leaves neither its output nor its record', async () => {
  const outputs = at('cache/packages/per-package/led')
  for (const path of ['images/led.bin', 'target/led', 'debian-packages']) write(join(outputs, path), '')
  const order = [...LED.order, 'install_target', 'install_images']
  const phases = { ...LED.phases, install_target: RECIPE, install_images: RECIPE }
  await run(ALL_DONE, { ...LED, order, phases })
  await run('prepare_stamps')
  assert.equal(readdirSync(outputs), [])
  assert.equal(readdirSync(at('cache/packages/build/.stamps/led')), [])
})

test('the merge of packages reads their digests, not all of their files', () => {
  const facts = { bspName: 'demo', packages: [{ id: 'led' }] }
  const [input] = packages.inputs(facts as never)
  assert.is(input?.path, 'dist/cache/demo/packages/per-package/led/digest')
})

test.run()
