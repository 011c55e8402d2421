/** Copies of files for confined containers do not stay when their process is killed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Copies } from '../../../runtime/confined/copies.ts'
import { TempProject } from '../../support/project.ts'
import { REPOSITORY } from '../../support/repository.ts'

const MODULE = `${REPOSITORY}/runtime/confined/copies.ts`

/** A process that makes copies, prints a line, and then waits. */
async function maker(folder: string) {
  const text = `new (await import('${MODULE}')).Copies('${folder}'); console.log('made'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', text], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const end = async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { pid: child.pid, end }
}

test('the next process removes what a killed process left, and nothing of a living one', async () => {
  const project = new TempProject()
  const folder = project.at('dist/.strux')
  const killed = await maker(folder)
  await killed.end()
  const living = await maker(folder)
  const own = new Copies(folder)
  const pids = readdirSync(folder).map(name => Number(name.split('-')[1]))
  own.remove()
  await living.end()
  assert.equal(pids.sort(), [living.pid, process.pid].sort())
  await project.dispose()
})

test.run()
