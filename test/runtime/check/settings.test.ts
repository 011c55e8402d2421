import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { BspData, ProjectData } from '../../../lib/schema.ts'
import { notActedOn, stepsWithout, unknownForced } from '../../../runtime/check/settings.ts'
import { bspWith, PROJECT, planFor, script } from '../../support/simulated.ts'

const project = (more: object) => ({ ...PROJECT, ...more }) as ProjectData

test('what a build does not act on is a warning at its key', () => {
  const findings = notActedOn(
    project({ dev: {}, update: { enabled: true } }),
    bspWith([], { runtime: { extensions: [] } } as Partial<BspData>),
  )
  assert.equal(
    findings.map(({ severity, code, origin, at }) => [severity, code, origin, at]),
    [
      ['warning', 'not_acted_on', { source: 'project', keys: ['dev'] }, 'key'],
      ['warning', 'not_acted_on', { source: 'project', keys: ['update'] }, 'key'],
      ['warning', 'not_acted_on', { source: 'bsp', keys: ['runtime'] }, 'key'],
    ],
  )
  assert.equal(notActedOn(PROJECT, bspWith([])), [])
})

test('without an application only the steps of a plain Debian system are left', () => {
  const steps = (wanted: object) => {
    const config = project({ build: { steps: wanted } })
    return planFor(bspWith([]), config).nodes.map(node => node.id)
  }
  assert.equal(steps({ application: false }), ['rootfs', 'rootfs_post'])
  assert.equal(steps({ client: false }), ['frontend', 'application', 'cage', 'wpe', 'rootfs', 'rootfs_post'])
  assert.equal(steps({ application: false, wpe: true }), ['wpe', 'rootfs', 'rootfs_post'])
})

test('a step that needs another one which the device has not is an error at its key', () => {
  const found = (steps: object) =>
    stepsWithout(project({ build: { steps } })).map(({ severity, code, origin }) => [
      severity,
      code,
      origin.keys.join('.'),
    ])
  assert.equal(found({ application: false, client: true }), [['error', 'step_without', 'build.steps.client']])
  assert.equal(found({ cage: false, wpe: true }), [['error', 'step_without', 'build.steps.wpe']])
  assert.equal(found({ application: false }), [])
  assert.equal(found({ client: true, cage: true }), [])
})

test('force_rebuild knows steps, hooks and ids, also of what runs elsewhere or never', () => {
  const bsp = bspWith([
    script('make_image', { id: 'mine' }),
    script('flash_script', { id: 'flash' }),
    script('before_kernel', { id: 'never' }),
  ])
  const force = ['cage', 'kernel', 'before_bundle', 'mine', 'flash', 'never', 'mien', 'qqqqqqqqqqq']
  const config = project({ build: { cache: { force_rebuild: force } } })
  const findings = unknownForced(config, planFor(bsp, config))
  assert.equal(
    findings.map(({ severity, code, origin, hint }) => [
      severity,
      code,
      origin.source,
      origin.keys.join('.'),
      hint,
    ]),
    [
      ['warning', 'unknown_name', 'project', 'build.cache.force_rebuild.6', "Did you mean 'mine'?"],
      ['warning', 'unknown_name', 'project', 'build.cache.force_rebuild.7', undefined],
    ],
  )
})

test('no list, no complaint', () => {
  assert.equal(unknownForced(PROJECT, planFor(bspWith([]))), [])
})

test.run()
