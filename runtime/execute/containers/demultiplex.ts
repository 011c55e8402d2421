/**
 * Splits the engine's framing of two output streams on one connection (Docker API, "attach": an 8-byte header
 * per frame).
 */
import type { Taken } from '../../report/drained.ts'

const HEADER = 8

/**
 * Passes bytes to `stdout` and `stderr` as they arrive, without waiting for whole frames, because a frame may
 * have any size. An unknown stream number means that the connection has no frames; all bytes then count as
 * standard output.
 */
export class Demultiplexer {
  readonly #stdout: (chunk: Buffer) => Taken
  readonly #stderr: (chunk: Buffer) => Taken
  #header = Buffer.alloc(0)
  #remaining = 0
  #target: ((chunk: Buffer) => Taken) | undefined
  #raw = false
  #taken: Taken = undefined

  constructor(stdout: (chunk: Buffer) => Taken, stderr: (chunk: Buffer) => Taken) {
    this.#stdout = stdout
    this.#stderr = stderr
  }

  push(chunk: Buffer): Taken {
    let rest = chunk
    this.#taken = undefined
    while (rest.length > 0) {
      if (this.#raw) return this.#stdout(rest) ?? this.#taken
      rest = this.#target === undefined ? this.#readHeader(rest) : this.#readBody(rest, this.#target)
    }
    return this.#taken
  }

  #readHeader(bytes: Buffer): Buffer {
    const missing = HEADER - this.#header.length
    this.#header = Buffer.concat([this.#header, bytes.subarray(0, missing)])
    if (this.#header.length < HEADER) return bytes.subarray(bytes.length)
    const stream = this.#header[0]!
    if (stream > 2) {
      this.#raw = true
      this.#taken = this.#stdout(this.#header)
    } else {
      this.#target = stream === 2 ? this.#stderr : this.#stdout
      this.#remaining = this.#header.readUInt32BE(4)
      if (this.#remaining === 0) this.#target = undefined
    }
    this.#header = Buffer.alloc(0)
    return bytes.subarray(missing)
  }

  #readBody(bytes: Buffer, target: (chunk: Buffer) => Taken): Buffer {
    const part = bytes.subarray(0, this.#remaining)
    this.#remaining -= part.length
    if (this.#remaining === 0) this.#target = undefined
    this.#taken = target(part) ?? this.#taken
    return bytes.subarray(part.length)
  }
}
