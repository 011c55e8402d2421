/**
 * Random projects, random edits: what a dry run decides the build does, and what an incremental build leaves is what a
 * clean build would have made.
 */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ScriptData } from '../../../lib/schema.ts'
import { Sh } from '../../../lib/sh.ts'
import { hashText } from '../../../runtime/cache/hash-memo.ts'
import { bspWith, SimulatedProject } from '../../support/simulated.ts'

const HOOKS = ['before_build', 'after_cage', 'before_bundle', 'make_image', 'after_build'] as const
const ARTIFACTS = ['cache/a', 'cache/b', 'cache/c', 'cache/d/x', 'output/e']
const SOURCES = ['./s1', './s2', './s3', './folder', './g*']

interface Item {
  readonly hook: number
  readonly artifacts: readonly string[]
  readonly dependencies: readonly string[]
  text: string
}

const item = fc.record({
  hook: fc.nat(HOOKS.length - 1),
  artifacts: fc.uniqueArray(fc.constantFrom(...ARTIFACTS), { maxLength: 2 }),
  dependencies: fc.uniqueArray(fc.constantFrom(...ARTIFACTS, ...SOURCES, 'cache/d'), { maxLength: 3 }),
  text: fc.constantFrom('1', '2'),
})

type Edit =
  | { readonly kind: 'source'; readonly which: number; readonly text: string }
  | { readonly kind: 'script'; readonly which: number; readonly text: string }
  | { readonly kind: 'lose'; readonly which: number }
  | { readonly kind: 'fail'; readonly which: number }
  | { readonly kind: 'until'; readonly which: number }

const text = fc.constantFrom('x', 'y', 'z')
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('source' as const), which: fc.nat(3), text }),
  fc.record({ kind: fc.constant('script' as const), which: fc.nat(5), text }),
  fc.record({ kind: fc.constant('lose' as const), which: fc.nat(ARTIFACTS.length - 1) }),
  fc.record({ kind: fc.constant('fail' as const), which: fc.nat(5) }),
  fc.record({ kind: fc.constant('until' as const), which: fc.nat(5) }),
)

const SOURCE_FILES = ['bsp/demo/s1', 'bsp/demo/s2', 'bsp/demo/folder/f', 'bsp/demo/g1']
const placeOf = (declared: string) =>
  declared.startsWith('cache/')
    ? `dist/cache/demo/${declared.slice(6)}`
    : declared.startsWith('output/')
      ? `dist/output/demo/${declared.slice(7)}`
      : `bsp/demo/${declared.slice(2)}`

/** What a later node makes is not there for an earlier one in a clean build: such reads are left out. */
function forwardOnly(items: readonly Item[]): Item[] {
  const rank = (n: number) => items[n]!.hook * 100 + n
  return items.map((each, n) => ({
    ...each,
    dependencies: each.dependencies.filter(path => {
      const makers = items.flatMap((other, m) =>
        other.artifacts.some(made => made === path || made.startsWith(`${path}/`)) ? [rank(m)] : [],
      )
      // A folder shows the last version of what is changed in place in it, whoever reads it.
      if (path === 'cache/d' && makers.length > 1) return false
      return makers.length === 0 || Math.min(...makers) <= rank(n)
    }),
  }))
}

/** The project's definition, with ids that stay the same, in hook order. */
function definition(items: readonly Item[]) {
  const scripts = items.map(
    (each, n): ScriptData => ({
      id: `n${n}`,
      step: HOOKS[each.hook]!,
      run: new Sh(each.text),
      cached_generated_artifacts: [...each.artifacts],
      depends_on: [...each.dependencies],
    }),
  )
  return bspWith(scripts)
}

