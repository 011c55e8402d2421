/** What scripts print is not kept in memory, however much it is and however slowly it is read. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../support/project.ts'

const test = suite('output is bounded in memory')
const LINES = 10_000_000
/** What the process takes at most: MiB. Without output it takes some 100. */
const BOUND = 220
const HERE = { env: { STRUX_IN_CONTAINER: '1' } }
let project: TempProject

test.before.each(() => {
  project = new TempProject()
})
test.after.each(() => project.dispose())

test('millions of short lines go to the log, and a part of them to the one who looks', async () => {
  project.bsp([{ id: 'chatty', step: 'make_image', run: `yes '' | head -n ${LINES}; echo end; exit 3` }])
  const running = project.start(['build', '--only', 'chatty'], HERE)
  const peak = await peakOf(running.child.pid!, running.ended)
  const { code, stderr } = await running.ended
  assert.is(code, 3)
  assert.ok(peak < BOUND, `${peak} MiB`)
  assert.ok(stderr.length < 300_000)
  assert.match(stderr, /… the beginning is in dist\/logs\/demo\/chatty\.log\n[\s\S]*\nend\n/)
  assert.match(stderr, /`strux log 'chatty' --bsp demo`/)
  const log = project.read('dist/logs/demo/chatty.log')
  assert.is(log.length, LINES + 'end\n'.length)
})

test('a script waits for a reader that is slower', async () => {
  project.bsp([{ id: 'chatty', step: 'make_image', run: `yes | head -n ${LINES / 8}; echo end` }])
  const running = project.start(['build', '--only', 'chatty', '--json'], HERE)
  const { stdout } = running.child
  let lines = 0
  stdout!.removeAllListeners('data').on('data', (text: string) => {
    lines += text.split('\n').length - 1
  })
  stdout!.pause()
  setTimeout(() => stdout!.resume(), 3000)
  const peak = await peakOf(running.child.pid!, running.ended)
  assert.is((await running.ended).code, 0)
  assert.ok(peak < BOUND, `${peak} MiB`)
  assert.ok(lines > LINES / 8, `${lines} lines`)
})

/** The most memory that a process had resident until it ended: MiB. */
async function peakOf(pid: number, ended: Promise<unknown>): Promise<number> {
  let over = false
  ended.finally(() => {
    over = true
  })
  let peak = 0
  while (!over) {
    try {
      const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      peak = Math.max(peak, Number(kilobytes ?? 0) / 1024)
    } catch {}
    await sleep(50)
  }
  return Math.round(peak)
}

test.run()
