/** What npm start does: the kiosk template for a virtual machine, built, booted, and seen on its screen. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inRepository as strux } from '../support/kiosk.ts'
import { REPOSITORY } from '../support/repository.ts'

const test = suite('kiosk')

test('builds, and has nothing to do the second time', async () => {
  const { code, stdout, stderr } = await strux('build', 'qemu-x86_64')
  assert.is(code, 0, `${stdout}${stderr}`)
  const again = await strux('build', 'qemu-x86_64', '--dry-run', '--json')
  const { nodes } = JSON.parse(again.stdout)
  for (const { id, decision } of nodes)
    assert.is(decision.action, 'skip', `${id}: ${JSON.stringify(decision)}`)
})

test('boots, answers, and shows the page', async () => {
  const { code, stdout, stderr } = await strux('test', 'qemu-x86_64', '--json')
  const { assertions, screen } = JSON.parse(stdout)
  assert.is(code, 0, `${JSON.stringify(assertions, null, 1)}${stderr}`)
  assert.ok(assertions.length >= 6)
  assert.is(readFileSync(join(REPOSITORY, screen)).subarray(1, 4).toString(), 'PNG')
  assert.ok(statSync(join(REPOSITORY, screen)).size > 2000)
})

test.run()
