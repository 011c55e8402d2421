/** The builder images that one process asks for: each is made once, one after another, and its id remembered. */
import type { BuilderRef } from '../plan/model.ts'
import { ensureBuilder, imageIdOf } from './builder-image.ts'
import type { NoticeSink } from './executor.ts'
import type { Session } from './session.ts'

export interface StockOptions {
  readonly notice: NoticeSink
  /** The Debian mirror; without it that of this machine's own apt sources. */
  readonly mirror?: string
}

export class Stock {
  readonly #options: StockOptions
  /** Recipes share their first layers, so no two are made at once. */
  #making: Promise<unknown> = Promise.resolve()
  #stop = new AbortController()
  #closed = false
  readonly #images = new Map<string, Promise<string>>()
  readonly #ids = new Map<string, string>()

  constructor(options: StockOptions) {
    this.#options = options
  }

  /** The image's id as far as it is known. */
  id(builder: BuilderRef): string | undefined {
    return this.#ids.get(builder.key)
  }

  /** The id of an image that exists, without making or fetching one. */
  async lookUp({ engine }: Session, builder: BuilderRef): Promise<string | undefined> {
    const id = await imageIdOf(engine, builder)
    if (id !== undefined) this.#ids.set(builder.key, id)
    return id
  }

  /** The image's id; makes or pulls it first where it is missing. */
  get({ engine, trust }: Session, builder: BuilderRef): Promise<string> {
    const known = this.#images.get(builder.key)
    if (known !== undefined) return known
    // A cancelled command must not spoil the next one.
    if (this.#stop.signal.aborted && !this.#closed) this.#stop = new AbortController()
    const { signal } = this.#stop
    const made = this.#making.then(() => ensureBuilder(engine, builder, { ...this.#options, signal, trust }))
    this.#making = made.catch(() => {})
    this.#images.set(builder.key, made)
    made.then(
      id => this.#ids.set(builder.key, id),
      () => this.#images.delete(builder.key),
    )
    return made
  }

  /** Ends what is being made, with nothing half-made left. */
  stop(reason: unknown): void {
    this.#stop.abort(reason)
  }

  close(reason: unknown): void {
    this.#closed = true
    this.stop(reason)
  }
}
