/** A busy engine: programs start late, and their last output comes after they have ended. */
import { Duplex } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Container } from '../../../runtime/execute/containers/container.ts'

const test = suite('a slow engine')

interface Timing {
  /** In ms after the call. */
  readonly starts: number
  readonly ends: number
  readonly output: number
}

/** A container whose engine keeps to these times. The connection stays open, as with a process left behind. */
function containerWith({ starts, ends, output }: Timing): Container {
  const began = Date.now()
  const exec = {
    async start() {
      const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
      const frame = Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 5]), Buffer.from('said\n')])
      setTimeout(() => stream.push(frame), output)
      return stream
    },
    async inspect() {
      const now = Date.now() - began
      return { Running: now >= starts && now < ends, ExitCode: now >= ends ? 0 : null }
    },
  }
  const handle = { id: 'x', exec: async () => exec }
  return new Container({ version: '0' } as never, handle as never, 'image', 'plain')
}

async function saidIn(timing: Timing): Promise<string> {
  const said: Buffer[] = []
  const code = await containerWith(timing).exec({
    argv: ['x'],
    stdout: chunk => void said.push(chunk),
    stderr() {},
  })
  assert.is(code, 0)
  return Buffer.concat(said).toString()
}

test('a program that starts late is waited for', async () => {
  assert.is(await saidIn({ starts: 700, ends: 900, output: 800 }), 'said\n')
})

test('output that comes just after the end is not lost', async () => {
  assert.is(await saidIn({ starts: 0, ends: 400, output: 600 }), 'said\n')
})

test.run()
