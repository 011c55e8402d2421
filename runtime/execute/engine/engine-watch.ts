/**
 * Notices when an engine stops answering in the middle of a build: most requests have no deadline of their own, since a
 * script or an image may take hours. Meanwhile the engine is asked for a sign of life.
 */
import { StruxError } from '../../diagnostics/error.ts'
import { showEndpoint } from './endpoint.ts'
import type { Engine } from './engine.ts'

export interface WatchTimes {
  /** From one answer to the next question: ms. */
  readonly interval: number
  /** How long an answer may take: ms. */
  readonly patience: number
  /** After a time in which this process itself did nothing, such as a busy moment, the answer may be waiting here: ms. */
  readonly secondLook: number
}

const TIMES: WatchTimes = { interval: 5_000, patience: 30_000, secondLook: 1_000 }

export class EngineWatch {
  readonly #engine: Pick<Engine, 'docker' | 'endpoint'>
  readonly #times: WatchTimes
  readonly #lost = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(engine: Pick<Engine, 'docker' | 'endpoint'>, times = TIMES) {
    this.#engine = engine
    this.#times = times
    this.#later(times.interval, () => this.#ask())
  }

  /** Aborted, with a StruxError, when the engine has not answered for too long. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  /** An engine that refuses or breaks off has answered: those who wait for it are told by their own connections. */
  #ask(): void {
    let answered = false
    const next = () => {
      answered = true
      this.#later(this.#times.interval, () => this.#ask())
    }
    this.#later(this.#times.patience, () => {
      this.#later(this.#times.secondLook, () => answered || this.#giveUp())
    })
    this.#engine.docker.ping().then(next, next)
  }

  #giveUp(): void {
    const where = showEndpoint(this.#engine.endpoint)
    this.#lost.abort(
      new StruxError(
        `The container engine at ${where} does not answer any more (${this.#times.patience / 1000} s)`,
        {
          hint: 'See its log, or restart it. Its containers may still be running; the next build removes them.',
        },
      ),
    )
  }

  #later(milliseconds: number, work: () => void): void {
    clearTimeout(this.#timer)
    if (!this.#closed) this.#timer = setTimeout(work, milliseconds).unref()
  }
}