/** A script that reads what it declares and makes what it declares; half of what it makes ignores what it read. */
function behaviour(project: SimulatedProject, items: readonly Item[], failing?: number) {
  return (id: string): number => {
    const n = Number(id.slice(1))
    const { artifacts, dependencies, text } = items[n]!
    const read = (path: string) => project.read(path) ?? '-'
    const inputs = dependencies.map(each => {
      if (each === './folder') return read('bsp/demo/folder/f')
      if (each === './g*') return read('bsp/demo/g1')
      if (each === 'cache/d') return artifacts.includes('cache/d/x') ? '' : read('dist/cache/demo/d/x')
      return read(placeOf(each))
    })
    if (failing === n) {
      for (const each of artifacts) project.write(placeOf(each), 'damaged')
      return 3
    }
    for (const [at, each] of artifacts.entries()) {
      const content = hashText([n, at, text, ...inputs].join('|')).slice(0, (n + at) % 2 ? 2 : 12)
      project.write(placeOf(each), `${content} ${n}`)
    }
    return 0
  }
}

function setUp(project: SimulatedProject, sources: readonly string[]): void {
  for (const [n, file] of SOURCE_FILES.entries()) project.write(file, sources[n]!)
}

function products(project: SimulatedProject): Record<string, string | undefined> {
  return Object.fromEntries(ARTIFACTS.map(each => [each, project.read(placeOf(each))]))
}

async function cleanProducts(items: readonly Item[], sources: readonly string[]) {
  const project = new SimulatedProject()
  try {
    setUp(project, sources)
    await project.build({ bsp: definition(items), behave: behaviour(project, items) })
    return products(project)
  } finally {
    project.dispose()
  }
}

test('a dry run foretells the build, and an incremental build makes what a clean one makes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { minLength: 1, maxLength: 6 }),
      fc.array(fc.array(edit, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 4 }),
      async (generated, rounds) => {
        const items = forwardOnly(generated)
        const sources = SOURCE_FILES.map(() => 'start')
        const project = new SimulatedProject()
        try {
          setUp(project, sources)
          await project.build({ bsp: definition(items), behave: behaviour(project, items) })
          for (const edits of rounds) {
            let failing: number | undefined
            let until: string | undefined
            for (const each of edits) {
              if (each.kind === 'source') {
                sources[each.which] = each.text
                project.write(SOURCE_FILES[each.which]!, each.text)
              } else if (each.kind === 'script') items[each.which % items.length]!.text = each.text
              else if (each.kind === 'lose') project.remove(placeOf(ARTIFACTS[each.which]!))
              else if (each.kind === 'fail') failing = each.which % items.length
              else until = `n${each.which % items.length}`
            }
            const bsp = definition(items)
            const selection = until === undefined ? undefined : { until }
            const part = {
              bsp,
              ...(selection ? { selection: { ...selection, only: items.map((_, n) => `n${n}`) } } : {}),
            }
            const foretold = await project.dryRun(part)
            const { outcomes } = await project.build({ ...part, behave: behaviour(project, items, failing) })
            for (const [id, outcome] of outcomes) {
              const { action, reasons } = foretold.get(id)!
              const told = `${id}: foretold ${action} (${reasons.map(each => each.code)}), ${outcome}`
              if (action === 'run') assert.is.not(outcome, 'skipped', told)
              if (action === 'skip') assert.is(outcome, 'skipped', told)
            }
          }
          const last = await project.build({ bsp: definition(items), behave: behaviour(project, items) })
          assert.ok(last.ok, (last.error as Error)?.stack)
          assert.equal(products(project), await cleanProducts(items, sources))
          const idle = await project.build({ bsp: definition(items), behave: behaviour(project, items) })
          assert.equal(products(project), await cleanProducts(items, sources), 'and once more')
          // Whatever declares artifacts and finds its inputs has nothing left to do.
          for (const [n, each] of items.entries()) {
            const settled = items.every(
              other =>
                other.artifacts.length > 0 &&
                other.dependencies.every(path => path.startsWith('./') && path !== './s3'),
            )
            if (settled && each.artifacts.length > 0) assert.is(idle.outcomes.get(`n${n}`), 'skipped')
          }
        } finally {
          project.dispose()
        }
      },
    ),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 150), includeErrorInReport: true },
  )
})

test.run()
