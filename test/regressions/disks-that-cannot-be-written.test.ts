/** On a full or read-only disk commands that only look work; others say in plain words what they cannot do. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../support/project.ts'

const test = suite('disks that cannot be written')
let project: TempProject

test.before.each(() => {
  project = new TempProject()
  project.defaults = { env: { STRUX_IN_CONTAINER: '1' } }
  project.config({ build: { steps: { application: false } } })
  project.bsp([{ id: 'make', step: 'make_image', run: 'true' }])
  mkdirSync(project.at('dist'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1M', 'tmpfs', project.at('dist')])
})
test.after.each(async () => {
  execFileSync('umount', ['-l', project.at('dist')])
  await project.dispose()
})

async function looks(): Promise<void> {
  for (const command of [['plan'], ['check'], ['why', 'make'], ['build', '--dry-run', '--only', 'make']]) {
    const { code, stderr } = await project.strux(command)
    assert.is(code, 0, `${command}: ${stderr}`)
    assert.is(stderr, '')
  }
}

test('a full disk', async () => {
  const { bavail, bsize } = statfsSync(project.at('dist'))
  writeFileSync(project.at('dist/ballast'), Buffer.alloc(bavail * bsize))
  await looks()
  const { code, stderr } = await project.strux(['build', '--only', 'make'])
  assert.is(code, 1)
  assert.match(stderr, /^error No space is left on the disk.*\n {2}hint: Make room; `strux clean`/)
})

test('a read-only disk', async () => {
  execFileSync('mount', ['-o', 'remount,ro', project.at('dist')])
  await looks()
  for (const command of [
    ['build', '--only', 'make'],
    ['clean', '--all'],
  ]) {
    const { code, stderr } = await project.strux(command)
    assert.is(code, 1)
    assert.match(stderr, /^error The disk is read-only: .*\/dist.*\n {2}hint: /)
  }
})

test.run()
