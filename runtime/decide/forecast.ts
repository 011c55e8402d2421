/**
 * The decisions of a build, in order. A dry run shows them; a build then carries them out. A decision depends
 * on earlier nodes: if an earlier node may change an input, the decision can only be made after that node has
 * finished. Chains (paths that scripts change in place) run from their first link or not at all.
 */

import type { InputSources, VersionSeen, VersionsSeen } from '../cache/inputs.ts'
import type { ChainRecord } from '../cache/record.ts'
import type { RecordStore } from '../cache/records.ts'
import { isMember } from '../chains/chain.ts'
import { firstVersion, versionOf } from '../chains/history.ts'
import type { KeptVersions } from '../chains/kept-versions.ts'
import { type Decision, type Reason, reason } from '../model/decision.ts'
import { isProduct } from '../model/paths.ts'
import type { Chain, PathRef, Plan, PlanNode, ScriptNode } from '../model/plan.ts'
import type { Relations } from '../plan/relations.ts'
import { type CachePolicy, decideNode } from './decide.ts'

/** How a node ended in the current build. */
export type Fate = 'ran' | 'skipped'

export interface ForecastOptions extends Omit<InputSources, 'scriptById'> {
  readonly plan: Plan
  readonly relations: Relations
  readonly selection: ReadonlySet<number>
  readonly manifest: RecordStore
  readonly kept: KeptVersions
  readonly policy: CachePolicy
  /** The identity that an engine last reported for the node's builder image. */
  readonly builderId: (node: PlanNode) => string | undefined
}

export class Forecast {
  readonly #options: ForecastOptions
  readonly #sources: InputSources
  readonly #decisions = new Map<number, Decision>()
  readonly #fates = new Map<number, Fate>()
  /** Decisions that a chain or a step imposes, whatever the node's own would be. */
  readonly #imposed = new Map<number, Decision>()
  /** The last node before the current one that will or may run. */
  #latestPending: number | undefined

  constructor(options: ForecastOptions) {
    this.#options = options
    const scripts = new Map(
      options.plan.nodes.flatMap(node => (node.kind === 'script' ? [[node.id, node] as const] : [])),
    )
    const scriptById = (id: string): ScriptNode | undefined => scripts.get(id)
    const { fileStates, bodyHash } = options
    this.#sources = { fileStates, bodyHash, scriptById }
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

  /** The latest decision. */
  decision(index: number): Decision {
    return this.#decisions.get(index)!
  }

  fate(index: number): Fate | undefined {
    return this.#fates.get(index)
  }

  /** The build reports each finished node here, so that later decisions take it into account. */
  settle(index: number, fate: Fate): void {
    this.#fates.set(index, fate)
    if (fate === 'ran') this.#options.fileStates.refresh()
  }

  /**
   * Decides again when the node's turn has come. A `run` stays. A `skip` or `undecided` is checked again if any
   * node ran since: never skip because of stale data.
   */
  async decideNow(index: number, recordsMayDiffer = false): Promise<Decision> {
    const before = this.decision(index)
    const sameWorld = !recordsMayDiffer && ![...this.#fates.values()].includes('ran')
    if (before.action === 'run' || sameWorld) return before
    const ends = this.#options.relations.chains
      .filter(chain => isMember(chain, index))
      .map(chain => chain.links.at(-1)!)
    await this.#decideRange(index, Math.max(index, ...ends))
    return this.decision(index)
  }

  async #decideRange(from: number, to: number): Promise<void> {
    // Each round may find a chain that has to restart. The number of chains is finite, so the loop ends.
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
    if (node.inside !== undefined) return this.#insideStep(node.inside)
    const own = await decideNode(node, {
      ...this.#sources,
      policy,
      record: manifest.node(node.kind, node.id),
      builderId: builderId(node),
      pendingMaker: ref => this.#pendingMaker(ref, index),
      versionsSeen: relations.chains.length > 0 ? ref => this.#versionsSeen(ref, index) : undefined,
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

  /** Scripts inside a step run exactly when the step does: they work on the files that it has just prepared. */
  #insideStep(step: string): Decision {
    const index = this.#indexOf(step)
    const outcome = this.#options.selection.has(index) ? this.#outcome(index) : 'skip'
    if (outcome === 'run') return { action: 'run', reasons: [reason('step_runs', step)] }
    if (outcome === 'skip') return { action: 'skip', reasons: [reason('step_not_run', step)] }
    return { action: 'undecided', reasons: [reason('upstream_will_run', step)] }
  }

  #indexOf(step: string): number {
    return this.#options.plan.nodes.findIndex(node => node.kind === 'step' && node.id === step)
  }

  /** The decision or result for a node in this build. */
  #outcome(index: number): Decision['action'] {
    const fate = this.#fates.get(index)
    if (fate) return fate === 'ran' ? 'run' : 'skip'
    return this.#decisions.get(index)?.action ?? 'skip'
  }

  /**
   * An earlier node that has not finished yet and may change the paths of `ref`. If no node declares the path,
   * any node that runs may write it, provided that the path lies in dist/, where build products go.
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
    const product = isProduct(ref.path) && (ref.glob || this.#options.fileStates.exists(ref.path))
    return declared || !product ? undefined : nodes[this.#latestPending]!.id
  }

  /** While a chain is unchanged, a member sees the version of its turn, not the one that the last link left. */
  async #versionsSeen(ref: PathRef, index: number): Promise<VersionSeen[]> {
    const { relations, manifest } = this.#options
    const seen: VersionSeen[] = []
    for (const chain of relations.chainsSeen(index, ref)) {
      const record = this.#moved(chain) ? undefined : manifest.chain(chain.path)
      const passed = chain.links.filter(link => link < index).length
      const version = passed === 0 ? record?.first : record?.versions[passed - 1]?.digest
      const now = record ? version : await versionOf(chain, this.#options.fileStates)
      seen.push({ path: chain.path, digest: now ?? null, ...absentIn(record) })
    }
    return seen
  }

  /** The versions on disk now: those that a member sees when it is about to run. */
  versionsNow(index: number): VersionsSeen {
    const { relations, manifest, fileStates } = this.#options
    return async ref => {
      const seen: VersionSeen[] = []
      for (const chain of relations.chainsSeen(index, ref)) {
        const digest = await versionOf(chain, fileStates)
        seen.push({ path: chain.path, digest, ...absentIn(manifest.chain(chain.path)) })
      }
      return seen
    }
  }

  /** Whether a writer or link of the chain ran in this build, so that the next member sees the version on disk. */
  #moved(chain: Chain): boolean {
    return [...chain.writers, ...chain.links].some(index => this.#fates.get(index) === 'ran')
  }

  /** Checks every chain as a whole; returns true if that changed a decision. */
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
      if (await this.#firstVersionIsThere(chain)) continue
      for (const writer of chain.writers)
        changed = this.#impose(writer, { action: verdict, reasons: why }, from) || changed
    }
    return changed
  }

