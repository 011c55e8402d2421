/** The report for people, as lines. */
import { PassThrough } from 'node:stream'
import colors from 'picocolors'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HumanReport } from '../../../runtime/report/human.ts'

const test = suite('report for people')

async function linesOf(toRun: number): Promise<string> {
  const stream = new PassThrough()
  const plain = colors.createColors(false)
  const { report } = await HumanReport.open({ stream: stream as never, colors: plain, verbose: false })
  report({
    ...{ type: 'build_started', bsp: 'demo', nodes: 3, to_run: toRun },
    left_out: [{ id: 'user_config__a', why: 'skipped', by: 'bsp/demo/bsp.ts' }],
  })
  return String(stream.read() ?? '')
}

test('a build that runs something tells which handlers are left out, and by whom', async () => {
  assert.is(await linesOf(2), 'out   user_config__a: skipped by bsp/demo/bsp.ts\n')
  assert.is(await linesOf(0), '')
})

test('a script that fails inside a step: its output, not that of the step', async () => {
  const stream = new PassThrough()
  const plain = colors.createColors(false)
  const { report } = await HumanReport.open({ stream: stream as never, colors: plain, verbose: false })
  const step = { id: 'rootfs_post', title: 'Root filesystem' } as never
  const script = { id: 'motd', title: 'motd', inside: 'rootfs_post' } as never
  const started = (id: string, node: never) =>
    report({ type: 'node_started', id, node, reasons: [], time: '' } as never)
  const failed = (id: string, node: never) =>
    report({ type: 'node_finished', id, node, outcome: 'failed', duration_ms: 100, reasons: [] } as never)
  started('rootfs_post', step)
  report({ type: 'node_output', id: 'rootfs_post', stream: 'stdout', line: 'Setting up packages' } as never)
  started('motd', script)
  report({ type: 'node_output', id: 'motd', stream: 'stderr', line: 'cp: no such file' } as never)
  failed('motd', script)
  failed('rootfs_post', step)
  assert.is(
    String(stream.read()),
    `run   Root filesystem [rootfs_post]
run   motd
cp: no such file
failed motd (0.1 s)
failed Root filesystem [rootfs_post] (0.1 s)
`,
  )
})

test.run()
