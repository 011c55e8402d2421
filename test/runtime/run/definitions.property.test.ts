/**
 * Random projects whose definition changes: scripts are removed, renamed, moved and reordered, read and make something
 * else, and between builds products and the copies of first versions are lost. Each build makes what a clean build makes.
 */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ARTIFACTS,
  buildOf,
  cleanProducts,
  declaredProducts,
  HOOKS,
  type Item,
  idsOf,
  item,
  madeInsideKernel,
  placeOf,
  READABLE,
  SOURCE_FILES,
  setUp,
} from '../../support/generated.ts'
import { SimulatedProject } from '../../support/simulated.ts'

const at = fc.nat(5)
const change = fc.oneof(
  fc.record({ kind: fc.constant('remove' as const), at }),
  fc.record({ kind: fc.constant('restore' as const), at }),
  fc.record({ kind: fc.constant('rename' as const), at, id: fc.nat(3) }),
  fc.record({ kind: fc.constant('move' as const), at, hook: fc.nat(HOOKS.length - 1) }),
  fc.record({ kind: fc.constant('swap' as const), at, with: at }),
  fc.record({ kind: fc.constant('make' as const), at, artifact: fc.constantFrom(...ARTIFACTS) }),
  fc.record({ kind: fc.constant('read' as const), at, path: fc.constantFrom(...READABLE) }),
  fc.record({ kind: fc.constant('script' as const), at, text: fc.constantFrom('1', '2', '3') }),
  fc.record({ kind: fc.constant('source' as const), at: fc.nat(3), text: fc.constantFrom('x', 'y') }),
  fc.record({ kind: fc.constant('lose' as const), at: fc.nat(ARTIFACTS.length - 1) }),
  fc.record({ kind: fc.constant('lose copies' as const) }),
)
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

/** Adds an element, or takes it out if it is there. */
const toggled = (list: readonly string[], element: string): string[] =>
  list.includes(element) ? list.filter(each => each !== element) : [...list, element]

function apply(each: Change, items: Item[], sources: string[], project: SimulatedProject): void {
  const n = each.kind.startsWith('lose') ? 0 : (each as { at: number }).at % items.length
  const one = items[n]!
  switch (each.kind) {
    case 'remove':
      if (idsOf(items).length > 1) one.absent = true
      break
    case 'restore':
      one.absent = false
      break
    case 'rename':
      one.alias = each.id
      break
    case 'move':
      one.hook = each.hook
      break
    case 'swap': {
      const other = each.with % items.length
      ;[items[n], items[other]] = [items[other]!, one]
      break
    }
    case 'make':
      one.artifacts = toggled(one.artifacts, each.artifact)
      break
    case 'read':
      one.dependencies = toggled(one.dependencies, each.path)
      break
    case 'script':
      one.text = each.text
      break
    case 'source':
      sources[each.at] = each.text
      project.write(SOURCE_FILES[each.at]!, each.text)
      break
    case 'lose': {
      const lost = ARTIFACTS[each.at]!
      const isDeclared = items.some(({ artifacts, absent }) => !absent && artifacts.includes(lost))
      if (isDeclared && !madeInsideKernel(items, lost)) project.remove(placeOf(lost))
      break
    }
    case 'lose copies':
      project.remove('dist/cache/demo/.first-versions')
  }
}

test('whatever becomes of a definition, a build makes what a clean build makes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { minLength: 1, maxLength: 5 }),
      fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
      async (generated, rounds) => {
        const items: Item[] = generated.map((each, key) => ({ ...each, key }))
        const sources = SOURCE_FILES.map(() => 'start')
        const project = new SimulatedProject()
        try {
          setUp(project, sources)
          await project.build(buildOf(project, items))
          for (const [n, changes] of [...rounds, []].entries()) {
            for (const each of changes) apply(each, items, sources, project)
            const foretold = await project.dryRun(buildOf(project, items))
            const { ok, error, outcomes } = await project.build(buildOf(project, items))
            assert.ok(ok, (error as Error)?.stack)
            for (const [id, outcome] of outcomes) {
              const { action, reasons } = foretold.get(id)!
              const said = `${id}: foretold ${action} (${reasons.map(each => each.code)}), ${outcome}`
              if (action === 'run') assert.is.not(outcome, 'skipped', said)
              if (action === 'skip') assert.is(outcome, 'skipped', said)
            }
            assert.equal(declaredProducts(project, items), await cleanProducts(items, sources), `build ${n}`)
          }
        } finally {
          project.dispose()
        }
      },
    ),
    // The same stories in each run of all tests; others where PROPERTY_RUNS asks for a number of them.
    {
      ...(process.env.PROPERTY_RUNS === undefined ? { seed: 16 } : {}),
      numRuns: Number(process.env.PROPERTY_RUNS ?? 100),
      includeErrorInReport: true,
    },
  )
})

test.run()
