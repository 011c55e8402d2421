/** The order of handlers, aliases, skipping and replacing, for generated extensions. */
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { IMAGE_HOOKS, type ImageHookRow } from '../../../lib/hooks/image.ts'
import type { DeclaredHandler, PlacedExtension } from '../../../runtime/extensions/declared.ts'
import { bashOrder, compareOrder, ownOrder } from '../../../runtime/extensions/order.ts'
import { resolveExtensions, type SkipWish } from '../../../runtime/extensions/resolve.ts'

const ROWS: readonly ImageHookRow[] = IMAGE_HOOKS
const ORIGIN = { source: 'bsp', keys: [] } as const

interface Wanted {
  readonly row: number
  readonly alias: boolean
  readonly name: string
  readonly order: number
  readonly extension: number
}

const wanted: fc.Arbitrary<Wanted> = fc.record({
  row: fc.integer({ min: 0, max: ROWS.length - 1 }),
  alias: fc.boolean(),
  name: fc.stringMatching(/^[A-Za-z][A-Za-z_-]{0,3}$/),
  order: fc.oneof(fc.constant(500), fc.integer({ min: -10, max: 1000 })),
  extension: fc.integer({ min: 0, max: 3 }),
})
/** No two with one id. */
const handlers = fc.uniqueArray(wanted, { selector: ({ row, name }) => `${row} ${name}`, maxLength: 30 })

function declared({ row, alias, name, order }: Wanted): DeclaredHandler {
  const { name: hook, aliases = [] } = ROWS[row]!
  return {
    hook: hook as DeclaredHandler['hook'],
    calledAs: alias ? (aliases[0] ?? hook) : hook,
    name,
    ...ownOrder(name, order),
    source: { kind: 'inline', text: name },
    keys: ['hooks', hook],
  }
}

function placed(name: string, list: readonly DeclaredHandler[]): PlacedExtension {
  const enabled = { name, folder: '.', kind: 'project', addedBy: 'bsp.ts', options: {} } as const
  const locate = async () => ({ file: name, line: 1, column: 1 })
  return { enabled, handlers: list, origin: ORIGIN, isValue: true, locate }
}

const extensionsOf = (list: readonly Wanted[]) =>
  [0, 1, 2, 3].map(index => placed(`e${index}`, list.filter(each => each.extension === index).map(declared)))
const idOf = ({ row, name }: Wanted) => `${ROWS[row]!.name}__${name}`
const skip = (handler: string): SkipWish => ({ handler, origin: ORIGIN, by: 'bsp.ts' })
const codes = (problems: readonly { code: string }[]) => problems.map(({ code }) => code)

test('hooks in calling order; in a hook by order, then name, whatever the extension and the order of enabling', () => {
  fc.assert(
    fc.property(handlers, list => {
      const { extensions } = resolveExtensions(extensionsOf(list), [])
      const expected = [...list].sort(
        (a, b) => a.row - b.row || a.order - b.order || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
      )
      assert.equal(
        extensions.handlers.map(({ id }) => id),
        expected.map(idOf),
      )
      const reversed = resolveExtensions(extensionsOf([...list].reverse()).reverse(), []).extensions
      assert.equal(
        reversed.handlers.map(({ id }) => id),
        expected.map(idOf),
      )
    }),
  )
})

test('position counts from 1 to the number of handlers of the hook that run', () => {
  fc.assert(
    fc.property(handlers, fc.nat(), (list, seed) => {
      const skips = list.filter((_, index) => (index * 7 + seed) % 3 === 0).map(idOf)
      const { extensions } = resolveExtensions(extensionsOf(list), skips.map(skip))
      for (const { name } of ROWS) {
        const ofHook = extensions.handlers.filter(({ hook }) => hook === name)
        assert.equal(
          ofHook.map(({ position, total }) => [position, total]),
          ofHook.map((_, index) => [index + 1, ofHook.length]),
        )
      }
    }),
  )
})

test('an alias changes nothing but HOOK_POINT, and is told', () => {
  fc.assert(
    fc.property(handlers, list => {
      const plain = resolveExtensions(extensionsOf(list.map(each => ({ ...each, alias: false }))), [])
      const { extensions, problems } = resolveExtensions(extensionsOf(list), [])
      assert.equal(
        extensions.handlers.map(({ id }) => id),
        plain.extensions.handlers.map(({ id }) => id),
      )
      const aliased = list.filter(({ alias, row }) => alias && ROWS[row]!.aliases)
      assert.equal(codes(plain.problems), [])
      assert.equal(
        codes(problems),
        aliased.map(() => 'old_hook_name'),
      )
    }),
  )
})

