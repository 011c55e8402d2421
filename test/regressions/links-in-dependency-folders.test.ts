/** A link in a dependency folder counts by what it leads to, where that lies in the project. */
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Sh } from '../../lib/sh.ts'
import { bspWith, SimulatedProject } from '../support/simulated.ts'

function make(project: SimulatedProject): number {
  project.write('dist/cache/demo/list', 'x')
  return 0
}

for (const declared of ['./folder', './folder/*']) {
  test(`a dependency on ${declared}`, async () => {
    const project = new SimulatedProject()
    const bsp = bspWith([
      {
        step: 'make_image',
        id: 'reader',
        run: new Sh('r'),
        depends_on: [declared],
        cached_generated_artifacts: ['cache/list'],
      },
    ])
    const runs = async () => (await project.build({ bsp, behave: () => make(project) })).order.length
    const link = (target: string, name: string) =>
      symlinkSync(target, join(project.root, 'bsp/demo/folder', name))
    try {
      project.write('shared/file', '1')
      project.write('shared/tree/sub/file', '1')
      project.write('bsp/demo/folder/own', '1')
      link('../../../shared/file', 'file')
      link('../../../shared/tree', 'tree')
      link('own', 'inner')
      link('..', 'circle')
      link('nowhere', 'broken')
      assert.is(await runs(), 1)
      assert.is(await runs(), 0)
      project.write('shared/file', '2')
      assert.is(await runs(), 1, 'a file was changed')
      project.write('shared/tree/sub/file', '2')
      assert.is(await runs(), 1, 'a file of a folder was changed')
      project.write('shared/other', '2')
      assert.is(await runs(), 0, 'what no link leads to does not count')
    } finally {
      project.dispose()
    }
  })
}

test('folders whose links lead to each other are counted once each', async () => {
  const project = new SimulatedProject()
  try {
    const names = Array.from({ length: 12 }, (_, n) => `p${n}`)
    for (const name of names) {
      project.write(`shared/${name}/file`, name)
      for (const other of names) symlinkSync(`../${other}`, join(project.root, 'shared', name, `to-${other}`))
    }
    project.write('bsp/demo/folder/own', '1')
    symlinkSync('../../../shared/p0', join(project.root, 'bsp/demo/folder/p0'))
    const bsp = bspWith([
      {
        step: 'make_image',
        id: 'r',
        run: new Sh('r'),
        depends_on: ['./folder'],
        cached_generated_artifacts: ['cache/list'],
      },
    ])
    const build = () => project.build({ bsp, behave: () => make(project) })
    await build()
    project.write('shared/p11/file', 'new')
    assert.equal((await build()).order, ['r'])
  } finally {
    project.dispose()
  }
})

test.run()
