/**
 * The records that one build uses: those of its BSP, and those of steps with shared outputs. Shared records lie
 * beside the outputs: if a build of one BSP dies in such a step, no other BSP finds a record for half-made
 * outputs.
 */
import { join } from 'node:path'
import { cacheFolder } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import { Manifest } from './manifest.ts'
import type { ChainRecord, NodeRecord, ProductRecord } from './record.ts'

/** The record operations that deciding and running need. A single manifest implements them too. */
export type RecordStore = Pick<
  Manifest,
  | 'node'
  | 'chain'
  | 'chainPaths'
  | 'product'
  | 'productPaths'
  | 'setNode'
  | 'setChain'
  | 'setProduct'
  | 'save'
>

export class Records implements RecordStore {
  readonly #own: Manifest
  readonly #sharedFile: string
  readonly #sharedSteps: ReadonlySet<string>
  #shared: Manifest

  constructor(root: string, plan: Plan) {
    this.#own = new Manifest(join(root, cacheFolder(plan.bsp), '.build-cache.json'))
    this.#sharedFile = join(root, 'dist/cache/.shared-cache.json')
    this.#shared = new Manifest(this.#sharedFile)
    this.#sharedSteps = new Set(plan.nodes.flatMap(node => (node.scope === 'shared' ? [node.id] : [])))
  }

  /** Why existing files could not be used; empty if all could. */
  get damages(): string[] {
    return [this.#own, this.#shared].flatMap(({ file, damage }) => (damage ? [`${file}: ${damage}`] : []))
  }

  /** Reads the shared records again: another build may have changed them before this one got the lock. */
  reloadShared(): void {
    this.#shared = new Manifest(this.#sharedFile)
  }

  node(kind: 'script' | 'step', id: string): NodeRecord | undefined {
    return this.#holding(kind, id).node(kind, id)
  }

  setNode(kind: 'script' | 'step', id: string, record: NodeRecord | undefined): void {
    this.#holding(kind, id).setNode(kind, id, record)
  }

  chain(path: string): ChainRecord | undefined {
    return this.#own.chain(path)
  }

  chainPaths(): string[] {
    return this.#own.chainPaths()
  }

  setChain(path: string, record: ChainRecord | undefined): void {
    this.#own.setChain(path, record)
  }

  product(path: string): ProductRecord | undefined {
    return this.#own.product(path)
  }

  productPaths(): string[] {
    return this.#own.productPaths()
  }

  setProduct(path: string, record: ProductRecord | undefined): void {
    this.#own.setProduct(path, record)
  }

  save(): void {
    this.#own.save()
    this.#shared.save()
  }

  #holding(kind: 'script' | 'step', id: string): Manifest {
    return kind === 'step' && this.#sharedSteps.has(id) ? this.#shared : this.#own
  }
}
