/**
 * The decisions of a build, in order: a dry run shows them, the build that follows carries them out. A node's decision
 * depends on the nodes before it: what one makes anew, a later one that reads it can only judge afterwards. Chains
 * (paths that scripts change in place) run from their first link or not at all.
 */
import type { PathRef, Plan, PlanNode, ScriptNode } from '../plan/model.ts'
import { isProduct } from '../plan/paths.ts'
import type { Chain, Relations } from '../plan/relations.ts'
import { type CachePolicy, decideNode } from './decide.ts'
import type { InputSources } from './inputs.ts'
import { type Decision, type Reason, reason } from './reason.ts'
import type { ChainRecord } from './record.ts'
import type { RecordStore } from './records.ts'
import { digestOf, type InputState } from './world.ts'

/** What has become of a node in the build under way. */
export type Fate = 'ran' | 'skipped'

export interface ForecastOptions extends Omit<InputSources, 'scriptById'> {
  readonly plan: Plan
  readonly relations: Relations
  readonly selection: ReadonlySet<number>
  readonly manifest: RecordStore
  readonly policy: CachePolicy
  /** The id under which an image was last known to an engine. */
  readonly builderId: (node: PlanNode) => string | undefined
}

export class Forecast {
  readonly #options: ForecastOptions
  readonly #sources: InputSources
  readonly #decisions = new Map<number, Decision>()
  readonly #fates = new Map<number, Fate>()
  /** Decisions that follow from a chain as a whole, whatever the node's own would be. */
  readonly #imposed = new Map<number, Decision>()
  /** The last node before the one being decided that will or may run. */
  #latestPending: number | undefined

  constructor(options: ForecastOptions) {
    this.#options = options
    const scripts = new Map(
      options.plan.nodes.flatMap(node => (node.kind === 'script' ? [[node.id, node] as const] : [])),
    )
    const scriptById = (id: string): ScriptNode | undefined => scripts.get(id)
    const { world, bodyHash, harnessHash } = options
    this.#sources = { world, bodyHash, harnessHash, scriptById }
  }

  get sources(): InputSources {
    return this.#sources
  }

  /** Decides every selected node. Call it once, before anything runs. */
  async decideAll(): Promise<ReadonlyMap<number, Decision>> {
    const { plan } = this.#options
    await this.#decideRange(0, plan.nodes.length - 1)
    return this.#decisions
  }

  /** The decision as last made. */
  decision(index: number): Decision {
    return this.#decisions.get(index)!
  }

  fate(index: number): Fate | undefined {
    return this.#fates.get(index)
  }

  /** Told by the build, so that later decisions know. */
  settle(index: number, fate: Fate): void {
    this.#fates.set(index, fate)
    if (fate === 'ran') this.#options.world.refresh()
  }

