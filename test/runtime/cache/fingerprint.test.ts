import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Sh } from '../../../lib/sh.ts'
import { type Fingerprint, keyOf } from '../../../runtime/cache/fingerprint.ts'
import { Manifest } from '../../../runtime/cache/manifest.ts'
import { bspWith, SimulatedProject } from '../../support/simulated.ts'

const FINGERPRINT: Fingerprint = {
  script: 's',
  dependencies: { a: '1', b: { x: '644 1', y: '644 2' }, c: null },
  environment: { STEP: 'make_image', BSP: 'demo' },
  builder: { key: 'k' },
  config: { arch: 'arm64', list: ['b', 'a'] },
}

/** The same value with the keys of every object in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reversed(part)]),
  )
}

test('the key does not depend on the order of keys, and depends on the order of lists', () => {
  assert.is(keyOf(reversed(FINGERPRINT) as Fingerprint), keyOf(FINGERPRINT))
  const other = { ...FINGERPRINT, config: { ...FINGERPRINT.config, list: ['a', 'b'] } }
  assert.is.not(keyOf(other), keyOf(FINGERPRINT))
})

test('two fingerprints that differ have different keys', () => {
  const states = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.constant(null)), { maxKeys: 3 })
  const part = fc.record({ dependencies: states, environment: fc.dictionary(fc.string(), fc.string()) })
  fc.assert(
    fc.property(part, part, (a, b) => {
      const [one, two] = [a, b].map(each => ({ ...each, builder: { key: 'k' } }) as Fingerprint)
      const canonical = (value: Fingerprint) =>
        JSON.stringify([value.dependencies, value.environment].map(each => Object.entries(each).sort()))
      assert.is(keyOf(one!) === keyOf(two!), canonical(one!) === canonical(two!))
    }),
  )
})

test('a record holds the digest of each output, of folders by names, modes and contents', async () => {
  const project = new SimulatedProject()
  const bsp = bspWith([
    {
      step: 'make_image',
      id: 'm',
      run: new Sh('m'),
      depends_on: ['./in'],
      cached_generated_artifacts: ['cache/f', 'cache/d'],
    },
  ])
  const outputs = async (text: string, name: string) => {
    project.remove('dist')
    await project.build({
      bsp,
      behave: () => {
        project.write('dist/cache/demo/f', text)
        project.write(`dist/cache/demo/d/${name}`, text)
        return 0
      },
    })
    const record = new Manifest(`${project.root}/dist/cache/demo/.build-cache.json`).node('script', 'm')!
    assert.is(record.key, keyOf(record.fingerprint))
    return record.outputs
  }
  try {
    project.write('bsp/demo/in', '1')
    const first = await outputs('x', 'a')
    assert.equal(Object.keys(first), ['cache/f', 'cache/d'])
    assert.equal(await outputs('x', 'a'), first)
    const renamed = await outputs('x', 'b')
    assert.is(renamed['cache/f'], first['cache/f'])
    assert.is.not(renamed['cache/d'], first['cache/d'])
    assert.is.not((await outputs('y', 'a'))['cache/f'], first['cache/f'])
  } finally {
    project.dispose()
  }
})

test.run()
