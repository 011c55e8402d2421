/** The rules of merging, on random layers: what docs/boards.md promises of them. */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bspSchema } from '../../../lib/schema.ts'
import { without } from '../../../lib/without.ts'
import { LIST_RULES } from '../../../runtime/layers/list-rules.ts'
import { dataOf, leavesOf, merge, type Traced, trace, writtenAt } from '../../../runtime/layers/merge.ts'

type Data = Record<string, unknown>

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const word = fc.constantFrom('a', 'b', 'c', 'd')
const words = fc.array(word, { maxLength: 4 })
const script = fc.oneof(
  fc.record({ id: word, step: fc.constant('make_image'), location: word }),
  fc.record({ step: fc.constant('after_build'), location: word }),
  fc.record({ step: fc.constant('after_build'), description: word }),
)
const scripts = fc.array(
  fc.oneof(
    { arbitrary: script, weight: 4 },
    {
      arbitrary: fc
        .oneof(
          word,
          word.map(at => `after_build:${at}`),
        )
        .map(without),
      weight: 1,
    },
  ),
  { maxLength: 5 },
)
const blob = fc.record({ id: word, role: fc.constantFrom('r', 's'), path: word })
const layer: fc.Arbitrary<Data> = fc.record(
  {
    name: maybe(word),
    arch: word,
    display: fc.record({ resolution: maybe(word) }),
    scripts,
    cage: fc.record(
      { env: fc.array(fc.tuple(word, word).map(pair => pair.join('='))), hide_cursor: fc.boolean() },
      { requiredKeys: [] },
    ),
    boot: fc.record(
      {
        cmdline: word,
        kernel: fc.record(
          {
            custom_kernel: fc.boolean(),
            source: word,
            sha256: word,
            fragments: words,
            patches: words,
            device_tree: fc.record({ dts: fc.oneof(word, words), overlays: words }, { requiredKeys: [] }),
          },
          { requiredKeys: [] },
        ),
        bootloader: fc.record(
          { blobs: fc.array(blob, { maxLength: 4 }), source: word, sha256: word },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    ),
    rootfs: fc.record({ packages: words, overlay: fc.oneof(word, words) }, { requiredKeys: [] }),
    image: fc.record({ partitions: fc.array(fc.record({ name: word })) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
)
const layers = fc.array(layer, { minLength: 1, maxLength: 5 })

const traced = (all: readonly Data[]) => all.map((data, index) => trace(data, index))
const fold = (all: readonly Traced[]) => all.reduce((lower, upper) => merge(lower, upper), trace({}, 0))
const merged = (...all: readonly Data[]) => dataOf(fold(traced(all))) as Data
const same = (a: unknown, b: unknown) => assert.is(JSON.stringify(sorted(a)), JSON.stringify(sorted(b)))
const check = (...parameters: Parameters<typeof fc.assert>) => fc.assert(...parameters)

/** The order of keys is no part of the promise, that of lists is. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]))
}

test('associative: whichever neighbours are merged first', () => {
  check(
    fc.property(layers, fc.nat(), fc.nat(), (all, from, length) => {
      const start = from % all.length
      const end = start + 1 + (length % (all.length - start))
      const rows = traced(all)
      const inner = rows.slice(start, end).reduce((lower, upper) => merge(lower, upper))
      same(dataOf(fold([...rows.slice(0, start), inner, ...rows.slice(end)])), dataOf(fold(rows)))
    }),
    { numRuns: 2000 },
  )
})

test('own values win: what the last layer says as a single value holds, objects only add', () => {
  check(
    fc.property(layers, all => {
      const whole = fold(traced(all))
      const own = all.at(-1)!
      for (const { keys, value } of leavesOf(trace(own, 0))) {
        const rule = LIST_RULES[keys.filter(key => typeof key === 'string').join('.')]
        if (typeof keys.at(-1) === 'number' || (rule !== undefined && rule !== 'replace')) continue
        assert.equal(at(dataOf(whole), keys), value)
      }
    }),
    { numRuns: 1000 },
  )
})

test('a layer on itself adds nothing but scripts without an id', () => {
  check(
    fc.property(layer, one => {
      const scripts = ((one.scripts ?? []) as Data[]).filter(entry => 'id' in entry)
      const plain = { ...one, scripts }
      same(merged(plain, plain), merged(plain))
    }),
    { numRuns: 1000 },
  )
})

test('lists of text: nothing twice, nothing lost; where the last one wins, its own order holds', () => {
  check(
    fc.property(layers, all => {
      const data = merged(...all)
      for (const keys of [
        ['rootfs', 'packages'],
        ['boot', 'kernel', 'patches'],
        ['boot', 'kernel', 'fragments'],
        ['rootfs', 'overlay'],
      ]) {
        const given = all.flatMap(one => (at(one, keys) as string | string[] | undefined) ?? [])
        const found = [(at(data, keys) ?? []) as string | string[]].flat()
        assert.equal(new Set(found), new Set(given))
        assert.is(found.length, new Set(found).size)
        const expected = ['fragments', 'overlay'].includes(String(keys.at(-1)))
          ? [...new Set([...given].reverse())].reverse()
          : [...new Set(given)]
        assert.equal(found, expected)
      }
    }),
  )
})

test('overlays: of a file that several have, the one of the last that was named counts', () => {
  // Which of the folders have the file.
  check(
    fc.property(layers, fc.uniqueArray(word), (all, having: readonly string[]) => {
      const has = (folder: string) => having.includes(folder)
      const overlays = (data: Data) => [(at(data, ['rootfs', 'overlay']) ?? []) as string | string[]].flat()
      assert.is(overlays(merged(...all)).findLast(has), all.flatMap(overlays).findLast(has))
      const own = overlays(all.at(-1)!)
      if (own.some(has)) assert.is(overlays(merged(...all)).findLast(has), own.findLast(has))
    }),
    { numRuns: 1000 },
  )
})

test('scripts: in the order of the layers; an id takes its place; what is removed is gone', () => {
  check(
    fc.property(layers, all => {
      const entries = all.map(one => (one.scripts ?? []) as Data[])
      const found = (merged(...all).scripts ?? []) as Data[]
      // Scripts that nothing replaces or removes stand in the order of the layers.
      const nameless = entries.flat().filter(entry => !('id' in entry) && !('without' in entry))
      const gone = (index: number, entry: Data) =>
        entries
          .slice(index + 1)
          .some(above => above.some(each => each.without === `${entry.step}:${entry.location}`))
      const kept = entries.flatMap((list, index) =>
        list.filter(entry => nameless.includes(entry) && !gone(index, entry)),
      )
      assert.equal(
        found.filter(entry => !('id' in entry)),
        kept,
      )
      // Of an id what the last layer says that has it.
      for (const id of new Set(found.map(entry => entry.id).filter(Boolean))) {
        const last = entries.findLast(list => list.some(entry => entry.id === id))!
        const own = last.filter(entry => entry.id === id)
        assert.equal(found.filter(entry => entry.id === id).slice(0, own.length), own)
      }
      for (const removed of entries.at(-1)!.filter(entry => 'without' in entry)) {
        const own = entries.at(-1)!.filter(entry => entry.id === removed.without)
        assert.equal(
          found.filter(entry => entry.id === removed.without),
          own,
        )
      }
    }),
    { numRuns: 2000 },
  )
})

test('every value of the whole is found where it was written', () => {
  check(
    fc.property(layers, all => {
      const whole = fold(traced(all))
      for (const { keys, value } of leavesOf(whole)) {
        const { layer, keys: own } = writtenAt(whole, keys)
        assert.is(at(all[layer], own), value)
      }
    }),
  )
})

test('variables and blobs: one of a name', () => {
  check(
    fc.property(layers, all => {
      const distinctNames = all.every(one => {
        const names = ((at(one, ['cage', 'env']) ?? []) as string[]).map(each => each[0])
        return new Set(names).size === names.length
      })
      fc.pre(distinctNames)
      const names = ((at(merged(...all), ['cage', 'env']) ?? []) as string[]).map(each => each[0])
      assert.is(new Set(names).size, names.length)
    }),
  )
})

const one = (...all: Data[]) => merged(...all)

test('by example', () => {
  const low = { id: 'x', step: 'make_image', location: 'low' }
  const high = { id: 'x', step: 'after_build', location: 'high' }
  const other = { step: 'make_image', location: 'other' }
  assert.equal(one({ scripts: [low, other] }, { scripts: [high] }).scripts, [high, other])
  assert.equal(one({ scripts: [low, other] }, { scripts: [without('x'), high] }).scripts, [other, high])
  assert.equal(one({ scripts: [low, other] }, { scripts: [without('make_image:other')] }).scripts, [low])
  assert.equal(one({ a: { b: 1, c: 2 } }, { a: { c: undefined, d: 3 } }), { a: { b: 1, c: 2, d: 3 } })
  const kernel = (data: Data) => ({ boot: { kernel: data } })
  assert.equal(one(kernel({ source: 'a', sha256: '1' }), kernel({ source: 'b' })), kernel({ source: 'b' }))
  assert.equal(one(kernel({ source: 'a', sha256: '1' }), kernel({ version: 'b' })), {
    boot: { kernel: { source: 'a', sha256: '1', version: 'b' } },
  })
  assert.equal(one({ cage: { env: ['A=1', 'B=2'] } }, { cage: { env: ['A=3'] } }).cage, {
    env: ['A=3', 'B=2'],
  })
  const overlay = (...all: (string | string[])[]) =>
    (one(...all.map(each => ({ rootfs: { overlay: each } }))).rootfs as Data).overlay
  assert.equal(overlay('board', 'own'), ['board', 'own'])
  assert.equal(overlay(['family', 'board'], [], ['own', 'family']), ['board', 'own', 'family'])
  assert.is(overlay('alone'), 'alone')
  assert.is(overlay([], 'twice', 'twice'), 'twice')
  assert.equal(overlay(['list']), ['list'])
})

test('a removal for which nothing is below is told, with what there is', () => {
  const told: unknown[] = []
  merge(
    trace({ scripts: [{ id: 'flash', step: 'x', location: 'y' }] }, 0),
    trace({ scripts: [without('flush')] }, 1),
    ({ id, from }, ids) => told.push([id, from, ids]),
  )
  assert.equal(told, [['flush', { layer: 1, keys: ['scripts', 0] }, ['flash']]])
})

test('there is a rule for every list that a BSP can have, and for no other', () => {
  const found: string[] = []
  const visit = (schema: unknown, path: string): void => {
    const { def } = (schema as { _zod: { def: Data } })._zod
    if (def.innerType) visit(def.innerType, path)
    else if (def.type === 'union' && (def.options as unknown[]).some(isList)) found.push(path)
    else if (def.type === 'array') found.push(path)
    else if (def.type === 'object') {
      for (const [key, child] of Object.entries(def.shape as Data))
        visit(child, path === '' ? key : `${path}.${key}`)
    }
  }
  const isList = (schema: unknown): boolean => {
    const { def } = (schema as { _zod: { def: Data } })._zod
    return def.type === 'array' || (def.innerType !== undefined && isList(def.innerType))
  }
  visit(bspSchema, '')
  assert.equal(found.sort(), Object.keys(LIST_RULES).sort())
})

function at(value: unknown, keys: readonly (string | number)[]): unknown {
  return keys.reduce<unknown>((part, key) => (part as Data | undefined)?.[key], value)
}

test.run()
