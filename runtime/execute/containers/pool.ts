/** Starts containers before a command needs them, and removes them while the next command runs. */
import type { BuilderRef } from '../../model/plan.ts'
import { engineReason } from '../engine/engine.ts'
import type { NoticeSink } from '../executor.ts'
import type { Container } from './container.ts'

export interface PoolOptions {
  readonly notice: NoticeSink
  /** `id`: the next node of the plan, if known. */
  readonly start: (builder: BuilderRef, id?: string) => Promise<Container>
}

export class Pool {
  readonly #options: PoolOptions
  #closed = false
  readonly #spares = new Map<string, Promise<Container>>()
  readonly #removals = new Set<Promise<void>>()

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Starts a spare container for this builder, if there is none. */
  prepare(builder: BuilderRef, id?: string): void {
    if (this.#closed || this.#spares.has(builder.key)) return
    const spare = this.#options.start(builder, id)
    spare.catch(() => this.#spares.delete(builder.key))
    this.#spares.set(builder.key, spare)
  }

  /** Returns the spare container if it is still alive, else a fresh one. */
  async take(builder: BuilderRef, id: string): Promise<Container> {
    const spare = this.#spares.get(builder.key)
    this.#spares.delete(builder.key)
    if (spare !== undefined) {
      const container = await spare
      if (await container.isRunning()) return container
      this.retire(container)
    }
    return this.#options.start(builder, id)
  }

  /** Removes a container in the background; `close` waits for it. */
  retire(container: Container | Promise<Container>): void {
    const removal = (async () => {
      const started = await Promise.resolve(container).catch(() => undefined)
      await started
        ?.remove()
        .catch(error => this.#options.notice(`A container could not be removed: ${engineReason(error)}`))
    })()
    this.#removals.add(removal)
    removal.finally(() => this.#removals.delete(removal))
  }

  /** Resolves when all containers are gone. */
  async close(): Promise<void> {
    this.#closed = true
    for (const spare of this.#spares.values()) this.retire(spare)
    this.#spares.clear()
    while (this.#removals.size > 0) await Promise.all(this.#removals)
  }
}
