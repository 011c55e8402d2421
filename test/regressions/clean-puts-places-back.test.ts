/** `--clean` puts every place outside the cache back to its first version, whatever its name and however deep it lies. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Sh } from '../../lib/sh.ts'
import { cleanCache } from '../../runtime/run/build-state.ts'
import { bspWith, SimulatedProject } from '../support/simulated.ts'

const DEEP = `output/${'a-rather-long-name-of-a-folder/'.repeat(9)}image`

for (const path of ['output/image.tmp', 'output/image.nothing', DEEP]) {
  test(path.slice(0, 40), async () => {
    const project = new SimulatedProject()
    const place = path.replace('output/', 'dist/output/demo/')
    const bsp = bspWith([
      {
        step: 'make_image',
        id: 'c',
        run: new Sh('c'),
        depends_on: [path],
        cached_generated_artifacts: [path],
      },
    ])
    const behave = () => {
      project.write(place, `${project.read(place)}+`)
      return 0
    }
    try {
      project.write(place, 'mine')
      for (const clean of [false, true]) {
        const { ok, error } = await project.build({ bsp, behave, clean })
        assert.ok(ok, String(error))
        assert.is(project.read(place), 'mine+')
      }
    } finally {
      project.dispose()
    }
  })
}

for (const [what, replace] of Object.entries({
  'a file that the author has replaced since': (project: SimulatedProject) =>
    project.write('dist/data', 'new'),
  'a file that the author has replaced by a folder': (project: SimulatedProject) => {
    project.remove('dist/data')
    project.write('dist/data/f', 'new')
  },
  'a file that the author has removed': (project: SimulatedProject) => project.remove('dist/data'),
})) {
  test(`${what} stays as it is`, async () => {
    const project = new SimulatedProject()
    const bsp = bspWith([
      {
        step: 'make_image',
        id: 'c',
        run: new Sh('c'),
        depends_on: ['data'],
        cached_generated_artifacts: ['data'],
      },
    ])
    const behave = () => {
      project.write('dist/data', `${project.read('dist/data')}+`)
      return 0
    }
    try {
      project.write('dist/data', 'old')
      await project.build({ bsp, behave })
      replace(project)
      const now = [project.read('dist/data'), project.read('dist/data/f')]
      await cleanCache(project.root, 'demo')
      assert.equal([project.read('dist/data'), project.read('dist/data/f')], now)
    } finally {
      project.dispose()
    }
  })
}

test.run()
