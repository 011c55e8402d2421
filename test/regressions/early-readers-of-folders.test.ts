/** A reader of a folder or glob before an in-place change in it sees the version of its turn, also when it runs again. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Sh } from '../../lib/sh.ts'
import { type Behaviour, bspWith, SimulatedProject } from '../support/simulated.ts'

const FILE = 'dist/cache/demo/d/x'

for (const read of ['cache/d', 'cache/d/*', 'cache/d/x']) {
  test(`a reader of ${read}`, async () => {
    const project = new SimulatedProject()
    const seen: string[] = []
    const behave: Behaviour = id => {
      if (id === 'maker') project.write(FILE, 'made')
      if (id === 'changer') project.write(FILE, `${project.read(FILE)}, changed`)
      if (id === 'adder') project.write('dist/cache/demo/d/sub/y', 'added')
      if (id === 'reader') {
        // It sees of the folder what it declares.
        const names = read === 'cache/d/x' ? ['x'] : project.list('dist/cache/demo/d')
        seen.push(`${names}: ${project.read(FILE)}`)
        project.write('dist/cache/demo/list', 'x')
      }
      return 0
    }
    const bsp = bspWith([
      {
        step: 'before_build',
        id: 'maker',
        run: new Sh('m'),
        cached_generated_artifacts: ['cache/d'],
        depends_on: ['./m'],
      },
      {
        step: 'before_bundle',
        id: 'reader',
        run: new Sh('r'),
        depends_on: [read, './in'],
        cached_generated_artifacts: ['cache/list'],
      },
      {
        step: 'make_image',
        id: 'changer',
        run: new Sh('c'),
        depends_on: ['cache/d/x'],
        cached_generated_artifacts: ['cache/d/x'],
      },
      {
        step: 'make_image',
        id: 'adder',
        run: new Sh('a'),
        depends_on: ['./m'],
        cached_generated_artifacts: ['cache/d/sub/y'],
      },
    ])
    try {
      project.write('bsp/demo/m', '1')
      project.write('bsp/demo/in', '1')
      await project.build({ bsp, behave })
      assert.equal((await project.build({ bsp, behave })).order, [], 'a build with nothing to do')
      project.write('bsp/demo/in', '2')
      const { order } = await project.build({ bsp, behave })
      assert.ok(order.includes('reader') && order.includes('changer'), order.join())
      assert.is(seen.at(-1), seen[0])
      assert.is(seen[0], 'x: made')
      assert.is(project.read(FILE), 'made, changed')
      assert.is(project.read('dist/cache/demo/d/sub/y'), 'added')
      assert.equal((await project.build({ bsp, behave })).order, [], 'and again nothing to do')
    } finally {
      project.dispose()
    }
  })
}

test.run()
