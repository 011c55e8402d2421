import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { BspData, ProjectData } from '../../../lib/schema.ts'
import { notActedOn, unknownForced } from '../../../runtime/check/settings.ts'
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
