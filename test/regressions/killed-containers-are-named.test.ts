/** A script whose container was killed from outside did not fail by itself: the container is named as the cause. */
import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../support/project.ts'

const test = suite('killed containers are named')

for (const how of [['kill'], ['rm', '--force']]) {
  test(`docker ${how.join(' ')}`, async () => {
    const project = new TempProject()
    try {
      project.bsp([{ id: 'work', step: 'make_image', run: 'echo running; sleep 1000' }])
      const running = project.startBuild(['--only', 'work'])
      await running.line('running')
      for (const id of await project.containers()) execFileSync('docker', [...how, id], { stdio: 'ignore' })
      const { code, stderr } = await running.ended
      assert.is(code, 1)
      assert.match(stderr, 'The container ended before the command that ran in it')
    } finally {
      await project.dispose()
    }
  })
}

test('a script that was killed alone keeps its exit code', async () => {
  const project = new TempProject()
  try {
    project.bsp([{ id: 'work', step: 'make_image', run: 'kill -9 $$' }])
    assert.is((await project.build(['--only', 'work'])).code, 137)
  } finally {
    await project.dispose()
  }
})

test.run()
