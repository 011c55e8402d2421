/**
 * The records that one build works with: those of its BSP, and those of steps whose outputs serve every BSP of the
 * project. The latter lie beside the outputs, so that a build of one BSP that dies in such a step leaves none that
 * another BSP would believe.
 */
import { join } from 'node:path'
import { cacheFolder } from '../model/paths.ts'
import type { Plan } from '../model/plan.ts'
import { Manifest } from './manifest.ts'
import type { ChainRecord, NodeRecord } from './record.ts'

/** What deciding and running need of records; a single manifest will do. */
export type RecordStore = Pick<Manifest, 'node' | 'chain' | 'chainPaths' | 'setNode' | 'setChain' | 'save'>

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

  /** Why existing files could not be used, if so. */
  get damages(): string[] {
    return [this.#own, this.#shared].flatMap(({ file, damage }) => (damage ? [`${file}: ${damage}`] : []))
  }

  /** Reads the shared records anew: another build may have changed them before this one got the lock. */
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

  save(): void {
    this.#own.save()
    this.#shared.save()
  }

  #holding(kind: 'script' | 'step', id: string): Manifest {
    return kind === 'step' && this.#sharedSteps.has(id) ? this.#shared : this.#own
  }
}
