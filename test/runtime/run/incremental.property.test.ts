/**
 * Random projects, random edits: what a dry run decides the build does, and what an incremental build leaves is what a
 * clean build would have made.
 */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ARTIFACTS,
  behaviour,
  buildOf,
  cleanProducts,
  declaredProducts,
  edit,
  forwardOnly,
  idsOf,
  item,
  madeInsideKernel,
  placeOf,
  SOURCE_FILES,
  setUp,
  toggle,
} from '../../support/generated.ts'
import { SimulatedProject } from '../../support/simulated.ts'

test('a dry run foretells the build, and an incremental build makes what a clean one makes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { minLength: 1, maxLength: 6 }),
      fc.array(fc.array(edit, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 4 }),
      async (generated, rounds) => {
        const items = forwardOnly(generated)
        const sources = SOURCE_FILES.map(() => 'start')
        const project = new SimulatedProject()
        try {
          setUp(project, sources)
          await project.build(buildOf(project, items))
          for (const edits of rounds) {
            let failing: number | undefined
            let last: number | undefined
            for (const each of edits) {
              if (each.kind === 'source') {
                sources[each.which] = each.text
                project.write(SOURCE_FILES[each.which]!, each.text)
              } else if (each.kind === 'script') items[each.which % items.length]!.text = each.text
              else if (each.kind === 'lose') {
                const lost = ARTIFACTS[each.which]!
                // Of what a script makes only the declared paths are looked for.
                const declared = items.some(({ artifacts, absent }) => !absent && artifacts.includes(lost))
                if (declared && !madeInsideKernel(items, lost)) project.remove(placeOf(lost))
              } else if (each.kind === 'fail') failing = each.which % items.length
              else if (each.kind === 'toggle') toggle(items, each.which % items.length)
              else if (each.kind === 'forget') project.write('dist/cache/demo/.build-cache.json', '{')
              else last = each.which
            }
            const until = last === undefined ? undefined : idsOf(items)[last % idsOf(items).length]!
            const whole = buildOf(project, items, behaviour(project, items, failing))
            const part = {
              ...whole,
              selection: { ...whole.selection, ...(until === undefined ? {} : { until }) },
            }
            const foretold = await project.dryRun(part)
            const { outcomes } = await project.build(part)
            for (const [id, outcome] of outcomes) {
              const { action, reasons } = foretold.get(id)!
              const told = `${id}: foretold ${action} (${reasons.map(each => each.code)}), ${outcome}`
              if (action === 'run') assert.is.not(outcome, 'skipped', told)
              if (action === 'skip') assert.is(outcome, 'skipped', told)
            }
          }
          const final = await project.build(buildOf(project, items))
          assert.ok(final.ok, (final.error as Error)?.stack)
          assert.equal(declaredProducts(project, items), await cleanProducts(items, sources))
          const idle = await project.build(buildOf(project, items))
          assert.equal(declaredProducts(project, items), await cleanProducts(items, sources), 'and once more')
          // Whatever declares artifacts and finds its inputs has nothing left to do.
          for (const [n, each] of items.entries()) {
            const settled = items.every(
              other =>
                other.artifacts.length > 0 &&
                other.dependencies.every(path => path.startsWith('./') && path !== './s3'),
            )
            if (settled && each.artifacts.length > 0 && !each.absent)
              assert.is(idle.outcomes.get(`n${n}`), 'skipped')
          }
        } finally {
          project.dispose()
        }
      },
    ),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 150), includeErrorInReport: true },
  )
})

test.run()
