/** A server of this machine that containers reach. */
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { engine } from './project.ts'

/** Hands out the files of a folder to containers. */
export class Web {
  readonly #server: Server
  readonly asked: string[] = []
  url = ''

  constructor(folder: string) {
    this.#server = createServer((request, response) => {
      const path = new URL(request.url!, 'http://x').pathname
      this.asked.push(path)
      const file = join(folder, path)
      if (!existsSync(file) || path.endsWith('/')) return response.writeHead(404).end()
      response.end(readFileSync(file))
    })
  }

  async open(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(0, () => resolve()))
    const { docker } = await engine()
    const network = await docker.getNetwork('bridge').inspect()
    const { Gateway, Subnet } = network.IPAM!.Config![0]!
    // Engines name it only where it was set; otherwise it is the first address.
    const host = Gateway ?? Subnet!.replace(/\.\d+\/\d+$/, '.1')
    this.url = `http://${host}:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }
}
