/** Back pressure: waits for a reader that is slower than the writer. */
import type { Writable } from 'node:stream'

/** The answer of an output consumer: a promise asks the producer to pause until it resolves. It never rejects. */
export type Taken = void | Promise<void>

const waits = new WeakMap<Writable, Promise<void>>()

/**
 * What to wait for after `stream.write(…)` returned `taken`: nothing, or a promise for the moment when the
 * stream has emptied its buffer. All callers share one promise, which also resolves when the reader
 * disconnects.
 */
export function drained(stream: Writable, taken: boolean): Promise<void> | undefined {
  if (taken || stream.destroyed) return undefined
  const known = waits.get(stream)
  if (known) return known
  const wait = new Promise<void>(resolve => {
    const done = () => {
      for (const name of EVENTS) stream.off(name, done)
      waits.delete(stream)
      resolve()
    }
    for (const name of EVENTS) stream.on(name, done)
  })
  waits.set(stream, wait)
  return wait
}

const EVENTS = ['drain', 'close', 'finish'] as const
