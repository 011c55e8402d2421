/** A session in a container: runs commands by `exec`, one after another. */
import { join } from 'node:path'
import { unlessAborted } from '../cancel.ts'
import type { Command, OutputSink, WorkSession } from '../executor.ts'
import { LineSplitter } from '../lines.ts'
import { shellCall } from '../script-text.ts'
import type { Caller } from './caller.ts'
import type { Container } from './container.ts'

export interface ContainerSessionOptions {
  /** dist/.strux of the project, on the host. */
  readonly folder: string
  /** The project's path in the container. */
  readonly mountAt: string
  /** Aborted when the engine stops answering. */
  readonly lost: AbortSignal
  /** The user of all commands. Default: root. */
  readonly user?: Caller
  /** Tidies up. `since`: when the session was opened. `failed`: a command ended with a non-zero code. */
  readonly close: (since: Date, failed: boolean) => Promise<void>
}

export class ContainerSession implements WorkSession {
  readonly variablesFile = '/tmp/.strux-variables'
  readonly #container: Container
  readonly #options: ContainerSessionOptions
  readonly #since = new Date()
  #failed = false

  constructor(container: Container, options: ContainerSessionOptions) {
    this.#container = container
    this.#options = options
  }

  async run(command: Command, output: OutputSink, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted()
    const { folder, mountAt, lost, user } = this.#options
    const stopped = AbortSignal.any([signal, lost])
    const stdout = new LineSplitter(line => output('stdout', line))
    const stderr = new LineSplitter(line => output('stderr', line))
    const call = shellCall(command.script, join(folder, 'run'), `${mountAt}/dist/.strux/run`)
    let code: number | undefined
    try {
      const script = this.#container.exec({
        argv: ['/bin/bash', '-c', call.text],
        env: command.env,
        ...(user && { user }),
        stdout: chunk => (stopped.aborted ? undefined : stdout.push(chunk)),
        stderr: chunk => (stopped.aborted ? undefined : stderr.push(chunk)),
      })
      code = await unlessAborted(script, stopped)
      stdout.end()
      stderr.end()
      return code
    } catch (error) {
      throw stopped.aborted ? stopped.reason : error
    } finally {
      call.discard()
      if (code !== 0) this.#failed = true
    }
  }

  async interrupt(): Promise<void> {
    await this.#container.bash('kill -9 -1', 'strux-interrupt').catch(() => {})
  }

  close(): Promise<void> {
    return this.#options.close(this.#since, this.#failed)
  }
}
