/**
 * Two BSPs of one project, built one after the other or at once, edited and killed in between: each has in the end what a
 * clean build makes, also of the step that serves both.
 */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Sh } from '../../../lib/sh.ts'
import type { StepBodies } from '../../../runtime/plan/body.ts'
import { dyingAfter } from '../../support/mortal.ts'
import { type BuildSettings, bspWith, SimulatedProject, simulatedBody } from '../../support/simulated.ts'

const BSPS = ['one', 'two'] as const
const PAGE = 'dist/cache/frontend/page'
const SELECTED = ['maker', 'frontend', 'changer', 'rootfs_post']

const event = fc.oneof(
  fc.record({ kind: fc.constant('page' as const), text: fc.constantFrom('a', 'b') }),
  fc.record({ kind: fc.constant('input' as const), bsp: fc.nat(1), text: fc.constantFrom('a', 'b') }),
  fc.record({ kind: fc.constant('build' as const), bsp: fc.nat(1) }),
  fc.record({ kind: fc.constant('both' as const) }),
  fc.record({ kind: fc.constant('killed' as const), bsp: fc.nat(1), survives: fc.nat(60) }),
)

/** The maker makes a folder of ./in, the changer changes a file in it; post-processing takes it together with the page. */
function settings(project: SimulatedProject, name: string): BuildSettings {
  const at = (path: string) => `dist/cache/${name}/${path}`
  const bodies: StepBodies = {
    frontend: simulatedBody('frontend', () => {
      project.write(PAGE, 'half')
      project.write(PAGE, `page ${project.read('frontend/index.html')}`)
    }),
    rootfs_post: simulatedBody('post', node => {
      for (const { path } of node.artifacts)
        project.write(path, `${project.read(PAGE)}, ${project.read(at('d/x'))}`)
    }),
  }
  return {
    name,
    bodies,
    selection: { only: SELECTED },
    behave: id => {
      if (id === 'maker') {
        project.remove(at('d'))
        project.write(at('d/x'), `made of ${project.read(`bsp/${name}/in`)}`)
      } else project.write(at('d/x'), `${project.read(at('d/x'))}, changed`)
      return 0
    },
    bsp: bspWith([
      {
        step: 'before_build',
        id: 'maker',
        run: new Sh('m'),
        depends_on: ['./in'],
        cached_generated_artifacts: ['cache/d'],
      },
      {
        step: 'before_rootfs',
        id: 'changer',
        run: new Sh('c'),
        depends_on: ['cache/d/x'],
        cached_generated_artifacts: ['cache/d/x'],
      },
    ]),
  }
}

function result(project: SimulatedProject, name: string): (string | undefined)[] {
  return [project.read(`dist/cache/${name}/d/x`), project.read(`dist/cache/${name}/rootfs-post.tar.gz`)]
}

test('what one BSP does leaves nothing stale or lost for the other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 8 }), async events => {
      const project = new SimulatedProject()
      let page = 'a'
      const inputs = ['a', 'a']
      const build = (bsp: number) => project.build(settings(project, BSPS[bsp]!))
      try {
        project.write('frontend/index.html', page)
        for (const [n, name] of BSPS.entries()) project.write(`bsp/${name}/in`, inputs[n]!)
        for (const each of events) {
          if (each.kind === 'page') {
            page = each.text
            project.write('frontend/index.html', page)
          } else if (each.kind === 'input') {
            inputs[each.bsp] = each.text
            project.write(`bsp/${BSPS[each.bsp]}/in`, each.text)
          } else if (each.kind === 'build') await build(each.bsp)
          else if (each.kind === 'both') await Promise.all([build(0), build(1)])
          else await dyingAfter(each.survives, async () => void (await build(each.bsp)))
        }
        for (const [n, name] of BSPS.entries()) {
          const { ok, error } = await build(n)
          assert.ok(ok, String(error))
          const changed = `made of ${inputs[n]}, changed`
          assert.equal(result(project, name), [changed, `page ${page}, ${changed}`], name)
        }
      } finally {
        project.dispose()
      }
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 60), includeErrorInReport: true },
  )
})

test.run()
