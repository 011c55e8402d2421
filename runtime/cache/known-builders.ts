/**
 * Identities of builders, as far as they are known without a container engine. A builder's key says what the
 * definition asks for. Its identity says which image was made: newer versions of the same packages, or another
 * image with the same name, have another identity. Identities are stored by user and engine, because all
 * projects share the images.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { BuilderRef } from '../model/plan.ts'
import { writeAtomic } from '../state/atomic-file.ts'
import { readEngineFile } from '../state/engine-file.ts'

export interface KnownBuilders {
  /** Undefined until an engine has reported the builder. */
  identity(builder: BuilderRef): string | undefined
  /** Stores an identity; returns true if it differs from the known one, or none was known. */
  learn(builder: BuilderRef, identity: string): boolean
}

/** One file for each builder, so that concurrent processes do not overwrite each other's entries. */
export class RememberedBuilders implements KnownBuilders {
  readonly #folder: string
  readonly #identities = new Map<string, string | undefined>()

  /** `folder`: the folder for one engine. */
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
      // Without a writable home folder, the engine has to be asked again next time.
    }
    return true
  }

  #read(key: string): string | undefined {
    try {
      return readEngineFile(this.#file(key)).toString().trim() || undefined
    } catch {
      return undefined
    }
  }

  #file(key: string): string {
    return join(this.#folder, createHash('sha256').update(key).digest('hex'))
  }
}

/** For builds without containers: this machine is every builder, whatever the definition asks for. */
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
