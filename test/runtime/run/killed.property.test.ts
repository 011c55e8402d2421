/** Whatever change of the disk was a build's last one before it was killed: the next build makes what a clean one makes. */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  behaviour,
  buildOf,
  cleanProducts,
  damage,
  declaredProducts,
  forwardOnly,
  type Item,
  item,
  SOURCE_FILES,
  setUp,
} from '../../support/generated.ts'
import { dyingAfter } from '../../support/mortal.ts'
import { SimulatedProject } from '../../support/simulated.ts'

const round = fc.record({
  source: fc.nat(SOURCE_FILES.length - 1),
  script: fc.nat(5),
  text: fc.constantFrom('1', '2'),
  /** How many changes of the disk the build survives. */
  survives: fc.oneof(fc.nat(8), fc.nat(40), fc.nat(120)),
})

/** A script that may die after it has begun to write, and before it has done all of it. */
function mortal(project: SimulatedProject, items: readonly Item[], step: () => void) {
  const whole = behaviour(project, items)
  return (id: string): number => {
    try {
      step()
    } catch (error) {
      damage(project, items[Number(id.slice(1))]!.artifacts)
      throw error
    }
    return whole(id)
  }
}

test('a build that is killed anywhere leaves nothing that the next one takes for good', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { minLength: 1, maxLength: 6 }),
      fc.array(round, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (generated, rounds, begun) => {
        const items = forwardOnly(generated)
        const sources = SOURCE_FILES.map(() => '1')
        const project = new SimulatedProject()
        try {
          setUp(project, sources)
          const build = () => project.build(buildOf(project, items))
          if (begun) await build()
          for (const { source, script, text, survives } of rounds) {
            sources[source] = text
            project.write(SOURCE_FILES[source]!, text)
            items[script % items.length]!.text = text
            await dyingAfter(survives, async step => {
              await project.build(buildOf(project, items, mortal(project, items, step)))
            })
          }
          const last = await build()
          assert.ok(last.ok, (last.error as Error)?.stack)
          assert.equal(declaredProducts(project, items), await cleanProducts(items, sources))
        } finally {
          project.dispose()
        }
      },
    ),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 150), includeErrorInReport: true },
  )
})

test.run()
