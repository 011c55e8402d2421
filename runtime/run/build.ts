/** A build: walks the plan in order, asks the cache, hands out the work, records the results. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from '../cache/atomic-file.ts'
import type { CachePolicy } from '../cache/decide.ts'
import { dropKept, forgetOrphans, putFirstVersionsBack } from '../cache/first-version.ts'
import { Forecast } from '../cache/forecast.ts'
import { type HashMemo, hashText } from '../cache/hash-memo.ts'
import { KnownImages } from '../cache/known-images.ts'
import { Manifest } from '../cache/manifest.ts'
import type { Decision } from '../cache/reason.ts'
import type { World } from '../cache/world.ts'
import type { Executor } from '../execute/executor.ts'
import type { BuilderRef, Plan, PlanHook } from '../plan/model.ts'
import { cacheFolder, outputFolder } from '../plan/paths.ts'
import type { Relations } from '../plan/relations.ts'
import { StruxError } from '../report/error.ts'
import type { Report } from '../report/events.ts'
import type { StepBodies } from '../steps/body.ts'
import { type NodeRunner, runNode } from './node-run.ts'

export interface BuildOptions {
  readonly root: string
  readonly plan: Plan
  readonly relations: Relations
  readonly selection: ReadonlySet<number>
  readonly policy: CachePolicy
  readonly bodies: StepBodies
  readonly report: Report
  /** What is known about files already, and their remembered hashes. */
  readonly world: World
  readonly memo: HashMemo
  /** What dist/output/{bsp}/.build-info.json says of a complete build. */
  readonly info: { readonly projectVersion: string; readonly struxVersion: string }
}

export interface BuildSurroundings {
  readonly signal: AbortSignal
  /** Called once, when the first node is about to run: engines and images are not needed before. */
  readonly openExecutor: (builders: readonly BuilderRef[]) => Promise<Executor>
  /** Holds a lock on what BSPs share while `work` runs. */
  readonly whileShared: <T>(work: () => Promise<T>) => Promise<T>
}

/** What a dry run and a build both begin with. */
export interface OpenedBuild {
  readonly forecast: Forecast
  readonly manifest: Manifest
  readonly images: KnownImages
  /** Paths that scripts used to change in place, and do not any more. */
  readonly orphans: readonly string[]
}

/** Reads the state of earlier builds. Changes nothing: a dry run does the same. */
export function openBuild({
  root,
  plan,
  relations,
  selection,
  policy,
  bodies,
  report,
  world,
}: BuildOptions): OpenedBuild {
  const manifest = new Manifest(join(root, cacheFolder(plan.bsp), '.build-cache.json'))
  if (manifest.damage) {
    const message = `the record of earlier builds cannot be used and counts as empty: ${manifest.damage}`
    report({ type: 'notice', level: 'warning', message })
  }
  const orphans = forgetOrphans(plan, relations, manifest)
  const images = new KnownImages(root)
  const bodyHash = (step: string) => {
    const body = bodies[step as keyof StepBodies]
    return body && hashText(body.source)
  }
  const builderId = ({ builder }: { builder: BuilderRef }) =>
    builder.kind === 'named' ? images.id(builder.image) : undefined
  const forecast = new Forecast({ plan, relations, selection, manifest, policy, world, bodyHash, builderId })
  return { forecast, manifest, images, orphans }
}

/** The folders below dist/ that scripts can count on. */
export function makeFolders(root: string, bsp: string): void {
  for (const folder of ['dist/artifacts', cacheFolder(bsp), outputFolder(bsp)]) {
    mkdirSync(join(root, folder), { recursive: true })
  }
}

/** Deletes what earlier builds of a BSP left for later ones. The caller holds the BSP's lock. */
export function cleanCache(root: string, bsp: string): void {
  putFirstVersionsBack(root, bsp)
  rmSync(join(root, cacheFolder(bsp)), { recursive: true, force: true })
}

/** Builds what is selected. Resolves with whether anything ran; rejects with the first failure. */
export async function build(options: BuildOptions, surroundings: BuildSurroundings): Promise<boolean> {
  const { plan, root, selection, report, policy, world, memo } = options
  if (policy.clean) {
    requireBodies(options, [...selection])
    cleanCache(root, plan.bsp)
    world.refresh()
  }
  makeFolders(root, plan.bsp)
  const opened = openBuild(options)
  const { forecast, manifest } = opened
  dropKept(root, plan.bsp, opened.orphans)
  const decisions = await forecast.decideAll()
  const expected = [...selection]
    .sort((a, b) => a - b)
    .filter(index => decisions.get(index)!.action !== 'skip')
  requireBodies(options, expected)
  report({ type: 'build_started', bsp: plan.bsp, nodes: selection.size, to_run: expected.length })
  const everything = selection.size === plan.nodes.length
  if (expected.length === 0) {
    for (const index of selection) reportSkip(options, index, decisions.get(index)!)
    memo.save(everything)
    return false
  }
  const executor = await surroundings.openExecutor(buildersOf(plan, expected))
  try {
    await walk(options, surroundings, opened, executor)
    if (everything) writeBuildInfo(options)
  } finally {
    try {
      manifest.save()
      memo.save(everything)
      opened.images.save(learntImages(plan, executor))
    } finally {
      await executor.close()
    }
  }
  return true
}

