/** `build.cache.force_rebuild` knows the steps also by the names that the tool has for them which strux.yaml comes from. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import * as yaml from 'yaml'
import { project } from '../runtime/load/temp-project.ts'
import { exportProject } from '../support/exported.ts'
import { strux } from '../support/run-cli.ts'

const test = suite('names in force_rebuild')

const BSP = 'strux_version: "0.3.0"\nbsp: { name: q, description: d, arch: arm64, hostname: h }\n'
const forcing = (...names: string[]) =>
  project(
    { 'bsp/qemu/bsp.yaml': BSP },
    {
      'strux.yaml': `name: kiosk\nproject_version: "1.0.0"\nbsp: qemu\nbuild: { cache: { force_rebuild: [${names.join(', ')}] } }\n`,
    },
  )

test('rootfs-base and rootfs-post force steps, screen is no mistake', async () => {
  const root = forcing('rootfs-base', 'rootfs-post', 'screen')
  const { stdout, stderr } = await strux(root, 'build', 'qemu', '--dry-run', '--json')
  const { nodes } = JSON.parse(stdout) as {
    nodes: { id: string; decision: { reasons: { code: string }[] } }[]
  }
  const forced = nodes.filter(each => each.decision.reasons.some(reason => reason.code === 'forced'))
  assert.equal(
    forced.map(each => each.id),
    ['rootfs', 'rootfs_post'],
  )
  assert.not.match(stderr, /is no step/)
})

test('an export writes the names that the other tool knows', async () => {
  const { read } = await exportProject(forcing('rootfs', 'rootfs_post', 'kernel', 'screen'))
  const { build } = yaml.parse(read('strux.yaml')) as { build: { cache: { force_rebuild: string[] } } }
  assert.equal(build.cache.force_rebuild, ['rootfs-base', 'rootfs-post', 'kernel', 'screen'])
})

test.run()
