/**
 * Which phases of a package run, and what they leave behind: random sequences of changes, failures and builds, with the
 * step's bash alone, in one container.
 */
import { execFileSync } from 'node:child_process'
import { renameSync } from 'node:fs'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PACKAGE_HOOKS, PACKAGE_PHASES, type PackagePhase, phasesOf } from '../../../lib/hooks/package.ts'
import type { PackageData } from '../../../lib/schema/package.ts'
import { conditionsOf } from '../../../lib/schema/package-rules.ts'
import type { PackageVariant } from '../../../runtime/model/packages.ts'
import { recipeOf } from '../../../runtime/steps/package/recipe.ts'
import { sourceOf } from '../../../runtime/steps/package/source.ts'
import { HandlerSession } from '../../support/handler-session.ts'
import { LED, packageScript, packageVariables } from '../../support/package-step.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('phases of source packages')
/** STRUX_PROPERTY_RUNS=100 searches longer. */
const RUNS = Number(process.env.STRUX_PROPERTY_RUNS ?? 20)

const project = new TempProject()
const session = new HandlerSession(project, ['cross'])
test.after(async () => {
  await session.close()
  await project.dispose()
})

/** Everything that a package is made from; numbers stand for contents. */
interface World {
  readonly variant: 'host' | 'target'
  readonly method: 'local' | 'file'
  readonly source: number
  readonly patch: number
  readonly dependency: number
  readonly recipes: Readonly<Partial<Record<PackagePhase, number>>>
  readonly install_staging: boolean
  readonly install_target: boolean
  readonly install_images: boolean
}

type Change = Partial<World>

function changed(world: World, changes: readonly Change[]): World {
  const recipes = Object.assign({}, world.recipes, ...changes.map(change => change.recipes))
  return Object.assign({}, world, ...changes, { recipes })
}

interface Build {
  readonly changes: readonly Change[]
  /** The phase that fails in its middle, if it comes to that: its script is wrong, or something that it meets. */
  readonly fails?: { readonly phase: PackagePhase; readonly because: 'recipe' | 'surroundings' } | undefined
}

const FIRST: Omit<World, 'variant' | 'method'> = {
  ...{ source: 0, patch: 0, dependency: 0, recipes: {} },
  ...{ install_staging: true, install_target: true, install_images: true },
}

const number = fc.integer({ min: 0, max: 2 })
const method = fc.constantFrom('local', 'file')
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.constantFrom(...PACKAGE_PHASES), number).map(([phase, to]) => ({ recipes: { [phase]: to } })),
  fc.tuple(fc.constantFrom('source', 'patch', 'dependency'), number).map(([key, to]) => ({ [key]: to })),
  fc
    .tuple(fc.constantFrom('install_staging', 'install_target', 'install_images'), fc.boolean())
    .map(([key, to]) => ({ [key]: to })),
  fc.record({ method }),
)
const builds: fc.Arbitrary<Build[]> = fc.array(
  fc.record({
    changes: fc.array(change, { maxLength: 2 }),
    fails: fc.option(
      fc.record({
        phase: fc.constantFrom(...PACKAGE_PHASES),
        because: fc.constantFrom('recipe', 'surroundings'),
      }),
      { nil: undefined },
    ),
  }),
  { minLength: 2, maxLength: 5 },
)
const start = fc.record({
  variant: fc.constantFrom('target', 'target', 'host'),
  method,
})

/** Half of the work of a phase, and the other half. A phase must never find its own finished work. */
const WORK: Readonly<Partial<Record<PackagePhase, readonly [half: string, rest: string]>>> = {
  configure: [
    'test ! -e configured; cat main.c >half',
    'cat "$SEEN/include/led.h" >>half; mv half configured',
  ],
  build: ['test ! -e built; cat configured >part', 'echo $RECIPE >>part; mv part built'],
  install: ['touch "$HOST_DIR/bin/led-$RECIPE"', 'cp built "$HOST_DIR/bin/led"'],
  install_staging: ['touch "$STAGING_DIR/usr/lib/led-$RECIPE"', 'cp built "$STAGING_DIR/usr/lib/led"'],
  install_target: ['touch "$TARGET_DIR/etc/led-$RECIPE"', 'cp built "$TARGET_DIR/etc/led"'],
  install_images: ['touch "$BINARIES_DIR/led-$RECIPE"', 'cp built "$BINARIES_DIR/led"'],
}

