import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { StruxError } from '../../../runtime/diagnostics/error.ts'
import { findNode, type SelectionOptions, select } from '../../../runtime/plan/selection.ts'
import { bspWith, planFor, script } from '../../support/simulated.ts'

const inPlace = { depends_on: ['cache/tar'], cached_generated_artifacts: ['cache/tar'] }
const plan = planFor(
  bspWith(
    [
      script('before_build', { id: 'first' }),
      script('before_kernel', { id: 'config' }),
      script('after_kernel_extract', { id: 'drivers' }),
      script('after_kernel_extract', { id: 'patches' }),
      script('after_kernel', { id: 'tar', cached_generated_artifacts: ['cache/tar'] }),
      script('before_bundle', { id: 'one', ...inPlace }),
      script('before_bundle', { id: 'two', ...inPlace }),
      script('before_bundle', { id: 'other' }),
      script('make_image', { id: 'three', ...inPlace }),
      script('make_image', { location: './make.sh' }),
      script('before_bootloader', { id: 'never' }),
      script('flash_script', { id: 'flash' }),
    ],
    { boot: { kernel: { custom_kernel: true } } },
  ),
)
const chosen = (options: SelectionOptions) => [...select(plan, options)].map(index => plan.nodes[index]!.id)

function failure(work: () => unknown): StruxError {
  try {
    work()
  } catch (error) {
    assert.instance(error, StruxError)
    return error as StruxError
  }
  assert.unreachable('nothing was wrong')
  throw new Error()
}

test('everything without options, in order', () => {
  assert.equal(
    chosen({}),
    plan.nodes.map(node => node.id),
  )
  assert.equal(chosen({ only: [] }).length, plan.nodes.length)
})

test('--only takes ids, steps, and names of hooks for all their scripts', () => {
  assert.equal(chosen({ only: ['other'] }), ['other'])
  assert.equal(chosen({ only: ['cage'] }), ['cage'])
  assert.equal(chosen({ only: ['other', 'first'] }), ['first', 'other'])
  assert.equal(chosen({ only: ['before_bundle'] }), ['one', 'two', 'other'])
  assert.equal(chosen({ only: ['make_image:./make.sh'] }), ['make_image:./make.sh'])
})

test('a step with the name of a hook without scripts is the step', () => {
  assert.is(chosen({ from: 'rootfs_post' })[0], 'rootfs_post')
  assert.is(chosen({ until: 'rootfs_post' }).at(-1), 'rootfs_post')
})

test('--from and --until include what they name, with a hook from its first and until its last script', () => {
  assert.equal(chosen({ until: 'frontend' }), ['first', 'frontend'])
  assert.equal(chosen({ from: 'make_image' }), ['one', 'two', 'three', 'make_image:./make.sh'])
  assert.equal(chosen({ from: 'before_bundle', until: 'before_bundle' }), ['one', 'two', 'other'])
})

test('--only counts within --from and --until', () => {
  assert.equal(chosen({ only: ['first', 'cage', 'other'], from: 'frontend', until: 'kernel' }), ['cage'])
})

test('the kernel step and the scripts inside it come together, in order', () => {
  for (const id of ['kernel', 'drivers', 'patches', 'after_kernel_extract'])
    assert.equal(chosen({ only: [id] }), ['kernel', 'drivers', 'patches'], id)
  assert.equal(chosen({ only: ['config'] }), ['config'])
  assert.ok(chosen({ until: 'kernel' }).includes('patches'))
})

test('a link of a chain brings the links before it, and neither later ones nor the writer', () => {
  assert.equal(chosen({ only: ['one'] }), ['one'])
  assert.equal(chosen({ only: ['two'] }), ['one', 'two'])
  assert.equal(chosen({ only: ['three'] }), ['one', 'two', 'three'])
})

test('a link that works inside the kernel step brings the step', () => {
  const nested = planFor(
    bspWith(
      [
        script('before_kernel', { id: 'writer', cached_generated_artifacts: ['cache/tar'] }),
        script('after_kernel_extract', { id: 'inside', ...inPlace }),
        script('make_image', { id: 'late', ...inPlace }),
      ],
      { boot: { kernel: { custom_kernel: true } } },
    ),
  )
  const ids = [...select(nested, { only: ['late'] })].map(n => nested.nodes[n]!.id)
  assert.equal(ids, ['kernel', 'inside', 'late'])
})

test('--from behind --until is wrong use', () => {
  const error = failure(() => chosen({ from: 'other', until: 'first' }))
  assert.is(error.exitCode, 2)
  assert.match(error.message, '--from other comes after --until first')
})

test('an unknown name is wrong use, with the nearest id or hook', () => {
  const error = failure(() => chosen({ only: ['frontent'] }))
  assert.is(error.exitCode, 2)
  assert.match(error.message, "no script or step 'frontent' in the plan of demo")
  assert.match(error.hint!, 'Did you mean frontend?')
  assert.match(failure(() => chosen({ from: 'make_imge' })).hint!, 'Did you mean make_image?')
  assert.match(failure(() => chosen({ until: 'qqqqqqqqqqqqqq' })).hint!, 'strux plan lists them')
})

test('what never runs, and what only strux flash runs, cannot be selected', () => {
  const never = failure(() => chosen({ only: ['never'] }))
  assert.is(never.exitCode, 2)
  assert.match(never.message, 'never never runs: before_bootloader runs only with')
  const flash = failure(() => chosen({ only: ['flash'] }))
  assert.is(flash.exitCode, 2)
  assert.match(flash.hint!, 'strux flash')
})

test('one node is found by its id, also one of strux flash', () => {
  assert.is(findNode(plan, 'flash').id, 'flash')
  assert.is(findNode(plan, 'cage').kind, 'step')
  assert.match(failure(() => findNode(plan, 'never')).message, 'never runs')
  assert.is(failure(() => findNode(plan, 'cagee')).exitCode, 2)
})

test.run()
