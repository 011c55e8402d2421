/** Whether KVM is of use, found out with the real QEMU. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { findQemu } from '../../../runtime/qemu/files.ts'
import { kvmWorks, recallKvm, rememberKvm, runsFast } from '../../../runtime/qemu/kvm.ts'

const test = suite('kvm')
const QEMU = findQemu('x86_64')
const silent = () => {}
const folder = mkdtempSync(join(tmpdir(), 'strux-kvm-test-'))
test.after(() => rmSync(folder, { recursive: true }))

test('the program ends in time on a fast machine, and not on one that stands still or is none', async () => {
  assert.is(await runsFast(QEMU, ['-accel', 'tcg']), true)
  assert.is(await runsFast(QEMU, ['-accel', 'tcg', '-S']), false)
  assert.is(await runsFast(QEMU, ['-accel', 'no-such-accelerator']), false)
  assert.is(await runsFast(join(folder, 'no-qemu'), []), false)
})

test('what was found is remembered until the machine restarts', async () => {
  const memory = join(folder, 'state/kvm')
  const other = process.arch === 'arm64' ? 'x86_64' : 'arm64'
  assert.is(await kvmWorks(QEMU, other, memory, silent), false)
  assert.is(recallKvm(memory), undefined)
  rememberKvm(memory, true)
  assert.is(recallKvm(memory), true)
  rememberKvm(memory, false)
  assert.is(recallKvm(memory), false)
  assert.is(await kvmWorks(QEMU, 'x86_64', memory, silent), false)
  writeFileSync(memory, readFileSync(memory, 'utf8').replace(/^\S+/, 'another-start'))
  assert.is(recallKvm(memory), undefined)
})

test.run()
