/** Several nodes at once: the result is that of one after another, and independent ones really run at the same time. */
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ScriptData } from '../../../lib/schema.ts'
import { Sh } from '../../../lib/sh.ts'
import { hashText } from '../../../runtime/cache/hash-memo.ts'
import { bspWith, planFor, SimulatedProject } from '../../support/simulated.ts'

const HOOKS = [
  'before_build',
  'before_frontend',
  'after_frontend',
  'before_application',
  'after_application',
  'before_wpe',
  'after_client',
  'before_bundle',
] as const
const MADE = ['cache/a', 'cache/b', 'cache/c', 'cache/d/x', 'cache/d/y']
const READ = [...MADE, 'cache/d', 'cache/d/*', './s1']
const place = (path: string) =>
  path.startsWith('./') ? `bsp/demo/${path.slice(2)}` : `dist/cache/demo/${path.slice(6)}`

const item = fc.record({
  hook: fc.constantFrom(...HOOKS),
  artifacts: fc.uniqueArray(fc.constantFrom(...MADE), { maxLength: 2 }),
  dependencies: fc.uniqueArray(fc.constantFrom(...READ), { maxLength: 2 }),
  /** Reads and writes what it does not declare. */
  secret: fc.boolean(),
})
type Item = typeof item extends fc.Arbitrary<infer T> ? T : never

const scriptsOf = (items: readonly Item[]): ScriptData[] =>
  items.map(({ hook, artifacts, dependencies }, n) => ({
    id: `n${n}`,
    step: hook,
    run: new Sh(String(n)),
    cached_generated_artifacts: artifacts,
    depends_on: dependencies,
  }))

/** Looks at its inputs, works for a while, looks again: whatever changed in between shows in what it makes. */
async function built(items: readonly Item[], jobs: number, delay: (n: number) => number) {
  const project = new SimulatedProject()
  try {
    project.write('bsp/demo/s1', 'source')
    const look = (n: number) => {
      const { dependencies, artifacts, secret } = items[n]!
      const paths = dependencies.flatMap(path =>
        path.startsWith('cache/d') && !path.includes('/d/x') && !path.includes('/d/y')
          ? ['cache/d/x', 'cache/d/y']
          : [path],
      )
      // Only what declares nothing may have secrets: it waits for everything, and everything waits for it.
      const undeclared = secret && (artifacts.length === 0 || dependencies.length === 0)
      return [...paths, ...(undeclared ? MADE : [])].map(path => project.read(place(path)) ?? '-').join()
    }
    const result = await project.build({
      bsp: bspWith(scriptsOf(items)),
      jobs,
      behave: async id => {
        const n = Number(id.slice(1))
        const before = look(n)
        await pause(delay(n))
        const text = hashText(`${n} ${before} ${look(n)}`).slice(0, 8)
        for (const path of items[n]!.artifacts) project.write(place(path), text)
        return 0
      },
    })
    assert.ok(result.ok, String(result.error))
    return Object.fromEntries(MADE.map(path => [path, project.read(place(path))]))
  } finally {
    project.dispose()
  }
}

test('whatever the order in which they finish, several at once make what one after another makes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { minLength: 2, maxLength: 7 }),
      fc.array(fc.nat(4), { minLength: 7, maxLength: 7 }),
      fc.integer({ min: 2, max: 5 }),
      async (items, delays, jobs) => {
        const alone = await built(items, 1, () => 0)
        assert.equal(await built(items, jobs, n => delays[n]!), alone)
      },
    ),
    { numRuns: 60 },
  )
})

test('steps that read nothing of each other do not wait for each other', () => {
  const plan = planFor(bspWith([]))
  const before = plan.edges
  const waits = (id: string) =>
    before[plan.nodes.findIndex(node => node.id === id)]!.map(index => plan.nodes[index]!.id)
  for (const id of ['frontend', 'application', 'cage', 'wpe', 'client', 'rootfs'])
    assert.equal(waits(id), [], id)
  assert.equal(waits('rootfs_post').sort(), ['application', 'cage', 'client', 'frontend', 'rootfs', 'wpe'])
})

test('a script that does not say what it reads, or what it makes, is waited for and waits', () => {
  for (const more of [{ depends_on: ['./s1'] }, { cached_generated_artifacts: ['cache/a'] }]) {
    const plan = planFor(bspWith([{ id: 'mine', step: 'after_cage', run: new Sh('x'), ...more }]))
    const before = plan.edges
    const at = plan.nodes.findIndex(node => node.id === 'mine')
    assert.equal(before[at], [...Array(at).keys()])
    for (let later = at + 1; later < plan.nodes.length; later++) assert.ok(before[later]!.includes(at))
  }
})

/** Three that need nothing of each other. */
const APART: ScriptData[] = ['before_frontend', 'before_wpe', 'after_client'].map((step, n) => ({
  id: `n${n}`,
  step: step as ScriptData['step'],
  run: new Sh('x'),
  cached_generated_artifacts: [`cache/${n}`],
  depends_on: ['./s1'],
}))

test('two at once take less than one after another; one at a time does not', async () => {
  let [running, most] = [0, 0]
  const project = new SimulatedProject()
  try {
    project.write('bsp/demo/s1', '')
    const behave = async () => {
      most = Math.max(most, ++running)
      await pause(20)
      running--
      return 0
    }
    await project.build({ bsp: bspWith(APART), jobs: 2, behave })
    assert.is(most, 2)
    most = 0
    await project.build({ bsp: bspWith(APART), jobs: 1, behave, clean: true })
    assert.is(most, 1)
  } finally {
    project.dispose()
  }
})

test('after a failure nothing else begins, and what is under way is finished and recorded', async () => {
  const project = new SimulatedProject()
  try {
    project.write('bsp/demo/s1', '')
    const behave = (failing: boolean) => async (id: string) => {
      await pause(id === 'n0' ? 20 : 60)
      if (id === 'n0' && failing) return 7
      project.write(`dist/cache/demo/${id.slice(1)}`, id)
      return 0
    }
    const failed = await project.build({ bsp: bspWith(APART), jobs: 2, behave: behave(true) })
    assert.not(failed.ok)
    assert.equal(Object.fromEntries(failed.outcomes), { n0: 'failed', n1: 'ran' })
    const again = await project.build({ bsp: bspWith(APART), jobs: 2, behave: behave(false) })
    assert.equal(Object.fromEntries(again.outcomes), { n0: 'ran', n1: 'skipped', n2: 'ran' })
  } finally {
    project.dispose()
  }
})

test.run()