  async #chainVerdict(chain: Chain, links: readonly number[]): Promise<Decision['action']> {
    if (links.length === 0) return 'skip'
    const readers = chain.earlyReaders.filter(reader => !this.#fates.has(reader))
    const members = [...chain.writers, ...links, ...readers]
    const outcomes = members.map(index => this.#outcome(index))
    if (outcomes.includes('run') || this.#moved(chain) || !(await this.#atRest(chain))) return 'run'
    return outcomes.includes('undecided') ? 'undecided' : 'skip'
  }

  /** Whether the path is as the last recorded link left it, and every selected link is recorded. */
  async #atRest(chain: Chain): Promise<boolean> {
    const { manifest, plan, fileStates, selection } = this.#options
    const record = manifest.chain(chain.path)
    const selected = chain.links.filter(link => selection.has(link)).length
    const ids = chain.links.map(link => plan.nodes[link]!.id)
    if (!record || record.versions.length < selected) return false
    if (record.versions.some((version, n) => version.id !== ids[n])) return false
    if (record.versions.length > ids.length) return false
    return record.versions.at(-1)?.digest === (await versionOf(chain, fileStates))
  }

  async #firstVersionIsThere(chain: Chain): Promise<boolean> {
    const { manifest, fileStates } = this.#options
    if (await firstVersion(chain, this.#options)) return true
    return !manifest.chain(chain.path) && fileStates.exists(chain.path)
  }

  /** `from`: earlier nodes are not decided again (a step that is already running its inner scripts). */
  #impose(member: number, decision: Decision, from: number): boolean {
    // A script inside a step runs only together with the step, so the step has to run too.
    const { inside } = this.#options.plan.nodes[member]!
    const index = inside === undefined ? member : this.#indexOf(inside)
    const current = this.#decisions.get(index)
    if (!current || this.#fates.has(index) || index < from) return false
    const rank = { skip: 0, undecided: 1, run: 2 }
    if (rank[current.action] >= rank[decision.action]) return false
    this.#imposed.set(index, decision)
    return true
  }
}

function absentIn(record: ChainRecord | undefined): { readonly absent?: string } {
  return record?.absent === undefined ? {} : { absent: record.absent }
}