/** The definition of the package in this world. */
function packageOf(world: World, fails: Build['fails']): PackageVariant {
  const { variant, method, install_staging, install_target, install_images } = world
  const stop = (phase: PackagePhase) =>
    fails?.phase === phase && fails.because === 'recipe'
      ? 'exit 3'
      : `if [ -e "$PROJECT_FOLDER/wrong-${phase}" ]; then exit 3; fi`
  const text = (phase: PackagePhase, ...lines: readonly string[]) => ({
    text: [
      `RECIPE=${world.recipes[phase] ?? 0}`,
      `SEEN=${variant === 'host' ? '$HOST_DIR' : '$STAGING_DIR/usr'}`,
      ...lines,
    ].join('\n'),
  })
  const log = (hook: string) => `echo ${hook} >>"$PROJECT_FOLDER/log"`
  const own = {
    hooks: Object.fromEntries(
      PACKAGE_HOOKS.filter(({ phase }) => phase !== 'target_finalize').map(({ name, phase: given }) => {
        const phase = given as PackagePhase
        const stops = name.startsWith('post') && !WORK[phase] ? [stop(phase)] : []
        return [name, text(phase, ...stops, log(name))]
      }),
    ),
    commands: Object.fromEntries(
      Object.entries(WORK).map(([phase, [half, rest]]) => [
        phase,
        text(phase as PackagePhase, half, stop(phase as PackagePhase), rest),
      ]),
    ),
  } as unknown as Pick<PackageData, 'hooks' | 'commands'>
  const data: PackageData = {
    ...{ name: 'led', version: '1', site: './led', site_method: method, source: 'led.tar' },
    ...(method === 'file' && { patches: ['./led.patch'] }),
    ...(variant === 'host' ? { host: own, target: false } : own),
    ...{ install_staging, install_target, install_images },
  }
  const id = variant === 'host' ? 'host-led' : 'led'
  return {
    id,
    variant,
    package: { data, folder: 'packages' },
    needs: ['lamp'],
    debian: [],
  } as unknown as PackageVariant
}

/** Puts the world into a folder. */
function realise(folder: string, { source, patch, dependency, variant }: World, fails: Build['fails']): void {
  const write = (path: string, text: string) => project.write(`${folder}/${path}`, text)
  project.remove(`${folder}/packages`)
  write('packages/led/main.c', `source ${source}\n\n`)
  write(`packages/led/only-${source}`, '')
  const tarball = project.at(`${folder}/led.tar`)
  execFileSync('tar', ['-cf', tarball, '--mtime=@0', '-C', project.at(`${folder}/packages`), 'led'])
  renameSync(tarball, project.at(`${folder}/packages/led/led.tar`))
  write(
    'packages/led.patch',
    `--- a/main.c\n+++ b/main.c\n@@ -1,2 +1,3 @@\n source ${source}\n+patch ${patch}\n \n`,
  )
  const lamp = 'cache/packages/per-package/lamp'
  const header = variant === 'host' ? 'host/include/led.h' : 'staging/usr/include/led.h'
  write(`${lamp}/${header}`, `lamp ${dependency}\n`)
  write(`${lamp}/digest`, `${dependency}\n`)
  for (const phase of PACKAGE_PHASES) project.remove(`${folder}/wrong-${phase}`)
  if (fails?.because === 'surroundings') write(`wrong-${fails.phase}`, '')
}

interface Result {
  readonly code: number
  readonly stderr: string
  /** The hooks that ran, in order. */
  readonly ran: readonly string[]
  /** Of everything that the package made, after success. */
  readonly digest: string
}

