/** Random projects of scripts that read and make files, random edits of them, and what a clean build makes of each. */
import fc from 'fast-check'
import type { BspData, ScriptData } from '../../lib/schema.ts'
import { Sh } from '../../lib/sh.ts'
import { hashText } from '../../runtime/cache/hash-memo.ts'
import type { StepNode } from '../../runtime/model/plan.ts'
import { type Behaviour, type BuildSettings, bspWith, SimulatedProject, simulatedBody } from './simulated.ts'

export const HOOKS = [
  'before_build',
  'before_kernel',
  'after_kernel_extract',
  'after_kernel',
  'before_bundle',
  'make_image',
] as const
const INSIDE_KERNEL = HOOKS.indexOf('after_kernel_extract')
export const ARTIFACTS = ['cache/a', 'cache/b', 'cache/d', 'cache/d/x', 'cache/d/y', 'output/e']
/** The folder in which several scripts make files, and one may make all of it. */
const FOLDER = 'cache/d'
const SOURCES = ['./s1', './s2', './s3', './folder', './g*']

export interface Item {
  hook: number
  artifacts: readonly string[]
  dependencies: readonly string[]
  text: string
  /** Left out of the definition for now. */
  absent?: boolean
  /** The number in the script's id; by default its place in the list. */
  key?: number
  /** Gives the script another id. */
  alias?: number
}

export const READABLE = [...ARTIFACTS, ...SOURCES, 'cache/d/*']

export const item = fc.record({
  hook: fc.nat(HOOKS.length - 1),
  artifacts: fc.uniqueArray(fc.constantFrom(...ARTIFACTS), { maxLength: 2 }),
  dependencies: fc.uniqueArray(fc.constantFrom(...READABLE), { maxLength: 3 }),
  text: fc.constantFrom('1', '2'),
})

export type Edit =
  | { readonly kind: 'source'; readonly which: number; readonly text: string }
  | { readonly kind: 'script'; readonly which: number; readonly text: string }
  | { readonly kind: 'lose'; readonly which: number }
  | { readonly kind: 'fail'; readonly which: number }
  | { readonly kind: 'until'; readonly which: number }
  /** A script is taken out of the definition, or put back. */
  | { readonly kind: 'toggle'; readonly which: number }
  /** The records are lost. */
  | { readonly kind: 'forget' }

const text = fc.constantFrom('x', 'y', 'z')
export const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('source' as const), which: fc.nat(3), text }),
  fc.record({ kind: fc.constant('script' as const), which: fc.nat(5), text }),
  fc.record({ kind: fc.constant('lose' as const), which: fc.nat(ARTIFACTS.length - 1) }),
  fc.record({ kind: fc.constant('fail' as const), which: fc.nat(5) }),
  fc.record({ kind: fc.constant('until' as const), which: fc.nat(5) }),
  fc.record({ kind: fc.constant('toggle' as const), which: fc.nat(5) }),
  fc.record({ kind: fc.constant('forget' as const) }),
)

export const SOURCE_FILES = ['bsp/demo/s1', 'bsp/demo/s2', 'bsp/demo/folder/f', 'bsp/demo/g1']
export const placeOf = (declared: string) =>
  declared.startsWith('cache/')
    ? `dist/cache/demo/${declared.slice(6)}`
    : declared.startsWith('output/')
      ? `dist/output/demo/${declared.slice(7)}`
      : `bsp/demo/${declared.slice(2)}`

