/** Properties of the table of package hooks: order and conditions, for every kind of package. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  PACKAGE_HOOK_NAMES,
  PACKAGE_HOOKS,
  PACKAGE_PHASES,
  type PackageConditions,
  type PackageHook,
  type PackageHookRow,
  phasesOf,
  reasonHookNever,
  whichPackages,
} from '../../../lib/hooks/package.ts'

const test = suite('package hooks')

const conditions: fc.Arbitrary<PackageConditions> = fc.record({
  variant: fc.constantFrom('host', 'target'),
  sources: fc.constantFrom('local', 'fetched'),
  install_staging: fc.boolean(),
  install_target: fc.boolean(),
  install_images: fc.boolean(),
})

const runs = (hook: string, given: PackageConditions) =>
  reasonHookNever(hook as PackageHook, given) === undefined

test('the table has the 22 hooks of phases, in pairs, and target_finalize', () => {
  assert.is(PACKAGE_HOOKS.length, 23)
  assert.equal(
    PACKAGE_HOOK_NAMES.slice(0, -1),
    PACKAGE_PHASES.flatMap(phase => [`pre_${phase}`, `post_${phase}`]),
  )
  assert.is(PACKAGE_HOOK_NAMES.at(-1), 'target_finalize')
})

test('both hooks of a phase run, or neither; a phase exists exactly if its hooks run', () => {
  fc.assert(
    fc.property(conditions, given => {
      const phases = phasesOf(given)
      for (const phase of PACKAGE_PHASES) {
        assert.is(runs(`pre_${phase}`, given), phases.includes(phase), phase)
        assert.is(runs(`post_${phase}`, given), phases.includes(phase), phase)
      }
    }),
  )
})

test('sources are copied or fetched, installation is for one variant and by its setting', () => {
  fc.assert(
    fc.property(conditions, given => {
      const phases = phasesOf(given)
      const local = given.sources === 'local'
      assert.is(phases.includes('rsync'), local)
      for (const phase of ['download', 'extract', 'patch'] as const) assert.is(phases.includes(phase), !local)
      for (const phase of ['configure', 'build', 'legal_info'] as const) assert.ok(phases.includes(phase))
      assert.is(phases.includes('install'), given.variant === 'host')
      for (const setting of ['install_staging', 'install_target', 'install_images'] as const)
        assert.is(phases.includes(setting), given.variant === 'target' && given[setting])
      assert.is(runs('target_finalize', given), given.variant === 'target')
    }),
  )
})

test('phases keep the order of the table', () => {
  fc.assert(
    fc.property(conditions, given => {
      const places = phasesOf(given).map(phase => PACKAGE_PHASES.indexOf(phase))
      assert.equal(
        places,
        [...places].sort((a, b) => a - b),
      )
    }),
  )
})

test('each hook says which packages it runs for', () => {
  const rows: readonly PackageHookRow[] = PACKAGE_HOOKS
  const found = Object.fromEntries(rows.map(row => [row.name, whichPackages(row)]))
  const { pre_build, post_rsync, pre_install, post_install_target, pre_install_images } = found
  assert.equal(
    [pre_build, post_rsync, pre_install, post_install_target, pre_install_images],
    [
      undefined,
      'local sources',
      'host variants',
      'target variants unless install_target is false',
      'target variants with install_images',
    ],
  )
})

test.run()