async function build(folder: string, world: World, fails?: Build['fails']): Promise<Result> {
  realise(folder, world, fails)
  const variant = packageOf(world, fails)
  const { data } = variant.package
  const order = phasesOf(conditionsOf(data, world.variant))
  const config = {
    ...{ ...LED, id: variant.id, variant: world.variant, source: sourceOf(data, 'packages') },
    ...{ needs: [{ id: 'lamp', variant: world.variant }], order },
    ...(data.patches && { patches: ['packages/led.patch'] }),
    phases: Object.fromEntries(order.map(phase => [phase, recipeOf(variant, phase)])),
  }
  const commands = ['begin_package', ...order.map(each => `run_phase ${each}`), 'finish_package']
  project.remove(`${folder}/log`)
  const script = packageScript(commands.join('\n'))
  const { code, stderr } = await session.bash(script, packageVariables(`/project/${folder}`, config))
  const read = (path: string) => (project.has(`${folder}/${path}`) ? project.read(`${folder}/${path}`) : '')
  const ran = read('log')
    .split('\n')
    .filter(line => line !== '')
  return { code, stderr, ran, digest: read(`cache/packages/per-package/${variant.id}/digest`) }
}

/** What the documentation says about the phases that run. */
class Expectation {
  /** What each finished phase was made from, with everything before it. */
  readonly #finished = new Map<PackagePhase, string>()

  /** The hooks that run in this build. */
  next(world: World, fails: Build['fails']): string[] {
    const { data } = packageOf(world, fails).package
    const order = phasesOf(conditionsOf(data, world.variant))
    for (const phase of [...this.#finished.keys()]) if (!order.includes(phase)) this.#finished.delete(phase)
    const keys = order.map((_, index) =>
      order
        .slice(0, index + 1)
        .map(each => madeFrom(each, world, fails))
        .join('\n'),
    )
    let first = order.findIndex((phase, index) => this.#finished.get(phase) !== keys[index])
    const tree = order.findIndex(phase => phase === 'extract' || phase === 'rsync')
    const phase = order[first]
    // In these cases the build folder is made anew.
    if (
      phase === undefined ||
      phase === 'patch' ||
      (['configure', 'build'].includes(phase) && this.#finished.has(phase))
    )
      first = tree
    const ran: string[] = []
    for (const phase of order.slice(first)) this.#finished.delete(phase)
    for (const [index, phase] of order.entries()) {
      if (index < first) continue
      ran.push(`pre_${phase}`)
      if (fails?.phase === phase) break
      ran.push(`post_${phase}`)
      this.#finished.set(phase, keys[index]!)
    }
    return ran
  }
}

function madeFrom(phase: PackagePhase, world: World, fails: Build['fails']): string {
  const { method, source, patch, dependency } = world
  const contents: Partial<Record<PackagePhase, readonly unknown[]>> = {
    download: [method, source],
    rsync: [method, source],
    // The text of the patch has lines of the source.
    patch: [source, patch],
    configure: [dependency],
  }
  const recipe = fails?.phase === phase && fails.because === 'recipe' ? 'wrong' : world.recipes[phase]
  return JSON.stringify([phase, recipe ?? 0, ...(contents[phase] ?? [])])
}

let folders = 0
/** A folder of its own, relative to the project. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = `run-${folders++}`
  try {
    return await work(folder)
  } finally {
    project.remove(folder)
  }
}

const clean = new Map<string, Promise<string>>()
/** The digest of a package that is built for the first time. */
function cleanDigest(world: World): Promise<string> {
  const key = JSON.stringify(world)
  if (!clean.has(key))
    clean.set(
      key,
      inFolder(async folder => (await build(folder, world)).digest),
    )
  return clean.get(key)!
}

test('phases run from the first that changed or was not finished; the result is that of a clean build', async () => {
  await fc.assert(
    fc.asyncProperty(start, builds, async (first, sequence) => {
      await inFolder(async folder => {
        const expectation = new Expectation()
        let world: World = { ...FIRST, ...first }
        for (const { changes, fails } of [...sequence, { changes: [], fails: undefined }]) {
          world = changed(world, changes)
          const { code, ran, digest, stderr } = await build(folder, world, fails)
          const expected = expectation.next(world, fails)
          assert.equal(ran, expected, stderr)
          assert.is(code !== 0, fails !== undefined && expected.at(-1) === `pre_${fails.phase}`, stderr)
          if (code === 0)
            assert.is(digest, await cleanDigest(world), 'other results than those of a clean build')
        }
      })
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  )
})

test.run()
