/**
 * Whatever becomes of a definition, a build makes what a clean build makes: products of scripts that were removed, renamed
 * or moved do not count, and no writer's part of a chain is lost.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ScriptData } from '../../lib/schema.ts'
import { Sh } from '../../lib/sh.ts'
import { type Behaviour, bspWith, SimulatedProject } from '../support/simulated.ts'

const GROUP = 'dist/cache/demo/grp'

interface Part extends Partial<ScriptData> {
  readonly id: string
}

const script = (part: Part): ScriptData =>
  ({ step: 'before_build', run: new Sh(part.id), depends_on: ['./in'], ...part }) as ScriptData

const GROUP_MAKER = script({ id: 'A', cached_generated_artifacts: ['cache/grp'] })
const READER = script({ id: 'R', cached_generated_artifacts: ['output/seen'], depends_on: ['cache/grp'] })
const WRITER = script({ id: 'W', cached_generated_artifacts: ['cache/grp/f'] })
const LINK = script({ id: 'L', cached_generated_artifacts: ['cache/grp/f'], depends_on: ['cache/grp/f'] })

/** A makes the folder, R lists it, W makes the file `f` in it, L adds to the file. */
function behaviour(project: SimulatedProject): Behaviour {
  return id => {
    const list = () => project.list(GROUP).map(name => `${name}=${project.read(`${GROUP}/${name}`)}`)
    if (id === 'A') project.write(`${GROUP}/a`, 'a')
    else if (id.startsWith('R')) project.write('dist/output/demo/seen', list().join())
    else if (id === 'G') project.write(`${GROUP}/g`, 'base')
    else if (id.startsWith('W')) project.write(`${GROUP}/f`, 'base')
    else project.write(`${GROUP}/f`, `${project.read(`${GROUP}/f`) ?? ''}+${id}`)
    return 0
  }
}

/** What the scripts make; the output of a reader that is gone stays, because nobody reads it. */
function products(project: SimulatedProject, scripts: readonly ScriptData[]): unknown {
  const files = project.list(GROUP).map(name => [name, project.read(`${GROUP}/${name}`)])
  const seen = scripts.includes(READER) && project.read('dist/output/demo/seen')
  return { ...Object.fromEntries(files), seen }
}

async function built(scripts: readonly ScriptData[], project: SimulatedProject) {
  const settings = { bsp: bspWith(scripts), behave: behaviour(project) }
  const foretold = await project.dryRun(settings)
  const { ok, error, outcomes, order } = await project.build(settings)
  assert.ok(ok, String(error))
  for (const [id, outcome] of outcomes) {
    const { action } = foretold.get(id)!
    if (action !== 'undecided')
      assert.is(action === 'skip', outcome === 'skipped', `${id}: ${action}, ${outcome}`)
  }
  return order
}

async function clean(scripts: readonly ScriptData[]): Promise<unknown> {
  const project = new SimulatedProject()
  try {
    project.write('bsp/demo/in', '1')
    await built(scripts, project)
    return products(project, scripts)
  } finally {
    project.dispose()
  }
}

const STORIES: Readonly<Record<string, readonly (readonly ScriptData[])[]>> = {
  'a reader between the writers goes': [
    [GROUP_MAKER, READER, WRITER, LINK],
    [GROUP_MAKER, WRITER, LINK],
  ],
  'a reader comes between the writers': [
    [GROUP_MAKER, WRITER, LINK],
    [GROUP_MAKER, READER, WRITER, LINK],
  ],
  'a writer goes': [
    [GROUP_MAKER, WRITER, LINK],
    [GROUP_MAKER, LINK],
  ],
  'the maker of the folder goes': [
    [GROUP_MAKER, READER, WRITER, LINK],
    [READER, WRITER, LINK],
  ],
  'the reader moves before the writer': [
    [WRITER, READER],
    [READER, WRITER],
  ],
  'the reader moves behind the writer': [
    [READER, WRITER],
    [WRITER, READER],
  ],
  'the writer of a folder that is read goes': [[WRITER, READER], [READER]],
  'its output is renamed': [
    [WRITER, READER],
    [script({ id: 'G', cached_generated_artifacts: ['cache/grp/g'] }), READER],
  ],
  'it has another id': [
    [WRITER, READER],
    [script({ id: 'W2', cached_generated_artifacts: ['cache/grp/f'] }), READER],
  ],
  'the links change places': [
    [WRITER, LINK, script({ ...LINK, id: 'M' })],
    [WRITER, script({ ...LINK, id: 'M' }), LINK],
  ],
  'everything goes but the reader, and comes back': [
    [GROUP_MAKER, WRITER, LINK, READER],
    [READER],
    [GROUP_MAKER, WRITER, LINK, READER],
  ],
}

for (const [name, definitions] of Object.entries(STORIES)) {
  test(name, async () => {
    const project = new SimulatedProject()
    try {
      project.write('bsp/demo/in', '1')
      for (const scripts of definitions) {
        await built(scripts, project)
        assert.equal(products(project, scripts), await clean(scripts))
        await built(scripts, project)
        assert.equal(products(project, scripts), await clean(scripts), 'once more')
      }
    } finally {
      project.dispose()
    }
  })
}

test('what nobody reads or makes any more stays', async () => {
  const project = new SimulatedProject()
  try {
    project.write('bsp/demo/in', '1')
    await built([WRITER, script({ id: 'R2', cached_generated_artifacts: ['output/seen'] })], project)
    await built([script({ id: 'R2', cached_generated_artifacts: ['output/seen'] })], project)
    assert.is(project.read(`${GROUP}/f`), 'base')
  } finally {
    project.dispose()
  }
})

test('an author who has put another file in place of a removed script’s output keeps it', async () => {
  const project = new SimulatedProject()
  const out = script({ id: 'O', cached_generated_artifacts: ['output/grp/f'] })
  const reader = script({ id: 'R', cached_generated_artifacts: ['cache/seen'], depends_on: ['output/grp'] })
  const behave: Behaviour = id => {
    project.write(id === 'O' ? 'dist/output/demo/grp/f' : 'dist/cache/demo/seen', id)
    return 0
  }
  try {
    project.write('bsp/demo/in', '1')
    await project.build({ bsp: bspWith([out, reader]), behave })
    project.write('dist/output/demo/grp/f', 'mine')
    await project.build({ bsp: bspWith([reader]), behave })
    assert.is(project.read('dist/output/demo/grp/f'), 'mine')
  } finally {
    project.dispose()
  }
})

test.run()
