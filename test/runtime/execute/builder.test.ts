/** Recipes of builder images: what they share, and what makes them different. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TOOL_GROUPS } from '../../../lib/tools.ts'
import { type BuilderWish, builderFor, recipePrefixes } from '../../../runtime/plan/builder.ts'

const test = suite('builder')

const wish = (changes: Partial<BuilderWish> = {}): BuilderWish => ({
  suite: 'trixie',
  tools: undefined,
  target: 'arm64',
  host: 'x86_64',
  hostPackages: [],
  ...changes,
})

function layers(changes: Partial<BuilderWish> = {}) {
  const ref = builderFor(wish(changes))
  assert.is(ref.kind, 'recipe')
  return ref.kind === 'recipe' ? ref.recipe.layers : []
}
const names = (changes: Partial<BuilderWish> = {}) => layers(changes).map(({ name }) => name)

test('a named image is its own key', () => {
  assert.equal(builderFor(wish({ image: 'acme/builder:3' })), {
    kind: 'named',
    image: 'acme/builder:3',
    key: 'acme/builder:3',
  })
})

test('without tools: images and the cross compiler; an empty list: the base alone', () => {
  assert.equal(names(), ['base', 'image', 'compiler', 'cross-arm64'])
  assert.equal(names({ tools: [] }), ['base'])
})

test('the compiler of the machine itself needs no cross layer', () => {
  assert.equal(names({ tools: ['cross'], target: 'x86_64' }), ['base', 'compiler'])
  const armhf = layers({ tools: ['cross'], target: 'armhf' })
  assert.equal(armhf.at(-1)?.packages, ['crossbuild-essential-armhf'])
})

test('the order and repetition of tools do not count; the host’s packages come last, sorted, once', () => {
  const one = builderFor(wish({ tools: ['kernel', 'image', 'cross'], hostPackages: ['zsh', 'ack', 'zsh'] }))
  const two = builderFor(
    wish({ tools: ['cross', 'kernel', 'image', 'kernel'], hostPackages: ['ack', 'zsh'] }),
  )
  assert.equal(one, two)
  assert.equal(one.kind === 'recipe' && one.recipe.layers.at(-1), { name: 'host', packages: ['ack', 'zsh'] })
})

test('keys differ with whatever differs', () => {
  const keys = [
    wish(),
    wish({ suite: 'forky' }),
    wish({ target: 'armhf' }),
    wish({ hostPackages: ['ack'] }),
    ...TOOL_GROUPS.map(tool => wish({ tools: [tool] })),
  ].map(each => builderFor(each).key)
  assert.is(new Set(keys).size, keys.length)
  assert.match(keys[0]!, /^[0-9a-f]{64}$/)
})

test('recipes that begin alike share their first images', () => {
  const [one, two] = [wish(), wish({ tools: ['image', 'cross', 'kernel'] })].map(each => {
    const ref = builderFor(each)
    return ref.kind === 'recipe' ? recipePrefixes(ref.recipe) : []
  })
  assert.is(one!.length, 5)
  assert.equal(one![0]!.layers, [])
  assert.equal(two!.slice(0, 5), one)
})

test('libraries of a foreign target carry its architecture', () => {
  const foreign = layers({ tools: ['wayland'] }).at(-1)!
  assert.ok(foreign.packages.every(name => name.endsWith(':arm64')))
  assert.ok(
    layers({ tools: ['wayland'], target: 'x86_64' })
      .at(-1)!
      .packages.every(name => !name.includes(':')),
  )
})

test('every group has packages, each named once, in order', () => {
  for (const tool of TOOL_GROUPS) {
    for (const { packages } of layers({ tools: [tool] }).slice(1)) {
      assert.ok(packages.length > 0)
      assert.equal(packages, [...new Set(packages)].sort())
      assert.ok(packages.every(name => /^[a-z0-9][a-z0-9+.-]+(:[a-z0-9]+)?$/.test(name)))
    }
  }
})

test.run()
