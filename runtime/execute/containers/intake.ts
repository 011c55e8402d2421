/**
 * Reads output only as fast as the consumer takes it. A script that prints faster has to wait, as it would on a
 * terminal; otherwise the untaken output would fill this process's memory.
 */
import type { Readable } from 'node:stream'
import type { Taken } from '../../report/drained.ts'

export class Intake {
  /** True while reading is paused because the consumer asked to wait. */
  waiting = false

  /** Ends with the stream; `fail` gets any error that `take` throws. */
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
