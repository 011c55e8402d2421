/** Who makes a folder makes the first version of the files in it that others change in place. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ScriptData } from '../../lib/schema.ts'
import { Sh } from '../../lib/sh.ts'
import { dyingAfter } from '../support/mortal.ts'
import { type Behaviour, bspWith, SimulatedProject } from '../support/simulated.ts'

const FILE = 'dist/cache/demo/d/x'
const SCRIPTS: readonly ScriptData[] = [
  {
    step: 'before_build',
    id: 'maker',
    run: new Sh('m'),
    depends_on: ['./in'],
    cached_generated_artifacts: ['cache/d'],
  },
  {
    step: 'make_image',
    id: 'changer',
    run: new Sh('c'),
    depends_on: ['cache/d/x'],
    cached_generated_artifacts: ['cache/d/x'],
  },
]

/** The maker makes the folder from nothing; the changer adds a word to one file in it. */
function behaviour(project: SimulatedProject, dies?: () => void): Behaviour {
  return id => {
    if (id === 'maker') {
      project.remove('dist/cache/demo/d')
      project.write(FILE, `made of ${project.read('bsp/demo/in')}`)
    } else {
      project.write(FILE, `${project.read(FILE)}, changed`)
      dies?.()
    }
    return 0
  }
}

async function whole(work: (project: SimulatedProject) => Promise<void>): Promise<void> {
  const project = new SimulatedProject()
  try {
    project.write('bsp/demo/in', '1')
    await work(project)
  } finally {
    project.dispose()
  }
}

const bsp = bspWith(SCRIPTS)

test('killed while it changes the file, and the folder made of something else: the change is made to the new file', () =>
  whole(async project => {
    await project.build({ bsp, behave: behaviour(project) })
    project.write('bsp/demo/in', '2')
    await dyingAfter(1000, async step => {
      const dies = () => {
        for (;;) step()
      }
      await project.build({ bsp, behave: behaviour(project, dies) })
    })
    project.write('bsp/demo/in', '3')
    await project.build({ bsp, behave: behaviour(project) })
    assert.is(project.read(FILE), 'made of 3, changed')
    assert.equal((await project.build({ bsp, behave: behaviour(project) })).order, [])
  }))

test('records that are lost change nothing', () =>
  whole(async project => {
    await project.build({ bsp, behave: behaviour(project) })
    project.write('dist/cache/demo/.build-cache.json', '{"version": 0}')
    project.write('bsp/demo/in', '2')
    await project.build({ bsp, behave: behaviour(project) })
    assert.is(project.read(FILE), 'made of 2, changed')
  }))

test('the maker does not find the work of the one that changes the file', () =>
  whole(async project => {
    const seen: (string | undefined)[] = []
    const plain = behaviour(project)
    const behave: Behaviour = (id, command) => {
      if (id === 'maker') seen.push(project.read(FILE))
      return plain(id, command)
    }
    await project.build({ bsp, behave })
    project.write('bsp/demo/in', '2')
    await project.build({ bsp, behave })
    assert.equal(seen, [undefined, 'made of 1'])
  }))

test.run()
