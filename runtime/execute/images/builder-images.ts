/** The builder images of one process: made one after another, each once, and remembered. */
import type { BuilderRef } from '../../model/plan.ts'
import type { Session } from '../engine/connection.ts'
import type { NoticeSink } from '../executor.ts'
import { type BuilderImage, ensureBuilder, findBuilder } from './builder-image.ts'

export interface BuilderImagesOptions {
  readonly notice: NoticeSink
  /** The Debian mirror. Default: the one in this machine's apt sources. */
  readonly mirror?: string
}

export class BuilderImages {
  readonly #options: BuilderImagesOptions
  /** Recipes share their first layers, so images are made one at a time. */
  #making: Promise<unknown> = Promise.resolve()
  #stop = new AbortController()
  #closed = false
  readonly #images = new Map<string, Promise<BuilderImage>>()
  readonly #known = new Map<string, BuilderImage>()

  constructor(options: BuilderImagesOptions) {
    this.#options = options
  }

  /** The image, if this process has used it. */
  known(builder: BuilderRef): BuilderImage | undefined {
    return this.#known.get(builder.key)
  }

  /** An existing image; does not make or pull one. */
  async lookUp({ engine }: Session, builder: BuilderRef): Promise<BuilderImage | undefined> {
    const image = await findBuilder(engine, builder)
    if (image !== undefined) this.#known.set(builder.key, image)
    return image
  }

  /** The image's id; makes or pulls a missing image first. */
  async get(session: Session, builder: BuilderRef): Promise<string> {
    return (await this.#make(session, builder)).id
  }

  #make({ engine, trust }: Session, builder: BuilderRef): Promise<BuilderImage> {
    const known = this.#images.get(builder.key)
    if (known !== undefined) return known
    // A cancelled command must not cancel the next one.
    if (this.#stop.signal.aborted && !this.#closed) this.#stop = new AbortController()
    const { signal } = this.#stop
    const made = this.#making.then(() => ensureBuilder(engine, builder, { ...this.#options, signal, trust }))
    this.#making = made.catch(() => {})
    this.#images.set(builder.key, made)
    made.then(
      image => this.#known.set(builder.key, image),
      () => this.#images.delete(builder.key),
    )
    return made
  }

  /** Stops images in progress and leaves none half-made. */
  stop(reason: unknown): void {
    this.#stop.abort(reason)
  }

  close(reason: unknown): void {
    this.#closed = true
    this.stop(reason)
  }
}
