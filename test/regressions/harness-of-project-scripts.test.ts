/** What strux runs around a script of the project (unpack, emulate, pack again) counts like the script's own text. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ProjectData } from '../../lib/schema.ts'
import { Sh } from '../../lib/sh.ts'
import { packageFile } from '../../runtime/steps/package-files.ts'
import { rootfsScript } from '../../runtime/steps/rootfs_script/harness.ts'
import { bspWith, PROJECT, SimulatedProject } from '../support/simulated.ts'

const RECORDS = 'dist/cache/demo/.build-cache.json'
const config = {
  ...PROJECT,
  scripts: [{ id: 'brand', run: new Sh('brand'), cached_generated_artifacts: ['cache/branded'] }],
} as ProjectData

test('a script of the project runs again when what runs around it is another', async () => {
  const project = new SimulatedProject()
  const settings = {
    bsp: bspWith([]),
    project: config,
    selection: { only: ['brand'] },
    behave: () => {
      project.write('dist/cache/demo/branded', 'x')
      return 0
    },
  }
  const codes = async () =>
    (await project.dryRun(settings)).get('brand')!.reasons.map(({ code }) => code as string)
  assert.ok((await project.build(settings)).ok)
  assert.equal(await codes(), ['unchanged'])

  const records = JSON.parse(project.read(RECORDS)!)
  const { harness } = records.scripts.brand.fingerprint
  assert.match(harness, /^[0-9a-f]{64}$/)
  for (const other of ['0'.repeat(64), undefined]) {
    records.scripts.brand.fingerprint.harness = other
    project.write(RECORDS, JSON.stringify(records))
    assert.equal(await codes(), ['harness_changed'])
  }
  assert.ok((await project.build(settings)).ok)
  assert.equal(await codes(), ['unchanged'])
})

test('what unpacks, emulates and packs again is part of it', () => {
  const harness = rootfsScript({ text: '' })
  for (const name of [
    'shell/foreign.sh',
    'shell/pack.sh',
    'rootfs_script/unpack.sh',
    'rootfs_script/repack.sh',
  ])
    assert.ok(harness.includes(packageFile(`runtime/steps/${name}`)), name)
})

test.run()