async function walk(
  options: BuildOptions,
  { signal, whileShared }: BuildSurroundings,
  { forecast, manifest }: OpenedBuild,
  executor: Executor,
): Promise<void> {
  const { root, plan, relations, selection, policy, bodies, report, world } = options
  const takeTurn = async (index: number): Promise<void> => {
    if (!selection.has(index) || forecast.fate(index)) return
    signal.throwIfAborted()
    const decision = await forecast.decideNow(index)
    if (decision.action === 'skip') {
      forecast.settle(index, 'skipped')
      reportSkip(options, index, decision)
      return
    }
    for (const link of missedBefore(index)) await runNode(link, decision, runner)
    const work = runNode(index, decision, runner)
    prepareNext(index)
    await work
  }
  /**
   * A chain restarts at its first link, also where only a later member was found out to be in need of it, such as by an
   * input that was edited while the build was under way. The links that were skipped by then, and with each of these
   * the links of other chains that it is in.
   */
  const missedBefore = (index: number): number[] => {
    const missed = new Set([index])
    for (const member of missed) {
      for (const { links, earlyReaders } of relations.chains) {
        if (!links.includes(member) && !earlyReaders.includes(member)) continue
        if (links.some(link => forecast.fate(link) === 'ran')) continue
        for (const link of links) if (link < index && selection.has(link)) missed.add(link)
      }
    }
    missed.delete(index)
    return [...missed].sort((a, b) => a - b)
  }
  const prepareNext = (after: number): void => {
    const next = plan.nodes.findIndex(
      (node, index) =>
        index > after &&
        selection.has(index) &&
        node.kind === 'script' &&
        forecast.decision(index).action !== 'skip',
    )
    if (next >= 0) executor.prepare(plan.nodes[next]!.builder, plan.nodes[next]!.id)
  }
  const hook = async (name: PlanHook): Promise<void> => {
    for (const [index, node] of plan.nodes.entries()) {
      if (node.kind === 'script' && node.hook === name) await takeTurn(index)
    }
  }
  const runner: NodeRunner = {
    ...{ root, executor, report, signal, plan, relations, forecast, manifest, world, bodies, hook },
    recording: policy.enabled,
    startedChains: new Set(),
  }
  for (const [index, node] of plan.nodes.entries()) {
    if (node.kind === 'step' && node.shared && selection.has(index)) await whileShared(() => takeTurn(index))
    else await takeTurn(index)
  }
}

/** Steps that would run and have no body: said before anything runs. */
function requireBodies({ plan, bodies }: BuildOptions, expected: readonly number[]): void {
  const steps = expected.flatMap(index => {
    const node = plan.nodes[index]!
    return node.kind === 'step' && !bodies[node.step] ? [node.id] : []
  })
  if (steps.length === 0) return
  throw new StruxError(
    `this version cannot run the built-in ${steps.length === 1 ? 'step' : 'steps'} ${steps.join(', ')}`,
    {
      hint: `Select scripts alone with --only, --from and --until${exampleSelection(plan, steps)}; strux plan lists the ids.`,
    },
  )
}

function exampleSelection(plan: Plan, steps: readonly string[]): string {
  const behind = plan.nodes.slice(plan.nodes.findLastIndex(node => steps.includes(node.id)) + 1)
  const first = behind.find(node => node.kind === 'script')
  return first?.kind === 'script' ? `, for example --from ${first.hook}` : ''
}

function reportSkip({ plan, report }: BuildOptions, index: number, decision: Decision): void {
  const node = plan.nodes[index]!
  report({
    type: 'node_finished',
    id: node.id,
    node,
    outcome: 'skipped',
    duration_ms: 0,
    reasons: decision.reasons,
  })
}

function buildersOf(plan: Plan, indices: readonly number[]): BuilderRef[] {
  return [
    ...new Map(indices.map(index => [plan.nodes[index]!.builder.key, plan.nodes[index]!.builder])).values(),
  ]
}

function learntImages(plan: Plan, executor: Executor): Map<string, string> {
  const learnt = new Map<string, string>()
  for (const { builder } of plan.nodes) {
    const id = builder.kind === 'named' ? executor.imageId(builder) : undefined
    if (builder.kind === 'named' && id !== undefined) learnt.set(builder.image, id)
  }
  return learnt
}

/** The original's record of a complete build, which its other tools read. */
function writeBuildInfo({ root, plan, info }: BuildOptions): void {
  const build = { buildMode: 'production', buildTime: new Date().toISOString(), bspName: plan.bsp, ...info }
  writeAtomic(join(root, outputFolder(plan.bsp), '.build-info.json'), `${JSON.stringify(build, null, 2)}\n`)
}
