/** Before anything runs, a build says that handlers need loop devices which cannot be had. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { StruxError } from '../../../runtime/diagnostics/error.ts'
import type { StepNode } from '../../../runtime/model/plan.ts'
import { makePlan } from '../../../runtime/plan/plan.ts'
import { requireLoopDevices } from '../../../runtime/run/loop-devices.ts'
import { BUILD_PIPELINE } from '../../../runtime/steps/pipeline.ts'
import { extensionsWith, type ShortHandler } from '../../support/handlers.ts'
import { bspWith, PROJECT } from '../../support/simulated.ts'

const test = suite('loop devices')

function imageWith(handlers: readonly ShortHandler[]) {
  const { plan } = makePlan(
    {
      ...{ project: PROJECT, bspName: 'demo', bspFolder: 'bsp/demo', host: 'x86_64' },
      bsp: bspWith([], { image: { partitions: [{ name: 'root', type: 'root' }] } }),
      ...{ version: '9.9.9', root: '/project', hostRoot: '/home/project' },
      extensions: extensionsWith(handlers),
    },
    BUILD_PIPELINE,
  )
  const step = plan.nodes.find((node): node is StepNode => node.kind === 'step' && node.id === 'image')!
  return { plan, step }
}

test('only a step whose handlers need LOOP or MOUNT uses loop devices', () => {
  assert.is(imageWith([{ hook: 'post_build_image', run: ':' }]).step.loopDevices, undefined)
  assert.is(imageWith([{ hook: 'post_umount_final_image', run: ':' }]).step.loopDevices, true)
})

test('without them, the message names the handlers', async () => {
  const { plan, step } = imageWith([{ hook: 'format_partitions', run: ':' }])
  const executorThatSays = (code: number) => ({
    open: async () => ({
      ...{ variablesFile: '', interrupt: async () => {}, close: async () => {} },
      run: async (_: unknown, output: (stream: 'stderr', line: string) => unknown) => {
        if (code !== 0) output('stderr', 'losetup: cannot find an unused loop device')
        return code
      },
    }),
  })
  const { signal } = new AbortController()
  await requireLoopDevices(step, plan, executorThatSays(0) as never, signal)
  try {
    await requireLoopDevices(step, plan, executorThatSays(1) as never, signal)
    assert.unreachable()
  } catch (error) {
    assert.match((error as StruxError).message, 'no loop device can be had here (losetup: cannot find')
    assert.match((error as StruxError).hint!, 'format_partitions__handler')
  }
})

test.run()
