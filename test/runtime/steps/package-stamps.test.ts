/** How the step of a source package knows what is done: its bash alone, on this machine. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hostArch } from '../../../runtime/plan/arch.ts'
import { packageBody } from '../../../runtime/steps/package/body.ts'
import { packages } from '../../../runtime/steps/packages/declaration.ts'
import { write } from '../../support/temp-folder.ts'

const test = suite('stamps of source packages')
let folder: string
const at = (path: string) => join(folder, path)
test.before.each(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'strux-stamps-')))
})
test.after.each(() => rmSync(folder, { recursive: true }))

const RECIPE = { pre: [], post: [], settings: {} }
const CONFIG = {
  ...{ id: 'led', name: 'led', variant: 'target', infra: 'generic', build_name: 'led-1', folder: 'packages' },
  ...{ arch: hostArch(), source: { kind: 'none' }, needs: [], native: true },
  order: ['configure', 'build'],
  phases: { configure: RECIPE, build: RECIPE },
}

/** Runs commands after the bash of the step. Returns what they print. */
function run(commands: string, config: object = CONFIG): string {
  const { stdout, stderr, status } = attempt(commands, config)
  assert.is(status, 0, stderr)
  return stdout.trim()
}

function attempt(commands: string, config: object) {
  mkdirSync(at('cache'), { recursive: true })
  return spawnSync('bash', ['-c', `${packageBody.source}\n${commands}`], {
    encoding: 'utf8',
    env: {
      ...process.env,
      ...{
        PROJECT_FOLDER: folder,
        BSP_FOLDER: folder,
        BSP_CACHE_DIR: at('cache'),
        STRUX_SCRATCH: at('views'),
      },
      ...{ SHARED_CACHE_DIR: at('shared'), STEP_NAME: 'led', BUILDER_KEY: 'key', TARGET_ARCH: hostArch() },
      STEP_CONFIG: JSON.stringify(config),
    },
  })
}

test('a kernel module that was built before the kernel changed is built again', () => {
  const config = { ...CONFIG, infra: 'kernel-module', custom_kernel: true }
  const key = () => run('mkdir -p "$stamps"; prepare_stamps; echo "${phase_keys[build]}"', config)
  const files = ['.config', 'include/config/kernel.release', 'Module.symvers']
  for (const file of files) write(at(`cache/kernel-source/${file}`), 'one')
  const first = key()
  assert.is(key(), first)
  for (const file of files) {
    const before = key()
    write(at(`cache/kernel-source/${file}`), 'two')
    assert.is.not(key(), before, file)
  }
})

const PATCHED = {
  ...{ ...CONFIG, source: { kind: 'fetched', source: './led.tar' }, patches: ['packages/led.patch'] },
  order: ['download', 'extract', 'patch', 'configure', 'build'],
  phases: { download: RECIPE, extract: RECIPE, patch: RECIPE, configure: RECIPE, build: RECIPE },
}
const ALL_DONE =
  'mkdir -p "$stamps" "$D"; prepare_stamps; for each in $(config ".order[]"); do end_phase $each; done'
/** What `rebuild` of the package prepares; prints the phases that count as finished. */
const REBUILD =
  'rm "$stamps/build"; touch "$stamps/.update"; prepare_stamps; for each in $(config ".order[]"); do phase_done $each && echo $each || :; done'

test('rebuild goes on from configure if that has changed, and keeps the folder', () => {
  write(at('packages/led.patch'), 'one')
  run(ALL_DONE, PATCHED)
  assert.is(run(REBUILD, PATCHED), 'download\nextract\npatch\nconfigure')
  const phases = { ...PATCHED.phases, configure: { ...RECIPE, settings: { conf_opts: ['--new'] } } }
  run(ALL_DONE, PATCHED)
  assert.is(run(REBUILD, { ...PATCHED, phases }), 'download\nextract\npatch')
  assert.ok(existsSync(at('cache/packages/build/led-1')))
})

test('rebuild refuses a folder whose patches have changed; the next build makes it anew', () => {
  write(at('packages/led.patch'), 'one')
  run(ALL_DONE, PATCHED)
  write(at('packages/led.patch'), 'two')
  const { status, stderr } = attempt(REBUILD, PATCHED)
  assert.is(status, 1)
  assert.match(
    stderr,
    /led: the phase patch has changed since the build folder was made\n`strux build` makes/,
  )
  assert.is(run('prepare_stamps; ls "$stamps"', PATCHED), 'download')
})

test('rebuild of a package whose source was never complete begins with a fresh folder', () => {
  write(at('packages/led.patch'), 'one')
  run(ALL_DONE, PATCHED)
  run('rm "$stamps/extract"', PATCHED)
  assert.is(run(`${REBUILD}; echo "updating:$updating"`, PATCHED), 'download\nupdating:')
})

test('the build folder of an older version goes when a newer one is built', () => {
  const build = at('cache/packages/build')
  run('begin_package; mkdir -p "$D"')
  assert.ok(existsSync(join(build, 'led-1')))
  run('begin_package; mkdir -p "$D"', { ...CONFIG, build_name: 'led-2' })
  assert.not.ok(existsSync(join(build, 'led-1')))
  assert.ok(existsSync(join(build, 'led-2')))
})

test('the digest of a package stands for all that it made, empty folders and modes too', () => {
  const place = at('cache/packages/per-package/led')
  const digest = () => {
    run('finish_package')
    return readFileSync(join(place, 'digest'), 'utf8')
  }
  write(join(place, 'target/etc/led.conf'), 'on')
  const seen = new Set([digest()])
  assert.is(seen.add(digest()).size, 1)
  mkdirSync(join(place, 'target/etc/led.d'), { mode: 0o755 })
  assert.is(seen.add(digest()).size, 2)
  run(`chmod 700 ${place}/target/etc/led.d`)
  assert.is(seen.add(digest()).size, 3)
  run(`ln -s led.conf ${place}/target/etc/link`)
  assert.is(seen.add(digest()).size, 4)
  write(join(place, 'target/etc/led.conf'), 'of')
  assert.is(seen.add(digest()).size, 5)
})

test('the merge of packages reads their digests, not all of their files', () => {
  const facts = { bspName: 'demo', packages: [{ id: 'led' }] }
  const [input] = packages.inputs(facts as never)
  assert.is(input?.path, 'dist/cache/demo/packages/per-package/led/digest')
})

test.run()
