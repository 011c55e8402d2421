/** The step for tools of extensions: there only for handlers, first of all, and an input of what comes later. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PlanNode } from '../../../runtime/model/plan.ts'
import { makePlan } from '../../../runtime/plan/plan.ts'
import { BUILD_PIPELINE } from '../../../runtime/steps/pipeline.ts'
import { extensionsWith, type ShortHandler } from '../../support/handlers.ts'
import { bspWith, PROJECT } from '../../support/simulated.ts'

const test = suite('host tools')

function nodesWith(handlers: readonly ShortHandler[]): readonly PlanNode[] {
  const { plan, findings } = makePlan(
    {
      ...{ project: PROJECT, bsp: bspWith([]), bspName: 'demo', bspFolder: 'bsp/demo', host: 'x86_64' },
      ...{ version: '9.9.9', root: '/project', hostRoot: '/home/project' },
      extensions: extensionsWith(handlers),
    },
    BUILD_PIPELINE,
  )
  assert.equal(findings, [])
  return plan.nodes
}
const ids = (nodes: readonly PlanNode[]) => nodes.map(node => node.id)

test('the step is there only if a handler works in it', () => {
  assert.not(ids(nodesWith([{ hook: 'post_customize_image', run: ':' }])).includes('host_tools'))
})

test('it comes first, its handlers run at its points, and its folders are inputs of the root filesystem', () => {
  const nodes = nodesWith([
    { hook: 'build_host_tools', run: 'make' },
    { hook: 'fetch_sources_tools', run: 'git clone' },
    { hook: 'post_customize_image', run: ':' },
  ])
  assert.equal(ids(nodes).slice(0, 4), [
    'host_tools',
    'fetch_sources_tools__handler',
    'build_host_tools__handler',
    'frontend',
  ])
  const [step, fetch, build] = nodes
  assert.equal(
    step!.artifacts.map(ref => ref.path),
    ['dist/cache/demo/extensions/cache/sources', 'dist/cache/demo/extensions/cache/tools'],
  )
  assert.equal(
    [fetch, build].map(node => node!.kind === 'script' && [node!.inside, node!.at, node!.env.SRC]),
    [
      ['host_tools', 'fetch', '/project/dist/cache/demo/extensions'],
      ['host_tools', 'build', '/project/dist/cache/demo/extensions'],
    ],
  )
  const later = nodes.find(node => node.id === 'rootfs_post')!
  assert.ok(later.dependencies.some(ref => ref.path === 'dist/cache/demo/extensions/cache/tools'))
})

test.run()
