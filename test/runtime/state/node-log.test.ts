/** Where output goes: file names for any id, and what a log holds. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PlanNode } from '../../../runtime/model/plan.ts'
import { logged } from '../../../runtime/report/logs.ts'
import { OutputTail } from '../../../runtime/report/output-tail.ts'
import { logFile, NodeLog } from '../../../runtime/state/node-log.ts'

const test = suite('node log')
let root: string
test.before.each(() => {
  root = mkdtempSync(join(tmpdir(), 'strux-log-'))
})
test.after.each(() => rmSync(root, { recursive: true }))

test('steps have plain names; every id has a name of its own that each file system takes', () => {
  assert.is(logFile('demo', 'rootfs_post'), 'dist/logs/demo/rootfs_post.log')
  assert.match(
    logFile('demo', 'make_image:./scripts/make-image.sh'),
    /^dist\/logs\/demo\/make_image-scripts-make-image-sh\.[0-9a-f]{8}\.log$/,
  )
  const ids = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('..', '/etc/x', 'a\nb', 'A', 'x'.repeat(999)),
  )
  fc.assert(
    fc.property(ids, ids, (a, b) => {
      const name = logFile('demo', a).slice('dist/logs/demo/'.length)
      assert.match(name, /^[A-Za-z0-9_.-]{1,100}$/)
      if (a !== b) assert.is.not(logFile('demo', a).toLowerCase(), logFile('demo', b).toLowerCase())
    }),
  )
})

test('lines reach the file while the script runs; a new run begins anew', async () => {
  const file = join(root, 'logs/demo/a.log')
  const fail = (error: Error) => assert.unreachable(error.message)
  for (const text of ['first', 'second']) {
    const log = new NodeLog(file, fail)
    log.line(text)
    await sleep(5)
    assert.is(readFileSync(file, 'utf8'), `${text}\n`)
    log.line('ö'.repeat(100_000))
    log.end()
    assert.is(readFileSync(file, 'utf8'), `${text}\n${'ö'.repeat(100_000)}\n`)
  }
})

test('a link in the place of a log is replaced, not followed', () => {
  writeFileSync(join(root, 'precious'), 'precious')
  symlinkSync('precious', join(root, 'a.log'))
  const log = new NodeLog(join(root, 'a.log'), error => assert.unreachable(error.message))
  log.line('output')
  log.end()
  assert.is(readFileSync(join(root, 'precious'), 'utf8'), 'precious')
  assert.is(readFileSync(join(root, 'a.log'), 'utf8'), 'output\n')
})

test('where a log cannot be written, this is said once, and the build goes on', () => {
  writeFileSync(join(root, 'dist'), 'no folder')
  const said: string[] = []
  const report = logged(root, 'demo', event => void (event.type === 'notice' && said.push(event.message)))
  const node = {} as PlanNode
  report({ type: 'node_started', id: 'a', node, reasons: [] })
  for (let n = 0; n < 1000; n++)
    report({ type: 'node_output', id: 'a', stream: 'stdout', line: 'x'.repeat(1000) })
  report({ type: 'node_finished', id: 'a', node, outcome: 'ran', duration_ms: 1, reasons: [] })
  assert.is(said.length, 1)
  assert.match(said[0]!, /^dist\/logs\/demo\/a\.log cannot be written: /)
})

test('the tail holds the end, whatever the length of lines', () => {
  for (const line of ['', 'x', 'x'.repeat(100_000)]) {
    const tail = new OutputTail()
    for (let n = 0; n < 300_000 / (line.length + 1); n++) tail.add(line)
    tail.add('end')
    const lines = tail.lines()
    assert.is(lines.at(-1), 'end')
    assert.ok(lines.length > 1 && tail.shortened)
    assert.ok(lines.join('\n').length < 400_000)
  }
  const short = new OutputTail()
  short.add('only')
  assert.equal([short.lines(), short.shortened], [['only'], false])
})

test.run()
