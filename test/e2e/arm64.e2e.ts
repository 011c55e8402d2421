/** The kiosk on a foreign architecture, as a board starts: U-Boot from source, Debian's kernel, the page on the screen. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inRepository as strux } from '../support/kiosk.ts'
import { REPOSITORY } from '../support/repository.ts'

const test = suite('arm64')

test('is built, and has nothing to do the second time', async () => {
  const { code, stdout, stderr } = await strux('build', 'qemu-arm64')
  assert.is(code, 0, `${stdout}${stderr}`)
  const { nodes } = JSON.parse((await strux('build', 'qemu-arm64', '--dry-run', '--json')).stdout)
  for (const { id, decision } of nodes) assert.is(decision.action, 'skip', id)
})

test('U-Boot starts the kernel, the application answers, and the page is on the screen', async () => {
  const { code, stdout, stderr } = await strux('test', 'qemu-arm64', '--json')
  const { assertions, screen } = JSON.parse(stdout)
  assert.is(code, 0, `${JSON.stringify(assertions, null, 1)}${stderr}`)
  assert.ok(statSync(join(REPOSITORY, screen)).size > 2000)
  assert.match(readFileSync(join(REPOSITORY, 'dist/test/qemu-arm64/console.log'), 'utf8'), /U-Boot 2\d{3}/)
})

test.run()
