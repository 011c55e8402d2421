/** `--clean` puts every place outside the cache back to its first version, whatever its name and however deep it lies. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Sh } from '../../lib/sh.ts'
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

test.run()
