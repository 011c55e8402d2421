/** Waiting for a reader that is slower than what is written for it. */
import type { Writable } from 'node:stream'

/** What whoever takes output answers: a promise asks to give nothing more until it resolves. It never rejects. */
export type Taken = void | Promise<void>

const waits = new WeakMap<Writable, Promise<void>>()

/**
 * What to wait for after `stream.write(…)` returned `taken`: nothing, or the moment when the stream has passed on what
 * it holds. One promise for all who wait; it resolves also where the reader goes away.
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