  /**
   * The decision when the node's turn has come. What was decided to run runs; what was to be skipped or undecided is
   * looked at again if anything ran since: never skip on the strength of an old look.
   */
  async decideNow(index: number, recordsMayDiffer = false): Promise<Decision> {
    const before = this.decision(index)
    const sameWorld = !recordsMayDiffer && ![...this.#fates.values()].includes('ran')
    if (before.action === 'run' || sameWorld) return before
    const ends = this.#options.relations.chains
      .filter(
        chain => chain.writer === index || chain.links.includes(index) || chain.earlyReaders.includes(index),
      )
      .map(chain => chain.links.at(-1)!)
    await this.#decideRange(index, Math.max(index, ...ends))
    return this.decision(index)
  }

  async #decideRange(from: number, to: number): Promise<void> {
    // Each round may find a chain that has to start again; there are finitely many to find.
    do {
      this.#latestPending = undefined
      for (let index = from; index <= to; index++) {
        if (!this.#options.selection.has(index) || this.#fates.has(index)) continue
        const decision = await this.#decide(index)
        this.#decisions.set(index, decision)
        if (decision.action !== 'skip') this.#latestPending = index
      }
    } while (await this.#imposeChains(from, to))
  }

  async #decide(index: number): Promise<Decision> {
    const { plan, policy, manifest, builderId, relations } = this.#options
    const node = plan.nodes[index]!
    if (isInsideKernel(node)) return this.#insideKernel()
    const own = await decideNode(node, {
      ...this.#sources,
      policy,
      record: manifest.node(node.kind, node.id),
      builderId: builderId(node),
      pendingMaker: ref => this.#pendingMaker(ref, index),
      versionSeen: relations.chains.length > 0 ? ref => this.#versionSeen(ref, index) : undefined,
    })
    const imposed = this.#imposed.get(index)
    if (own.action === 'run') return own
    if (imposed?.action === 'run') return imposed
    if (!imposed && this.#latestPending === undefined && this.#fates.size === 0) return own
    const remade = relations.earlierMakersOfOwn(index).find(maker => this.#outcome(maker) === 'run')
    if (remade !== undefined) {
      return { action: 'run', reasons: [reason('remade_upstream', plan.nodes[remade]!.id)] }
    }
    const maybe = relations.earlierMakersOfOwn(index).find(maker => this.#outcome(maker) === 'undecided')
    if (own.action === 'skip' && maybe !== undefined) {
      return { action: 'undecided', reasons: [reason('upstream_will_run', plan.nodes[maybe]!.id)] }
    }
    return own.action === 'skip' && imposed ? imposed : own
  }

  /** Scripts inside the kernel step run with it and only then: on a source that has just been extracted. */
  #insideKernel(): Decision {
    const kernel = this.#options.plan.nodes.findIndex(node => node.id === 'kernel')
    const outcome = this.#options.selection.has(kernel) ? this.#outcome(kernel) : 'skip'
    if (outcome === 'run') return { action: 'run', reasons: [reason('step_runs', 'kernel')] }
    if (outcome === 'skip') return { action: 'skip', reasons: [reason('step_not_run', 'kernel')] }
    return { action: 'undecided', reasons: [reason('upstream_will_run', 'kernel')] }
  }

  /** What happens, or happened, to a node in this build. */
  #outcome(index: number): Decision['action'] {
    const fate = this.#fates.get(index)
    if (fate) return fate === 'ran' ? 'run' : 'skip'
    return this.#decisions.get(index)?.action ?? 'skip'
  }

  /**
   * An earlier node whose turn is still to come and which may make anew what `ref` reads. Where nobody declares the
   * path, anything that runs may write it as long as it lies in dist/: build products come from somewhere.
   */
  #pendingMaker(ref: PathRef, reader: number): string | undefined {
    if (this.#latestPending === undefined) return undefined
    const { nodes } = this.#options.plan
    const makers = this.#options.relations.makersOf(ref, reader)
    const maker = makers.find(index => !this.#fates.has(index) && this.#outcome(index) !== 'skip')
    if (maker !== undefined) return nodes[maker]!.id
    const declared = makers.some(index =>
      nodes[index]!.artifacts.some(artifact => artifact.path === ref.path),
    )
    const product = isProduct(ref.path) && (ref.glob || this.#options.world.exists(ref.path))
    return declared || !product ? undefined : nodes[this.#latestPending]!.id
  }

  /** A member of a chain at rest sees the version that stood at its place, not what the last link left. */
  async #versionSeen(ref: PathRef, index: number): Promise<{ readonly state: InputState } | undefined> {
    const chain = this.#options.relations.chainOf(index, ref.path)
    if (!chain) return undefined
    const record = this.#options.manifest.chain(chain.path)
    if (!record || this.#moved(chain)) {
      const state = await this.#options.world.state(ref)
      return { state: state === undefined ? undefined : digestOf(state) }
    }
    const passed = chain.links.filter(link => link < index).length
    const digest = passed === 0 ? record.first : record.versions[passed - 1]?.digest
    return { state: digest ?? undefined }
  }

  /** Whether anything of the chain ran in this build, so that what is on disk is what the next member gets. */
  #moved(chain: Chain): boolean {
    return [...(chain.writer === undefined ? [] : [chain.writer]), ...chain.links].some(
      index => this.#fates.get(index) === 'ran',
    )
  }

  /** Looks at every chain as a whole; true where that changed something. */
  async #imposeChains(from: number, to: number): Promise<boolean> {
    let changed = false
    for (const chain of this.#options.relations.chains) {
      if (chain.links.at(-1)! > to) continue
      const links = chain.links.filter(link => this.#options.selection.has(link) && !this.#fates.has(link))
      const verdict = await this.#chainVerdict(chain, links)
      if (verdict === 'skip') continue
      const why: Reason[] = [reason('chain_restarts', chain.path)]
      for (const link of links)
        changed = this.#impose(link, { action: verdict, reasons: why }, from) || changed
      if (verdict === 'run' && chain.writer !== undefined && !this.#firstVersionIsThere(chain)) {
        changed = this.#impose(chain.writer, { action: 'run', reasons: why }, from) || changed
      }
    }
    return changed
  }

  async #chainVerdict(chain: Chain, links: readonly number[]): Promise<Decision['action']> {
    if (links.length === 0) return 'skip'
    const readers = chain.earlyReaders.filter(reader => !this.#fates.has(reader))
    const members = [...(chain.writer === undefined ? [] : [chain.writer]), ...links, ...readers]
    const outcomes = members.map(index => this.#outcome(index))
    if (outcomes.includes('run') || this.#moved(chain) || !(await this.#atRest(chain))) return 'run'
    return outcomes.includes('undecided') ? 'undecided' : 'skip'
  }

  /** Whether the path is as the last link that ran left it, with every selected link among those. */
  async #atRest(chain: Chain): Promise<boolean> {
    const { manifest, plan, world, selection } = this.#options
    const record = manifest.chain(chain.path)
    const selected = chain.links.filter(link => selection.has(link)).length
    const ids = chain.links.map(link => plan.nodes[link]!.id)
    if (!record || record.versions.length < selected) return false
    if (record.versions.some((version, n) => version.id !== ids[n])) return false
    if (record.versions.length > ids.length) return false
    return record.versions.at(-1)?.digest === digestOf(await world.state(pathOf(chain)))
  }

  #firstVersionIsThere(chain: Chain): boolean {
    const record: ChainRecord | undefined = this.#options.manifest.chain(chain.path)
    if (!record) return this.#options.world.exists(chain.path)
    return record.first === null || this.#options.world.exists(keptVersion(this.#options.plan.bsp, chain))
  }

  /** `from`: nodes before it are not decided again (a step that is just running its inner scripts). */
  #impose(member: number, decision: Decision, from: number): boolean {
    // What works inside the kernel step runs when that does: the step has to run for it.
    const inside = isInsideKernel(this.#options.plan.nodes[member]!)
    const index = inside ? this.#options.plan.nodes.findIndex(node => node.id === 'kernel') : member
    const current = this.#decisions.get(index)
    if (!current || this.#fates.has(index) || index < from) return false
    const rank = { skip: 0, undecided: 1, run: 2 }
    if (rank[current.action] >= rank[decision.action]) return false
    this.#imposed.set(index, decision)
    return true
  }
}

export function isInsideKernel(node: PlanNode): boolean {
  return node.kind === 'script' && node.hook === 'after_kernel_extract'
}

/** Where the first version of a chain is kept, relative to the project. */
export function keptVersion(bsp: string, { path }: Pick<Chain, 'path'>): string {
  return `${keptFolder(bsp)}/${encodeURIComponent(path)}`
}

export function keptFolder(bsp: string): string {
  return `dist/cache/${bsp}/.first-versions`
}

export function pathOf(chain: Chain): PathRef {
  return { declared: chain.path, path: chain.path, glob: false }
}
