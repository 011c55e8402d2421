/**
 * What is in builders, as far as it is known without asking an engine. A builder's key is what the definition asks for;
 * its identity is what it got: the same packages in newer versions, or another image of the same name, are another
 * identity. It is remembered for each user and engine, since all projects share the images.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BuilderRef } from '../model/plan.ts'
import { writeAtomic } from '../state/atomic-file.ts'

export interface KnownBuilders {
  /** Undefined where nobody has met the builder yet. */
  identity(builder: BuilderRef): string | undefined
  /** Remembers an identity; true where another one, or none, was known. */
  learn(builder: BuilderRef, identity: string): boolean
}

/** One file for each builder, so that processes that learn at the same time do not undo each other's work. */
export class RememberedBuilders implements KnownBuilders {
  readonly #folder: string
  readonly #identities = new Map<string, string | undefined>()

  /** `folder`: for one engine. */
  constructor(folder: string) {
    this.#folder = folder
  }

  identity({ key }: BuilderRef): string | undefined {
    if (!this.#identities.has(key)) this.#identities.set(key, this.#read(key))
    return this.#identities.get(key)
  }

  learn(builder: BuilderRef, identity: string): boolean {
    if (this.identity(builder) === identity) return false
    this.#identities.set(builder.key, identity)
    try {
      writeAtomic(this.#file(builder.key), `${identity}\n`)
    } catch {
      // Without a home that can be written, an engine has to be met again.
    }
    return true
  }

  #read(key: string): string | undefined {
    try {
      return readFileSync(this.#file(key), 'utf8').trim() || undefined
    } catch {
      return undefined
    }
  }

  #file(key: string): string {
    return join(this.#folder, createHash('sha256').update(key).digest('hex'))
  }
}

/** Where scripts run on this machine itself: it is every builder, whatever the definition asks for. */
export class OneBuilder implements KnownBuilders {
  readonly #identity: string

  constructor(identity: string) {
    this.#identity = identity
  }

  identity(): string {
    return this.#identity
  }

  learn(): boolean {
    return false
  }
}