test('what is skipped is listed and does not run; by the name of an alias too', () => {
  fc.assert(
    fc.property(handlers, fc.nat(), (list, seed) => {
      const gone = list.filter((_, index) => (index + seed) % 2 === 0)
      const skips = gone.map(({ row, name }, index) => {
        const { name: hook, aliases = [] } = ROWS[row]!
        return skip(`${index % 2 === 0 ? hook : (aliases[0] ?? hook)}__${name}`)
      })
      const { extensions, problems } = resolveExtensions(extensionsOf(list), skips)
      const errors = problems.filter(({ severity }) => severity === 'error')
      assert.equal(errors, [])
      assert.equal(
        extensions.skipped.map(({ handler, why, by }) => [handler.id, why, by]),
        gone.map(each => [idOf(each), 'skipped', 'bsp.ts']),
      )
      assert.is(extensions.handlers.length, list.length - gone.length)
    }),
  )
})

test('one id twice is an error for each handler after the first', () => {
  fc.assert(
    fc.property(handlers, fc.nat(), (list, seed) => {
      fc.pre(list.length > 0)
      const again = list[seed % list.length]!
      const extensions = [...extensionsOf(list), placed('more', [declared({ ...again, alias: false })])]
      const { problems } = resolveExtensions(extensions, [])
      const errors = problems.filter(({ severity }) => severity === 'error')
      assert.equal(codes(errors), ['duplicate_handler'])
      assert.type(errors[0]!.other, 'function')
    }),
  )
})

test('comparison is an order: of three handlers, transitive and antisymmetric', () => {
  const aliases = ['old']
  const one = fc
    .tuple(wanted, fc.constantFrom('033_', '33_', '500_', ''), fc.constantFrom('ts', 'bash', 'old'))
    .map(([{ name, order }, number, kind]) =>
      kind === 'ts' ? ownOrder(name, order) : bashOrder(`${number}${name}`, kind, aliases),
    )
  fc.assert(
    fc.property(one, one, one, (a, b, c) => {
      assert.is(Math.sign(compareOrder(a, b)), -Math.sign(compareOrder(b, a)) + 0)
      if (compareOrder(a, b) <= 0 && compareOrder(b, c) <= 0) assert.ok(compareOrder(a, c) <= 0)
    }),
  )
})

const own = (hook: string, name: string, more: Partial<DeclaredHandler> = {}) => ({
  ...declared({
    row: ROWS.findIndex(row => row.name === hook),
    alias: false,
    name,
    order: 500,
    extension: 0,
  }),
  ...more,
})

test('rules of bash files: 033_x before 33_y before 900_a, aliases last', () => {
  const hook = 'pre_customize_image'
  const alias = 'image_tweaks_pre_customize'
  const bash = (name: string, calledAs: string = hook) =>
    own(hook, name, {
      ...bashOrder(name, calledAs, [alias]),
      calledAs,
      source: { kind: 'bash', function: `${calledAs}__${name}` },
    })
  const list = [
    bash('900_a'),
    bash('33_y'),
    bash('1_old', alias),
    bash('033_x'),
    bash('abc'),
    own(hook, 'Zed'),
    bash('500_aaa'),
  ]
  const { extensions, problems } = resolveExtensions([placed('bash', list)], [])
  assert.equal(
    extensions.handlers.map(({ name }) => name),
    ['033_x', '33_y', 'Zed', '500_aaa', 'abc', '900_a', '1_old'],
  )
  assert.equal(problems, [])
})

test('replacing: chains, skipped ones, nothing, oneself', () => {
  const hook = 'pre_customize_image'
  const id = (name: string) => `${hook}__${name}`
  const resolve = (list: readonly DeclaredHandler[], skips: readonly string[] = []) => {
    const { extensions, problems } = resolveExtensions([placed('e', list)], skips.map(skip))
    const gone = extensions.skipped.map(({ handler, why, by }) => `${handler.name} ${why} ${by}`)
    return [extensions.handlers.map(({ name }) => name).join(), gone.join(), codes(problems).join()]
  }
  const a = own(hook, 'a')
  const b = own(hook, 'b', { replaces: id('a') })
  const c = own(hook, 'c', { replaces: 'image_tweaks_pre_customize__b' })
  assert.equal(resolve([a, b]), ['b', `a replaced ${id('b')}`, ''])
  assert.equal(resolve([a, b, c]), ['c', `a replaced ${id('b')},b replaced ${id('c')}`, ''])
  assert.equal(resolve([a, b], [id('b')]), ['a', 'b skipped bsp.ts', ''])
  assert.equal(resolve([a, b], [id('a')]), ['b', 'a skipped bsp.ts', ''])
  assert.is(resolve([b])[2], 'nothing_to_replace')
  assert.is(resolve([own(hook, 'a', { replaces: id('a') })])[2], 'replaces_itself')
  assert.is(resolve([own(hook, 'a', { replaces: id('b') }), b])[2], 'replaces_itself')
  assert.is(resolve([a], [id('x')])[2], 'nothing_to_skip')
})

test.run()