const baseOf = (path: string) => path.replace(/\/\*$/, '')
const liesIn = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`)
const overlap = (a: string, b: string) => liesIn(a, b) || liesIn(b, a)

/** What a later node makes is not there for an earlier one in a clean build: such reads are left out. */
export function forwardOnly(items: readonly Item[]): Item[] {
  const rank = (n: number) => items[n]!.hook * 100 + n
  return items.map((each, n) => ({
    ...each,
    dependencies: each.dependencies.filter(path => {
      const makers = items.flatMap((other, m) =>
        m !== n && other.artifacts.some(made => overlap(made, baseOf(path))) ? [rank(m)] : [],
      )
      return makers.length === 0 || Math.min(...makers) < rank(n)
    }),
  }))
}

/**
 * Takes an item out or puts it back. What a clean build would not have must not be left to read: an item stays unless
 * another one before it makes each of its artifacts.
 */
export function toggle(items: readonly Item[], n: number): void {
  const rank = (at: number) => items[at]!.hook * 100 + at
  const made = (path: string) =>
    items.some(
      (other, at) =>
        !other.absent && rank(at) < rank(n) && other.artifacts.some(artifact => liesIn(path, artifact)),
    )
  const leavesHoles = items.some((other, at) => {
    const needs = (path: string) =>
      !items.some((each, m) => m !== n && !each.absent && rank(m) < rank(at) && each.artifacts.includes(path))
    return (
      at !== n &&
      !other.absent &&
      rank(at) > rank(n) &&
      items[n]!.artifacts.some(
        path => other.artifacts.some(artifact => overlap(path, artifact)) && needs(path),
      )
    )
  })
  if (items[n]!.absent) items[n]!.absent = false
  else if (idsOf(items).length > 1 && items[n]!.artifacts.every(made) && !leavesHoles) items[n]!.absent = true
}

const idOf = ({ key, alias }: Item, n: number) => (alias ? `n${key ?? n}-${alias}` : `n${key ?? n}`)

/** A script's text decides what it does, as in a real one. */
function textOf(items: readonly Item[], n: number): string {
  const { key = n, text, artifacts, dependencies } = items[n]!
  return JSON.stringify([key, text, artifacts, dependencies, folderMode(items, n)])
}

/** The project's definition, with ids that stay the same, in hook order. */
export function definition(items: readonly Item[]): BspData {
  const scripts = items.flatMap((each, n): ScriptData[] =>
    each.absent
      ? []
      : [
          {
            id: idOf(each, n),
            step: HOOKS[each.hook]!,
            run: new Sh(textOf(items, n)),
            cached_generated_artifacts: [...each.artifacts],
            depends_on: [...each.dependencies],
          },
        ],
  )
  return bspWith(scripts, { boot: { kernel: { custom_kernel: true } } })
}

/**
 * A script that reads what it declares and makes what it declares; half of what it makes ignores what it read. One that
 * makes the whole folder makes it from nothing, adds to it, or, where it reads it, changes each file in it.
 */
export function behaviour(project: SimulatedProject, items: readonly Item[], failing?: number) {
  return (id: string): number => {
    const n = items.findIndex((each, place) => idOf(each, place) === id)
    const { artifacts, dependencies, text, key = n } = items[n]!
    const inputs = dependencies.map(each => readInput(project, each, artifacts))
    if (failing === n) {
      damage(project, artifacts)
      return 3
    }
    // The folder first: making it from nothing must not delete a file that the script made in it.
    const made = [...artifacts.entries()].sort(([, a], [, b]) => Number(b === FOLDER) - Number(a === FOLDER))
    for (const [at, each] of made) {
      const content = hashText([key, at, text, ...inputs].join('|')).slice(0, (key + at) % 2 ? 2 : 12)
      if (each !== FOLDER) project.write(placeOf(each), `${content} ${key}`)
      else makeFolder(project, key, content, folderMode(items, n))
    }
    return 0
  }
}

export function damage(project: SimulatedProject, artifacts: readonly string[]): void {
  for (const each of artifacts) project.write(placeOf(each === FOLDER ? `${FOLDER}/x` : each), 'damaged')
}

type FolderMode = 'in place' | 'from nothing' | 'added to'

/** None makes the folder from nothing where that would delete what another one made before it. */
function folderMode(items: readonly Item[], n: number): FolderMode {
  const { hook, dependencies, key = n } = items[n]!
  if (dependencies.includes(FOLDER)) return 'in place'
  const before = items.some(
    (other, m) =>
      m !== n &&
      !other.absent &&
      other.hook * 100 + m < hook * 100 + n &&
      other.artifacts.some(path => path !== FOLDER && liesIn(path, FOLDER)),
  )
  return key % 2 === 0 && !before ? 'from nothing' : 'added to'
}

function makeFolder(project: SimulatedProject, key: number, content: string, mode: FolderMode): void {
  const folder = placeOf(FOLDER)
  if (mode === 'in place') {
    for (const name of project.list(folder))
      project.write(`${folder}/${name}`, `${project.read(`${folder}/${name}`)}+${content}`)
  } else if (mode === 'from nothing') project.remove(folder)
  project.write(`${folder}/by${key}`, content)
  project.write(`${folder}/x`, `${content} ${key}`)
}

function readInput(project: SimulatedProject, declared: string, artifacts: readonly string[]): string {
  const read = (path: string) => project.read(path) ?? '-'
  if (declared === './folder') return read('bsp/demo/folder/f')
  if (declared === './g*') return read('bsp/demo/g1')
  if (baseOf(declared) !== FOLDER) return read(placeOf(declared))
  const own = (name: string) => artifacts.some(each => liesIn(`${FOLDER}/${name}`, each))
  if (declared !== FOLDER && artifacts.includes(FOLDER)) return folderText(project, () => false)
  return folderText(project, artifacts.includes(FOLDER) ? () => false : own)
}

function folderText(project: SimulatedProject, without: (name: string) => boolean): string {
  const folder = placeOf(FOLDER)
  return project
    .list(folder)
    .filter(name => !without(name))
    .map(name => `${name}=${project.read(`${folder}/${name}`)}`)
    .join()
}

export function setUp(project: SimulatedProject, sources: readonly string[]): void {
  for (const [n, file] of SOURCE_FILES.entries()) project.write(file, sources[n]!)
}

export function products(project: SimulatedProject): Record<string, string | undefined> {
  const files = ARTIFACTS.filter(each => each !== FOLDER).map(each => [each, project.read(placeOf(each))])
  return { ...Object.fromEntries(files), [FOLDER]: folderText(project, () => false) }
}

/** What the scripts of the definition declare; other products may stay from earlier builds. */
export function declaredProducts(project: SimulatedProject, items: readonly Item[]) {
  const isDeclared = (path: string) =>
    items.some(({ absent, artifacts }) => !absent && artifacts.some(made => liesIn(path, made)))
  return Object.fromEntries(Object.entries(products(project)).filter(([path]) => isDeclared(path)))
}

export async function cleanProducts(items: readonly Item[], sources: readonly string[]) {
  const project = new SimulatedProject()
  try {
    setUp(project, sources)
    const { ok, error } = await project.build(buildOf(project, items))
    if (!ok) throw error
    return declaredProducts(project, items)
  } finally {
    project.dispose()
  }
}

/** Of the scripts that the definition has now. */
export function idsOf(items: readonly Item[]): string[] {
  return items.flatMap((each, n) => (each.absent ? [] : [idOf(each, n)]))
}

/** A build of all scripts, and of the kernel step where scripts work inside it. */
export function buildOf(
  project: SimulatedProject,
  items: readonly Item[],
  behave: Behaviour = behaviour(project, items),
): BuildSettings {
  const extract = ({ artifacts }: StepNode) => {
    for (const { path } of artifacts) {
      project.remove(path)
      project.write(`${path}/made`, 'kernel')
    }
  }
  const kernel = simulatedBody('kernel', extract, 'extracted')
  return { bsp: definition(items), behave, bodies: { kernel }, selection: { only: idsOf(items) } }
}

/** What works inside the kernel step runs with it alone: what it made and somebody deleted is not made again before. */
export function madeInsideKernel(items: readonly Item[], artifact: string): boolean {
  return items.some(
    each => each.hook === INSIDE_KERNEL && each.artifacts.some(path => overlap(path, artifact)),
  )
}
