/**
 * Detects an engine that stops answering during a build. Most requests have no time limit, because a script or
 * an image may take hours, so the engine is pinged meanwhile.
 */
import { StruxError } from '../../diagnostics/error.ts'
import { showEndpoint } from './endpoint.ts'
import type { Engine } from './engine.ts'

export interface WatchTimes {
  /** From one answer to the next ping, in ms. */
  readonly interval: number
  /** Time limit for an answer, in ms. */
  readonly patience: number
  /** Extra wait in ms: if this process itself was busy or suspended, the answer may already be there. */
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

  /** Aborted with a StruxError if the engine has not answered in time. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  /** An engine that refuses or disconnects has answered: the pending requests report the error themselves. */
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
        `The container engine at ${where} stopped answering (no answer for ${this.#times.patience / 1000} s)`,
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
