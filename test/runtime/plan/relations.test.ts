import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findChains } from '../../../runtime/chains/find.ts'
import { globBase, overlaps, pathRef } from '../../../runtime/model/paths.ts'
import type { PlanNode } from '../../../runtime/model/plan.ts'
import { changedPaths, relationsOf } from '../../../runtime/plan/relations.ts'
import { bspWith, planFor, script } from '../../support/simulated.ts'

interface Paths {
  readonly makes?: readonly string[]
  readonly reads?: readonly string[]
}

/** Nodes of which only the paths count. */
function nodes(list: readonly Paths[]): PlanNode[] {
  return list.map(
    ({ makes = [], reads = [] }, index) =>
      ({
        kind: 'script',
        id: `n${index}`,
        hook: 'make_image',
        artifacts: makes.map(path => pathRef(path, path, false)),
        dependencies: reads.map(path => pathRef(path, path)),
        rewrites: [],
      }) as unknown as PlanNode,
  )
}

/** As a plan of these nodes alone has them. */
const related = (list: readonly PlanNode[]) =>
  relationsOf({ nodes: list, chains: findChains(list, changedPaths(list)) })

const makers = (list: readonly Paths[], path: string, reader = list.length) =>
  [...related(nodes(list)).makersOf(pathRef(path, path), reader)].sort()

test('a path is made by whoever makes it, what it lies in, or what lies in it', () => {
  const list = [
    { makes: ['dist/a'] },
    { makes: ['dist/a/b'] },
    { makes: ['dist/a/b/c'] },
    { makes: ['dist/ab'] },
  ]
  assert.equal(makers(list, 'dist/a/b'), [0, 1, 2])
  assert.equal(makers(list, 'dist/a/x'), [0])
  assert.equal(makers(list, 'dist'), [0, 1, 2, 3])
  assert.equal(makers(list, '.'), [0, 1, 2, 3])
  assert.equal(makers(list, 'dist/x'), [])
})

test('only nodes before the reader are its makers', () => {
  const list = [{ makes: ['dist/a'] }, {}, { makes: ['dist/a'] }]
  assert.equal(makers(list, 'dist/a', 1), [0])
  assert.equal(makers(list, 'dist/a', 0), [])
})

test('a glob is made by whoever makes something where the search begins', () => {
  assert.equal(makers([{ makes: ['dist/k/a.dtb'] }, { makes: ['dist/x'] }], 'dist/k/*.dtb'), [0])
})

test('earlier makers of its own are those of the same path, around it or in it', () => {
  const relations = related(
    nodes([{ makes: ['dist/d'] }, { makes: ['dist/x'] }, { makes: ['dist/d/a'] }, { makes: ['dist/d'] }]),
  )
  assert.equal([...relations.earlierMakersOfOwn(2)], [0])
  assert.equal([...relations.earlierMakersOfOwn(3)].sort(), [0, 2])
  assert.equal([...relations.earlierMakersOfOwn(0)], [])
})

test('whether anything makes a path does not depend on the place', () => {
  const relations = related(nodes([{ reads: ['dist/a'] }, { makes: ['dist/a'] }]))
  assert.ok(relations.isMade(pathRef('', 'dist/a', false)))
  assert.not(relations.isMade(pathRef('', 'dist/b', false)))
})

const part = fc.constantFrom('a', 'b', 'ab')
const somePath = fc.oneof(
  fc.array(part, { minLength: 1, maxLength: 3 }).map(parts => `dist/${parts.join('/')}`),
  fc.constantFrom('.', 'dist', 'dist/a/*', 'dist/*'),
)
const someNode = fc.record({
  makes: fc.array(somePath, { maxLength: 3 }),
  reads: fc.array(somePath, { maxLength: 3 }),
})

