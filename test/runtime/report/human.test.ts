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

test.run()
