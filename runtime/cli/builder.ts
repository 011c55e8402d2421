/** `strux builder`: the builder images. */
import type { Command } from 'commander'
import { connectEngine } from '../execute/engine/engine.ts'
import { hostTrust } from '../execute/engine/host-trust.ts'
import { builderStatus, ensureBuilder, pruneBuilders } from '../execute/images/builder-image.ts'
import { builderName } from '../execute/images/builder-name.ts'
import { loadProject } from '../load/project.ts'
import type { BuilderRef } from '../model/plan.ts'
import { knownBuilders } from '../run/executors.ts'
import { stateFolder } from '../state/state-folder.ts'
import { BUILT_IN_BODIES } from '../steps/bodies.ts'
import { cancellation } from './cancel.ts'
import type { GlobalOptions } from './options.ts'
import { colorsFor, printJson, printLine } from './terminal.ts'
import { openWorkspace, projectRoot } from './workspace.ts'

interface BuilderFlags extends GlobalOptions {
  readonly json?: boolean
}

export function builderCommands(program: Command): void {
  const builder = program
    .command('builder')
    .description('manage builder images: the containers of steps and scripts, made from Debian packages')
    .exitOverride()
  builder
    .command('status')
    .argument('[bsp]', "the BSP (default: the project's)")
    .description('list the images that a BSP needs, and whether they exist')
    .option('--json', 'print JSON')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      status(bsp, self.optsWithGlobals<BuilderFlags>()),
    )
    .exitOverride()
  builder
    .command('build')
    .argument('[bsp]', "the BSP (default: the project's)")
    .description('make the missing images of a BSP')
    .action((bsp: string | undefined, _: unknown, self: Command) =>
      make(bsp, self.optsWithGlobals<BuilderFlags>()),
    )
    .exitOverride()
  builder
    .command('prune')
    .description('remove builder images that no BSP of this project needs')
    .option('--json', 'print JSON')
    .action((_: unknown, self: Command) => prune(self.optsWithGlobals<BuilderFlags>()))
    .exitOverride()
}

async function status(bsp: string | undefined, flags: BuilderFlags): Promise<void> {
  const builders = await buildersOf(flags.project, bsp)
  const engine = await connectEngine()
  const images = await Promise.all(
    builders.map(async ({ builder, nodes }) => ({ ...(await builderStatus(engine, builder)), nodes })),
  )
  if (flags.json) return printJson({ images })
  const colors = colorsFor(process.stdout)
  for (const { image, id, missing, nodes } of images) {
    const state = id ? colors.green('there') : colors.yellow(`to be made: ${missing.join(', ')}`)
    printLine(`${image}  ${state}  ${colors.dim(`for ${nodes.join(', ')}`)}`)
  }
}

async function make(bsp: string | undefined, flags: BuilderFlags): Promise<void> {
  const { root, project } = await openWorkspace(flags.project, bsp)
  const builders = await buildersOf(flags.project, bsp)
  const engine = await connectEngine()
  const mirror = project.config.builder?.mirror
  const signal = cancellation()
  const notice = (message: string) => process.stderr.write(`${message}\n`)
  const known = knownBuilders()
  const trust = hostTrust(process.env, stateFolder(root))
  for (const { builder } of builders) {
    const image = await ensureBuilder(engine, builder, {
      notice,
      signal,
      trust,
      ...(mirror === undefined ? {} : { mirror }),
    })
    known.learn(builder, image.identity)
    printLine(builderName(builder))
  }
}

async function prune(flags: BuilderFlags): Promise<void> {
  const project = await loadProject(projectRoot(flags.project))
  const keep = new Set<string>()
  for (const { name } of project.bsps) {
    for (const { builder } of await buildersOf(flags.project, name)) keep.add(builder.key)
  }
  const removed = await pruneBuilders(await connectEngine(), [...keep])
  if (flags.json) return printJson({ removed })
  for (const image of removed) printLine(`removed ${image}`)
  if (removed.length === 0) printLine('nothing to remove')
}

interface Wanted {
  readonly builder: BuilderRef
  /** The ids of the scripts and steps that use this builder. */
  readonly nodes: string[]
}

/** The distinct builders of a BSP's scripts and steps. */
async function buildersOf(folder: string | undefined, bsp: string | undefined): Promise<Wanted[]> {
  const { plan } = await openWorkspace(folder, bsp)
  const found = new Map<string, Wanted>()
  for (const node of plan.nodes) {
    // A step that cannot run needs no image.
    if (node.kind === 'step' && !BUILT_IN_BODIES[node.step]) continue
    const entry = found.get(node.builder.key) ?? { builder: node.builder, nodes: [] }
    entry.nodes.push(node.id)
    found.set(node.builder.key, entry)
  }
  return [...found.values()]
}