test('makers are found as a comparison of every pair finds them', () => {
  fc.assert(
    fc.property(fc.array(someNode, { maxLength: 8 }), somePath, fc.nat(8), (list, path, reader) => {
      const relations = related(nodes(list))
      const ref = pathRef(path, path)
      const wanted = ref.glob ? globBase(path) : path
      const naive = (of: string, before: number) =>
        list.flatMap(({ makes }, n) => (n < before && makes.some(made => overlaps(made, of)) ? [n] : []))
      assert.equal([...new Set(relations.makersOf(ref, reader))].sort(), naive(wanted, reader))
      assert.is(relations.isMade(ref), naive(wanted, list.length).length > 0)
      list.forEach(({ makes }, n) => {
        const own = [...new Set(makes.flatMap(made => naive(made, n)))].sort()
        assert.equal([...relations.earlierMakersOfOwn(n)].sort(), own)
      })
    }),
  )
})

const chains = (list: readonly Paths[]) => related(nodes(list)).chains

test('one that writes and one that reads is no chain', () => {
  assert.equal(chains([{ makes: ['dist/a'] }, { reads: ['dist/a'] }]), [])
})

test('whoever reads and makes a path is a link behind its writer', () => {
  const found = chains([
    { makes: ['dist/a'] },
    { reads: ['dist/a'] },
    { reads: ['dist/a'], makes: ['dist/a'] },
    { reads: ['dist/a'] },
    { makes: ['dist/a'] },
    { reads: ['dist/a'] },
  ])
  assert.equal(found, [{ path: 'dist/a', writers: [0], links: [2, 4], earlyReaders: [1, 3] }])
})

test('a path that the first one to make it also reads comes from elsewhere', () => {
  assert.equal(chains([{ reads: ['dist/a'] }, { reads: ['dist/a'], makes: ['dist/a'] }]), [
    { path: 'dist/a', writers: [], links: [1], earlyReaders: [0] },
  ])
})

test('one who reads before the first maker sees what was there before, so all makers are links', () => {
  assert.equal(chains([{ reads: ['dist/a'] }, { makes: ['dist/a'] }, { makes: ['dist/a'] }]), [
    { path: 'dist/a', writers: [], links: [1, 2], earlyReaders: [0] },
  ])
})

test('members know their chain', () => {
  const relations = related(
    nodes([{ makes: ['dist/a'] }, { reads: ['dist/a'] }, { makes: ['dist/a'] }, { reads: ['dist/a'] }]),
  )
  assert.equal(
    [0, 1, 2, 3].map(n => relations.chainsSeen(n, pathRef('', 'dist/a', false)).map(({ path }) => path)),
    [[], ['dist/a'], ['dist/a'], []],
  )
  assert.equal(relations.chainsSeen(2, pathRef('', 'dist/b', false)), [])
})

test("what is put back to a first version is never an author's own, nor holds the records", () => {
  for (const path of ['.', 'bsp/demo/x', 'dist', 'dist/cache', 'dist/cache/demo', 'distant/x'])
    assert.equal(chains([{ reads: [path], makes: [path] }]), [], path)
  for (const path of ['dist/x', 'dist/cache/demo/x', 'dist/output/demo'])
    assert.equal(chains([{ reads: [path], makes: [path] }]).length, 1, path)
})

test('scripts of the project are links of the root filesystem although they do not say so', () => {
  const plan = planFor(
    bspWith([
      script('before_bundle', {
        depends_on: ['cache/rootfs-post.tar.gz'],
        cached_generated_artifacts: ['cache/rootfs-post.tar.gz'],
      }),
    ]),
    { name: 'demo', project_version: '1', bsp: 'demo', scripts: [{ location: './a.sh' }] },
  )
  const [chain] = relationsOf(plan).chains
  assert.is(plan.nodes[chain!.writers[0]!]!.id, 'rootfs_post')
  assert.equal(
    chain!.links.map(link => plan.nodes[link]!.id),
    ['rootfs_post:./a.sh', 'before_bundle:inline'],
  )
})

test('a script inside the kernel step that changes the source is part of the step, not a link behind it', () => {
  const plan = planFor(
    bspWith([script('after_kernel_extract', { cached_generated_artifacts: ['cache/kernel-source'] })], {
      boot: { kernel: { custom_kernel: true } },
    }),
  )
  assert.equal(relationsOf(plan).chains, [])
})

test.run()
