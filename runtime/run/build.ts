/** A build: reads the state of earlier builds, walks the plan, and saves its own state. */
import { join } from 'node:path'
import { type Leftover, resetLeftovers } from '../chains/leftovers.ts'
import { StruxError } from '../diagnostics/error.ts'
import type { Executor } from '../execute/executor.ts'
import { leftOutHandlers } from '../model/extensions.ts'
import { outputFolder } from '../model/paths.ts'
import type { BuilderRef, Plan } from '../model/plan.ts'
import { writeAtomic } from '../state/atomic-file.ts'
import { type BuildOptions, cleanCache, makeFolders, readBuildState } from './build-state.ts'
import { makeExtensionFolder } from './extension-folder.ts'
import { requireLoopDevices } from './loop-devices.ts'
import { placeCopies } from './splash-logo.ts'
import { type BuildSurroundings, reportSkip, walk } from './walk.ts'

/** Builds the selected nodes. Resolves with whether any node ran; rejects with the first failure. */
export async function build(options: BuildOptions, surroundings: BuildSurroundings): Promise<boolean> {
  const { plan, root, selection, report, policy, fileStates, memo } = options
  if (policy.clean) {
    requireBodies(options, [...selection])
    await cleanCache(root, plan.bsp)
    fileStates.refresh()
  }
  makeFolders(root, plan.bsp)
  makeExtensionFolder(root, plan)
  placeCopies(root, fileStates.copies)
  const opened = await readBuildState(options)
  const { forecast, manifest, kept, leftovers } = opened
  fileStates.lookPast(new Map())
  await resetLeftovers(leftovers, { plan, fileStates, manifest, kept })
  for (const each of leftovers) if (each.reset === 'nothing') report(removal(each))
  const decide = async () => {
    const decisions = await forecast.decideAll()
    const expected = [...selection]
      .sort((a, b) => a - b)
      .filter(index => decisions.get(index)!.action !== 'skip')
    requireBodies(options, expected)
    return { decisions, expected }
  }
  const { decisions, expected } = await decide()
  const leftOut = leftOutHandlers(plan.extensions)
  report({
    type: 'build_started',
    bsp: plan.bsp,
    nodes: selection.size,
    to_run: expected.length,
    ...(leftOut.length > 0 && { left_out: leftOut }),
  })
  const everything = selection.size === plan.nodes.length
  if (expected.length === 0) {
    for (const index of selection) reportSkip(options, index, decisions.get(index)!)
    memo.save(everything)
    return false
  }
  const executor = await surroundings.openExecutor(buildersOf(plan, expected))
  try {
    // A builder image was made again or replaced: nodes that seemed up to date may not be.
    if (learn(options, executor)) await decide()
    for (const index of expected) {
      const node = plan.nodes[index]!
      if (node.kind === 'step' && node.loopDevices)
        await requireLoopDevices(node, plan, executor, surroundings.signal)
    }
    await walk(options, surroundings, opened, executor)
    if (everything) writeBuildInfo(options)
  } finally {
    try {
      manifest.save()
      memo.save(everything)
      learn(options, executor)
    } finally {
      await executor.close()
    }
  }
  return true
}

function removal({ path, of }: Leftover) {
  const makers = of.length > 0 ? of.join(' and ') : 'an earlier build'
  const message = `removed ${path}: ${makers} made it, which the definition no longer has there`
  return { type: 'notice', level: 'info', message } as const
}

/** Fails before anything runs if a step without a body would have to run. */
function requireBodies({ plan, pipeline }: BuildOptions, expected: readonly number[]): void {
  const steps = expected.flatMap(index => {
    const node = plan.nodes[index]!
    return node.kind === 'step' && !pipeline.bodies[node.body] ? [node.id] : []
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

function buildersOf(plan: Plan, indices: readonly number[]): BuilderRef[] {
  return [
    ...new Map(indices.map(index => [plan.nodes[index]!.builder.key, plan.nodes[index]!.builder])).values(),
  ]
}

/** Stores the identities of the builders that the executor has used; returns true if one was unknown or changed. */
function learn({ plan, builders }: BuildOptions, executor: Executor): boolean {
  let news = false
  for (const builder of buildersOf(plan, [...plan.nodes.keys()])) {
    const identity = executor.identity(builder)
    if (identity !== undefined && builders.learn(builder, identity)) news = true
  }
  return news
}

/** The original's record of a complete build, which its other tools read. */
function writeBuildInfo({ root, plan, info }: BuildOptions): void {
  const build = { buildMode: 'production', buildTime: new Date().toISOString(), bspName: plan.bsp, ...info }
  writeAtomic(join(root, outputFolder(plan.bsp), '.build-info.json'), `${JSON.stringify(build, null, 2)}\n`)
}
