/** A socket in front of the engine's own that can stop answering, or go away, as engines do. */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export class EngineProxy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'strux-engine-'))
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #silent = false
  /** Requests that came so far, and after how many it falls silent by itself. */
  requests = 0
  silentAfter = Number.POSITIVE_INFINITY

  get address(): string {
    return `unix://${join(this.#folder, 'engine.sock')}`
  }

  async open(): Promise<void> {
    this.#server = createServer(client => this.#join(client))
    await new Promise<void>(resolve => this.#server!.listen(join(this.#folder, 'engine.sock'), resolve))
  }

  /** Connections stay open, and nothing comes through any more. */
  hang(): void {
    this.#silent = true
    for (const socket of this.#sockets) socket.pause()
  }

  /** Connections break, and nobody listens any more. */
  async goAway(): Promise<void> {
    const closed = new Promise(resolve => this.#server?.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async close(): Promise<void> {
    await this.goAway()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #join(client: Socket): void {
    const engine = connect('/var/run/docker.sock')
    for (const [from, to] of [
      [client, engine],
      [engine, client],
    ] as const) {
      this.#sockets.add(from)
      from.on('data', chunk => {
        if (from === client && /^(GET|POST|DELETE|PUT|HEAD) /.test(chunk.toString('latin1', 0, 8)))
          this.requests++
        if (this.requests > this.silentAfter) this.hang()
        if (!this.#silent) to.write(chunk)
      })
      from.on('end', () => this.#silent || to.end())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
      from.on('error', () => to.destroy())
    }
  }
}
