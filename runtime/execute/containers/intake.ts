/**
 * Output is read as fast as it is taken, and no faster: a script that prints more than its reader can take waits, as it
 * would on a terminal. Otherwise what is not taken yet would fill this process's memory.
 */
import type { Readable } from 'node:stream'
import type { Taken } from '../../report/drained.ts'

export class Intake {
  /** True while nothing is read because the taker asked to wait. */
  waiting = false

  /** Ends by itself when the stream does; `fail` hears what `take` throws. */
  constructor(stream: Readable, take: (chunk: Buffer) => Taken, fail: (error: unknown) => void) {
    stream.on('data', (chunk: Buffer) => {
      try {
        const taken = take(chunk)
        if (taken === undefined) return
        this.waiting = true
        stream.pause()
        taken.then(() => {
          this.waiting = false
          stream.resume()
        })
      } catch (error) {
        fail(error)
      }
    })
  }
}
