/**
 * A process of its own that runs one script: to be killed, or run as another user. Takes its order from a file and prints
 * what happens, a line each.
 */
import { readFileSync } from 'node:fs'
import { createDockerExecutor } from '../../../runtime/execute/containers/docker.ts'
import { runOnce } from '../../../runtime/execute/executor.ts'
import { builder } from './project.ts'

interface Order {
  readonly root: string
  readonly script: string
  /** Milliseconds until the script is cancelled. */
  readonly cancelAfter?: number
}

const order = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Order
const executor = createDockerExecutor({
  projectRoot: order.root,
  bsp: 'lobby',
  notice: message => console.log(`notice: ${message}`),
  caller: { uid: process.getuid!(), gid: process.getgid!() },
})
const cancel = new AbortController()
try {
  const command = { script: order.script, env: {}, builder, id: 'child' }
  const output = (_: string, line: string) => {
    console.log(`line: ${line}`)
    if (line === 'ready' && order.cancelAfter !== undefined) {
      setTimeout(() => cancel.abort(new Error('cancelled')), order.cancelAfter)
    }
  }
  console.log(`code: ${await runOnce(executor, command, output, cancel.signal)}`)
} catch (error) {
  console.log(`error: ${(error as Error).message}`)
}
await executor.close()
