/** dist/artifacts/logo.png: the splash's logo, at the same place in every project. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ProjectData } from '../../../lib/schema.ts'
import { Sh } from '../../../lib/sh.ts'
import { bspWith, PROJECT, SimulatedProject } from '../../support/simulated.ts'

const COPY = 'dist/artifacts/logo.png'
const withSplash = (enabled: boolean) =>
  ({ ...PROJECT, boot: { splash: { enabled, logo: 'assets/logo.png', color: '000000' } } }) as ProjectData

test('a script reads it; it follows the logo, and a dry run foresees that', async () => {
  const project = new SimulatedProject()
  project.write('assets/logo.png', 'red')
  const seen: (string | undefined)[] = []
  const settings = {
    project: withSplash(true),
    bsp: bspWith([
      {
        id: 'convert',
        step: 'before_bundle',
        run: new Sh('convert'),
        depends_on: ['artifacts/logo.png'],
        cached_generated_artifacts: ['cache/logo.bmp'],
      },
    ]),
    behave: () => {
      seen.push(project.read(COPY))
      project.write('dist/cache/demo/logo.bmp', 'x')
      return 0
    },
  }
  const foreseen = async () =>
    (await project.dryRun(settings)).get('convert')!.reasons.map(({ code }) => code as string)
  assert.equal(await foreseen(), ['artifact_missing', 'no_record'])
  assert.is(project.read(COPY), undefined, 'a dry run writes nothing')
  assert.ok((await project.build(settings)).ok)
  assert.equal(await foreseen(), ['unchanged'])
  project.write('assets/logo.png', 'blue')
  assert.equal(await foreseen(), ['dependency_changed'])
  assert.ok((await project.build(settings)).ok)
  assert.equal(seen, ['red', 'blue'])
})

test('not without a splash, and not over what a script makes', async () => {
  for (const enabled of [false, true]) {
    const project = new SimulatedProject()
    project.write('assets/logo.png', 'red')
    const artifacts = enabled ? ['artifacts/logo.png'] : ['cache/x']
    const bsp = bspWith([
      { id: 'a', step: 'before_bundle', run: new Sh('a'), cached_generated_artifacts: artifacts },
    ])
    const behave = () => {
      assert.is(project.read(COPY), undefined)
      for (const path of [COPY, 'dist/cache/demo/x'])
        if (enabled === (path === COPY)) project.write(path, 'own')
      return 0
    }
    assert.ok((await project.build({ project: withSplash(enabled), bsp, behave })).ok)
    assert.is(project.read(COPY), enabled ? 'own' : undefined)
  }
})

test.run()
