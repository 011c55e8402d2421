/**
 * A socket in front of the engine's own that gives every container another host name and resolver, as on another
 * machine.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ENGINE = '/var/run/docker.sock'

export class OtherMachine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'strux-machine-'))
  readonly #server: Server
  /** Containers that were made. */
  containers = 0

  constructor() {
    this.#server = createServer(async (incoming, response) => {
      const { method, url, headers } = incoming
      const body = await bodyOf(incoming)
      const isNew = method === 'POST' && /\/containers\/create\b/.test(url!)
      const sent = isNew ? this.#changed(body) : body
      const { 'transfer-encoding': _, ...rest } = headers
      const options = {
        socketPath: ENGINE,
        method,
        path: url,
        headers: { ...rest, 'content-length': sent.length },
      }
      const outgoing = request(options, answer => {
        response.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(response)
      })
      outgoing.on('error', () => response.destroy())
      response.on('close', () => outgoing.destroy())
      outgoing.end(sent)
    })
    this.#server.on('upgrade', (incoming: IncomingMessage, client, head) => {
      const engine = connect(ENGINE, () => {
        const lines = incoming.rawHeaders.flatMap((name, index, all) =>
          index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : [],
        )
        engine.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
        engine.write(head)
        client.pipe(engine)
        engine.pipe(client)
      })
      for (const [one, other] of [
        [client, engine],
        [engine, client],
      ] as const)
        one.on('error', () => other.destroy())
    })
  }

  get address(): string {
    return `unix://${join(this.#folder, 'engine.sock')}`
  }

  open(): Promise<void> {
    return new Promise(resolve => this.#server.listen(join(this.#folder, 'engine.sock'), resolve))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #changed(body: Buffer): Buffer {
    this.containers++
    const wanted = JSON.parse(body.toString())
    const resolver = { DnsSearch: ['corp.example'], DnsOptions: ['timeout:4'] }
    return Buffer.from(
      JSON.stringify({ ...wanted, Hostname: 'build-7', HostConfig: { ...wanted.HostConfig, ...resolver } }),
    )
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
