/** Handlers of bash extensions in a plan: the files that they read, and the variables that steps pass on. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { BashSource, Extensions } from '../../../runtime/model/extensions.ts'
import type { PlanNode } from '../../../runtime/model/plan.ts'
import { makePlan } from '../../../runtime/plan/plan.ts'
import { BUILD_PIPELINE } from '../../../runtime/steps/pipeline.ts'
import { extensionsWith } from '../../support/handlers.ts'
import { bspWith, PROJECT } from '../../support/simulated.ts'

function nodesWith(source: Partial<BashSource>, more: Partial<Extensions> = {}): readonly PlanNode[] {
  const extensions = extensionsWith([
    { hook: 'post_customize_image', run: ':' },
    { hook: 'pre_umount_final_image', run: ':' },
  ])
  const [early, late] = extensions.handlers
  const extension = { ...early!.extension, file: 'extensions/probe.sh' }
  const bash = (more: Partial<BashSource>): BashSource => ({
    kind: 'bash',
    function: 'x',
    ...source,
    ...more,
  })
  const image = { partitions: [{ name: 'root', type: 'root' }] }
  const { plan } = makePlan(
    {
      ...{ project: PROJECT, bsp: bspWith([], { image }), bspName: 'demo', bspFolder: 'bsp/demo' },
      ...{ host: 'x86_64', version: '9.9.9', root: '/project', hostRoot: '/home/project' },
      extensions: {
        ...extensions,
        handlers: [
          { ...early!, extension, source: bash({}) },
          { ...late!, extension, source: bash({ after: 'rootfs_post' }) },
        ],
        ...more,
      },
    },
    BUILD_PIPELINE,
  )
  return plan.nodes
}

const pathsOf = (nodes: readonly PlanNode[], id: string, key: 'artifacts' | 'dependencies') =>
  nodes.find(node => node.id === id)![key].map(({ path }) => path)
const VARIABLES = 'dist/cache/demo/extension-variables'

test('the variables of a step are an output of it and an input of the later step', () => {
  const nodes = nodesWith({})
  assert.ok(pathsOf(nodes, 'rootfs_post', 'artifacts').includes(`${VARIABLES}/rootfs_post.sh`))
  assert.ok(pathsOf(nodes, 'image', 'dependencies').includes(`${VARIABLES}/rootfs_post.sh`))
  assert.ok(pathsOf(nodes, 'image', 'artifacts').includes(`${VARIABLES}/image.sh`))
})

test('the files of other extensions that are read first are inputs', () => {
  const nodes = nodesWith({ files: ['extensions/base.sh', 'extensions/probe.sh'] })
  assert.equal(pathsOf(nodes, 'post_customize_image__handler', 'dependencies'), ['extensions/base.sh'])
})

test('variables of the configuration hooks count in the fingerprint', () => {
  const harness = (variables: string) => {
    const node = nodesWith({ variables }).find(({ id }) => id === 'post_customize_image__handler')
    return node?.kind === 'script' && node.harness?.text
  }
  assert.is(harness('A=1'), harness('A=1'))
  assert.is.not(harness('A=1'), harness('A=2'))
})

test('steps with handlers start with the variables that configuration hooks have set', () => {
  const nodes = nodesWith({}, { stepVariables: { INSTALL_HEADERS: 'yes' } })
  const valueIn = (id: string, key: 'env' | 'hashedEnv') =>
    nodes.find(node => node.id === id)![key].INSTALL_HEADERS
  assert.equal(
    ['rootfs_post', 'image', 'rootfs'].map(id => [valueIn(id, 'env'), valueIn(id, 'hashedEnv')]),
    [
      ['yes', 'yes'],
      ['yes', 'yes'],
      [undefined, undefined],
    ],
  )
})

test.run()
