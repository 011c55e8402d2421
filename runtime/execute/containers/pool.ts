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

/** A container that waits for its command. */
interface Spare {
  /** The node that it is meant for; undefined: any. */
  id: string | undefined
  readonly builder: string
  readonly container: Promise<Container>
}

export class Pool {
  readonly #options: PoolOptions
  #closed = false
  readonly #spares = new Set<Spare>()
  readonly #removals = new Set<Promise<void>>()

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /**
   * Starts a spare container for this node, if there is none for it. Each node has its own, because this is
   * called for the next node before the present one has taken its container: a single spare would go to the
   * present node, and the next one would always wait for a start.
   */
  prepare(builder: BuilderRef, id?: string): void {
    if (this.#closed) return
    const present = this.#find(builder, id)
    if (present) {
      present.id = id
      return
    }
    const container = this.#options.start(builder, id).then(async started => {
      await started.makeReady()
      return started
    })
    const spare: Spare = { id, builder: builder.key, container }
    container.catch(() => this.#spares.delete(spare))
    this.#spares.add(spare)
  }

  /** The node needs no container after all: the one prepared for it is for any node of its builder. */
  release(id: string): void {
    for (const spare of this.#spares) if (spare.id === id) spare.id = undefined
  }

  /** Returns the spare container if it is still alive, else a fresh one. */
  async take(builder: BuilderRef, id: string): Promise<Container> {
    const spare = this.#find(builder, id)
    if (spare !== undefined) {
      this.#spares.delete(spare)
      const container = await spare.container.catch(() => undefined)
      if (await container?.isRunning()) return container!
      if (container) this.retire(container)
    }
    return this.#options.start(builder, id)
  }

  /** The node's own spare, else one for any node. */
  #find(builder: BuilderRef, id: string | undefined): Spare | undefined {
    const fitting = [...this.#spares].filter(spare => spare.builder === builder.key)
    return (
      fitting.find(spare => spare.id === id && id !== undefined) ??
      fitting.find(spare => spare.id === undefined)
    )
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
    for (const { container } of this.#spares) this.retire(container)
    this.#spares.clear()
    while (this.#removals.size > 0) await Promise.all(this.#removals)
  }
}
