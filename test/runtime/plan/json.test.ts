/** The shape of `strux plan --json`, key by key as docs/json.md has it. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Sh } from '../../../lib/sh.ts'
import { reason } from '../../../runtime/model/decision.ts'
import { planJson } from '../../../runtime/plan/json.ts'
import { bspWith, planFor, script } from '../../support/simulated.ts'

interface Json {
  nodes: Record<string, unknown>[]
  flash: Record<string, unknown>[]
  never: unknown[]
  [key: string]: unknown
}

const plan = planFor(
  bspWith([
    script('make_image', {
      location: './make.sh',
      description: 'Make it',
      cached_generated_artifacts: ['output/disk.img'],
      depends_on: ['./dts/*.dts', 'cache/x/'],
    }),
    script('make_image', { run: new Sh('true') }),
    script('flash_script', { id: 'flash' }),
    script('before_kernel', { id: 'no' }),
  ]),
)
const json = (decisions?: Parameters<typeof planJson>[1]): Json =>
  JSON.parse(JSON.stringify(planJson(plan, decisions)))

test('the top has six keys', () => {
  const { nodes, flash, never, ...rest } = json()
  assert.equal(rest, { bsp: 'demo', arch: 'x86_64', chains: [] })
  assert.is(nodes.length, plan.nodes.length)
  assert.is(flash.length, 1)
  assert.equal(never, [
    {
      id: 'no',
      hook: 'before_kernel',
      title: 'before_kernel',
      reason: 'before_kernel runs only with boot.kernel.custom_kernel: true',
    },
  ])
})

test('a script has these keys and no other; globs and folders stay one entry', () => {
  const { env, after, ...node } = json().nodes.at(-2)!
  assert.ok((after as string[]).includes('rootfs_post'))
  assert.equal(node, {
    id: 'make_image:./make.sh',
    kind: 'script',
    hook: 'make_image',
    title: 'Make it',
    location: './make.sh',
    runs_in: 'container',
    artifacts: [{ declared: 'output/disk.img', path: 'dist/output/demo/disk.img' }],
    dependencies: [
      { declared: './dts/*.dts', path: 'bsp/demo/dts/*.dts' },
      { declared: 'cache/x/', path: 'dist/cache/demo/x' },
    ],
  })
  const { STEP, STRUX_VERSION, HOST_ARCH } = env as Record<string, string>
  assert.equal(
    { STEP, STRUX_VERSION, HOST_ARCH },
    { STEP: 'make_image', STRUX_VERSION: '9.9.9', HOST_ARCH: 'x86_64' },
  )
})

test('an inline script has no location, and a flash script runs on the host', () => {
  assert.not('location' in json().nodes.at(-1)!)
  assert.is(json().flash[0]!.runs_in, 'host')
  assert.not('decision' in json().flash[0]!)
})

test('a step has step in the place of hook', () => {
  const node = json().nodes.find(each => each.id === 'cage')!
  assert.equal(Object.keys(node), [
    'id',
    'kind',
    'step',
    'title',
    'runs_in',
    'artifacts',
    'dependencies',
    'env',
    'after',
  ])
  assert.is(node.step, 'cage')
  assert.is(node.title, 'Cage compositor')
})

test('a place that several nodes change is listed with them', () => {
  const changed = planFor(
    bspWith([
      script('after_rootfs', { id: 'a', cached_generated_artifacts: ['cache/d'] }),
      script('before_bundle', {
        id: 'r',
        depends_on: ['cache/d/*'],
        cached_generated_artifacts: ['cache/r'],
      }),
      script('make_image', { id: 'b', depends_on: ['cache/d/x'], cached_generated_artifacts: ['cache/d/x'] }),
    ]),
  )
  assert.equal((planJson(changed) as { chains: unknown }).chains, [
    { path: 'dist/cache/demo/d/x', writers: ['a'], links: ['b'], early_readers: ['r'] },
  ])
})

test('with decisions each selected node has its own, and the others are left out', () => {
  const last = plan.nodes.length - 1
  const { nodes } = json(
    new Map([
      [last, { action: 'run', reasons: [reason('no_record'), reason('artifact_missing', 'cache/a')] }],
    ]),
  )
  assert.equal(
    nodes.map(node => node.id),
    ['make_image:inline'],
  )
  assert.equal(nodes[0]!.decision, {
    action: 'run',
    reasons: [
      { code: 'no_record', message: 'there is no record of an earlier success' },
      { code: 'artifact_missing', subject: 'cache/a', message: 'its artifact cache/a does not exist' },
    ],
  })
})

test.run()
