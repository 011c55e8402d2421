/**
 * The records of one BSP, in dist/cache/{bsp}/.build-cache.json. Source of the path: lifecycle-scripts
 * document, "Script caching".
 */
import { writeAtomic } from '../state/atomic-file.ts'
import { readEngineFile } from '../state/engine-file.ts'
import type { Fingerprint } from './fingerprint.ts'
import { hashText } from './hash-memo.ts'
import type { ChainRecord, NodeRecord, ProductRecord } from './record.ts'

const VERSION = 4

/** Files of strux 0.1.0 have no products. */
type Section = 'scripts' | 'steps' | 'chains' | 'products'
const SECTIONS: readonly Section[] = ['scripts', 'steps', 'chains', 'products']

export class Manifest {
  readonly file: string
  /** Why an existing file cannot be used; undefined if it can. */
  readonly damage: string | undefined
  readonly #records: Record<Section, Map<string, unknown>> = {
    scripts: new Map(),
    steps: new Map(),
    chains: new Map(),
    products: new Map(),
  }
  /** The serialised text of each record, so that one change does not serialise all the others again. */
  readonly #texts = new Map<unknown, string>()
  /**
   * Scripts of one hook share their variables: each environment is stored once, and records refer to it by
   * digest.
   */
  readonly #environments = new Map<string, Fingerprint['environment']>()
  #changed = false

  constructor(file: string) {
    this.file = file
    this.damage = this.#read()
  }

  node(kind: 'script' | 'step', id: string): NodeRecord | undefined {
    return this.#records[section(kind)].get(id) as NodeRecord | undefined
  }

  chain(path: string): ChainRecord | undefined {
    return this.#records.chains.get(path) as ChainRecord | undefined
  }

  /** The paths of all chains with a record, including chains that the definition no longer has. */
  chainPaths(): string[] {
    return [...this.#records.chains.keys()]
  }

  product(path: string): ProductRecord | undefined {
    return this.#records.products.get(path) as ProductRecord | undefined
  }

  /** The paths of everything that nodes made, including nodes that the definition no longer has. */
  productPaths(): string[] {
    return [...this.#records.products.keys()]
  }

  setNode(kind: 'script' | 'step', id: string, record: NodeRecord | undefined): void {
    this.#set(section(kind), id, record)
  }

  setChain(path: string, record: ChainRecord | undefined): void {
    this.#set('chains', path, record)
  }

  setProduct(path: string, record: ProductRecord | undefined): void {
    this.#set('products', path, record)
  }

  /** Writes the file if anything changed since the last save. The data is on disk when this returns. */
  save(): void {
    if (!this.#changed) return
    const sections = SECTIONS.map(name => {
      const lines = [...this.#records[name]].map(
        ([id, record]) => `${JSON.stringify(id)}: ${this.#text(record)}`,
      )
      return `  ${JSON.stringify(name)}: {${lines.length ? `\n    ${lines.join(',\n    ')}\n  ` : ''}}`
    })
    // Must come after the texts of the records, which may add environments.
    const environments = `  "environments": ${JSON.stringify(Object.fromEntries(this.#environments))}`
    writeAtomic(this.file, `{\n  "version": ${VERSION},\n${[...sections, environments].join(',\n')}\n}\n`)
    this.#changed = false
  }

  #set(name: Section, id: string, record: object | undefined): void {
    const records = this.#records[name]
    const before = records.get(id)
    if (before === undefined && record === undefined) return
    this.#texts.delete(before)
    if (record) records.set(id, record)
    else records.delete(id)
    this.#changed = true
  }

  #text(record: unknown): string {
    let text = this.#texts.get(record)
    if (text === undefined) {
      text = JSON.stringify(this.#stored(record))
      this.#texts.set(record, text)
    }
    return text
  }

  /**
   * A record with its environment replaced by a digest. Inputs may be called `environment` too, so only the
   * record's own field is replaced.
   */
  #stored(record: unknown): unknown {
    const { fingerprint, ...rest } = record as Partial<NodeRecord>
    if (fingerprint === undefined) return record
    const { environment, feeders, ...others } = fingerprint
    const fed = Object.entries(feeders ?? {}).map(([id, feeder]) => [
      id,
      { ...feeder, environment: this.#nameOf(feeder.environment) },
    ])
    return {
      ...rest,
      fingerprint: {
        ...others,
        environment: this.#nameOf(environment),
        ...(feeders ? { feeders: Object.fromEntries(fed) } : {}),
      },
    }
  }

  #nameOf(environment: Fingerprint['environment']): string {
    const name = hashText(JSON.stringify(environment)).slice(0, 16)
    this.#environments.set(name, environment)
    return name
  }

  #resolveEnvironments({ fingerprint }: StoredRecord): void {
    if (!fingerprint) return
    for (const each of [fingerprint, ...Object.values(fingerprint.feeders ?? {})]) {
      each.environment = this.#environments.get(String(each.environment))
    }
  }

  #read(): string | undefined {
    let text: string
    try {
      text = readEngineFile(this.file).toString()
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : (error as Error).message
    }
    try {
      const data = JSON.parse(text)
      if (data.version !== VERSION) return `its version is ${data.version}, not ${VERSION}`
      data.products ??= {}
      for (const [name, environment] of Object.entries<Fingerprint['environment']>(data.environments)) {
        this.#environments.set(name, environment)
      }
      for (const name of SECTIONS) {
        for (const [id, record] of Object.entries(data[name])) {
          if (name === 'scripts' || name === 'steps') this.#resolveEnvironments(record as StoredRecord)
          if (!wellFormed(name, record)) throw new Error(`the record of ${id} is incomplete`)
          this.#records[name].set(id, record)
        }
      }
      return undefined
    } catch (error) {
      for (const name of SECTIONS) this.#records[name].clear()
      this.#environments.clear()
      return (error as Error).message
    }
  }
}

/** A record as stored in the file, with environments by digest. */
interface StoredRecord {
  readonly fingerprint?: {
    environment?: unknown
    readonly feeders?: Readonly<Record<string, { environment?: unknown }>>
  }
}

function section(kind: 'script' | 'step'): Section {
  return kind === 'script' ? 'scripts' : 'steps'
}

function wellFormed(name: Section, record: unknown): boolean {
  if (typeof record !== 'object' || record === null) return false
  if (name === 'chains') return isChain(record as ChainRecord)
  if (name === 'products') return isTextList((record as ProductRecord).makers)
  const { fingerprint, key, outputs } = record as NodeRecord
  if (!isObject(fingerprint) || typeof key !== 'string' || !isObject(outputs)) return false
  const { dependencies, environment, builder, feeders = {} } = fingerprint
  if (!isObject(feeders)) return false
  const fed = Object.values(feeders).every(each => isObject(each?.dependencies) && isObject(each.environment))
  return fed && isObject(dependencies) && isObject(environment) && isObject(builder)
}

function isChain({ first, absent, writers, versions, left }: Partial<ChainRecord>): boolean {
  const isDigest = (value: unknown) => value === null || typeof value === 'string'
  return (
    isDigest(first) &&
    (absent === undefined || typeof absent === 'string') &&
    (writers === undefined || isTextList(writers)) &&
    Array.isArray(versions) &&
    versions.every(each => typeof each?.id === 'string' && isDigest(each.digest)) &&
    (left === undefined || isDigest(left))
  )
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(each => typeof each === 'string')
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
