/**
 * QEMU's machine protocol (QMP): one JSON object per line over a Unix socket, used for screenshots and for
 * shutdown.
 */
import { createConnection, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

interface Answer {
  readonly return?: unknown
  readonly error?: { readonly desc: string }
  readonly event?: string
}

export class Qmp {
  readonly #socket: Socket
  readonly #waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = []
  #buffer = ''

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => this.#take(chunk))
    const end = () => {
      for (const each of this.#waiting.splice(0)) each.reject(new Error('QEMU has ended'))
    }
    socket.on('close', end)
    socket.on('error', end)
  }

  /** Connects as soon as QEMU listens; gives up when `alive` returns false. */
  static async connect(path: string, alive: () => boolean): Promise<Qmp> {
    for (;;) {
      const socket = await new Promise<Socket | undefined>(resolve => {
        const attempt = createConnection(path)
        attempt.once('connect', () => resolve(attempt))
        attempt.once('error', () => resolve(undefined))
      })
      if (socket) {
        const qmp = new Qmp(socket)
        await qmp.execute('qmp_capabilities')
        return qmp
      }
      if (!alive()) throw new Error('QEMU has ended')
      await pause(50)
    }
  }

  /** Rejects with QEMU's error, or when QEMU ends. */
  execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`, error => {
        if (error) reject(new Error('QEMU has ended'))
      })
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: string): void {
    this.#buffer += chunk
    for (let end = this.#buffer.indexOf('\n'); end >= 0; end = this.#buffer.indexOf('\n')) {
      const answer = JSON.parse(this.#buffer.slice(0, end)) as Answer
      this.#buffer = this.#buffer.slice(end + 1)
      // The greeting and events are not answers.
      if (!('return' in answer) && !answer.error) continue
      const waiting = this.#waiting.shift()
      if (answer.error) waiting?.reject(new Error(answer.error.desc))
      else waiting?.resolve(answer.return)
    }
  }
}
