import fs, { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Fingerprint, keyOf } from '../../../runtime/cache/fingerprint.ts'
import { Manifest } from '../../../runtime/cache/manifest.ts'
import type { ChainRecord, NodeRecord } from '../../../runtime/cache/record.ts'
import { inTempFolder } from '../../support/temp-folder.ts'

const FINGERPRINT: Fingerprint = {
  script: 'abc',
  dependencies: { './x': '123', './dir': { a: '644 1' }, './none': null },
  environment: { STEP: 'make_image' },
  builder: { key: 'k' },
}
const recordOf = (fingerprint: Fingerprint): NodeRecord => ({
  fingerprint,
  key: keyOf(fingerprint),
  outputs: { 'cache/a': '123' },
})
const RECORD = recordOf(FINGERPRINT)
const FED = recordOf({
  ...FINGERPRINT,
  config: { arch: 'arm64', environment: { x: 1 } },
  feeders: { f: { script: 's', dependencies: { './y': '1' }, environment: { STEP: 'before_kernel' } } },
})

const inFile = (work: (file: string) => unknown) => () =>
  inTempFolder(folder => work(join(folder, 'dist/cache/demo/.build-cache.json')))

test(
  'no file is no record and no damage',
  inFile(file => {
    const manifest = new Manifest(file)
    assert.is(manifest.damage, undefined)
    assert.is(manifest.node('script', 'a'), undefined)
    manifest.save()
    assert.not(existsSync(file))
  }),
)

test(
  'records come back as they were, scripts and steps of one name apart, and can be removed',
  inFile(file => {
    const manifest = new Manifest(file)
    const chain: ChainRecord = { first: null, versions: [{ id: 'a', digest: 'd' }], complete: true }
    manifest.setNode('script', 'a', RECORD)
    manifest.setNode('step', 'a', FED)
    manifest.setNode('script', 'b', RECORD)
    manifest.setChain('dist/x', chain)
    manifest.save()
    const again = new Manifest(file)
    assert.equal(again.node('script', 'a'), RECORD)
    assert.equal(again.node('step', 'a'), FED)
    assert.equal(again.chain('dist/x'), chain)
    assert.equal(again.chainPaths(), ['dist/x'])
    again.setNode('script', 'a', undefined)
    again.setChain('dist/x', undefined)
    again.save()
    const last = new Manifest(file)
    assert.is(last.node('script', 'a'), undefined)
    assert.is(last.chain('dist/x'), undefined)
    assert.equal(last.node('step', 'a'), FED)
    assert.equal(last.node('script', 'b'), RECORD)
  }),
)

const word = fc
  .oneof(
    fc.string(),
    fc.constantFrom('environment', 'feeders', 'dependencies', 'constructor', 'toString', './x', '#'),
  )
  .filter(each => each !== '__proto__')
const texts = fc.dictionary(word, fc.string(), { maxKeys: 4, noNullPrototype: true })
const states = fc.dictionary(word, fc.oneof(fc.string(), fc.constant(null), texts), {
  maxKeys: 4,
  noNullPrototype: true,
})
const fingerprint: fc.Arbitrary<Fingerprint> = fc.record(
  {
    script: fc.string(),
    dependencies: states,
    environment: texts,
    builder: fc.record(
      { key: fc.string(), id: fc.string() },
      { requiredKeys: ['key'], noNullPrototype: true },
    ),
    config: fc.dictionary(word, fc.oneof(fc.string(), texts), { maxKeys: 3, noNullPrototype: true }),
    feeders: fc.dictionary(
      word,
      fc.record({ dependencies: states, environment: texts }, { noNullPrototype: true }),
      {
        maxKeys: 2,
        noNullPrototype: true,
      },
    ),
  },
  { requiredKeys: ['dependencies', 'environment', 'builder'], noNullPrototype: true },
)
const record: fc.Arbitrary<NodeRecord> = fc.record(
  { fingerprint, key: fc.string(), outputs: texts },
  { noNullPrototype: true },
)

test('whatever inputs, variables and settings are called, a record comes back as it was', async () => {
  await inTempFolder(folder => {
    let n = 0
    fc.assert(
      fc.property(fc.dictionary(word, record, { maxKeys: 3, noNullPrototype: true }), records => {
        const file = join(folder, `${n++}.json`)
        const manifest = new Manifest(file)
        for (const [id, each] of Object.entries(records)) manifest.setNode('script', id, each)
        manifest.save()
        const again = new Manifest(file)
        assert.is(again.damage, undefined)
        for (const [id, each] of Object.entries(records))
          assert.ok(isDeepStrictEqual(again.node('script', id), each))
      }),
    )
  })
})

test(
  'an environment that many records have is written once',
  inFile(file => {
    const manifest = new Manifest(file)
    for (let n = 0; n < 50; n++)
      manifest.setNode('script', `s${n}`, recordOf({ ...FINGERPRINT, environment: { UNIQUE: 'once' } }))
    manifest.save()
    assert.is(readFileSync(file, 'utf8').split('UNIQUE').length - 1, 1)
    const again = new Manifest(file)
    const environmentOf = (id: string) => again.node('script', id)!.fingerprint.environment
    assert.is(environmentOf('s0'), environmentOf('s49'))
  }),
)

const DAMAGE: readonly (readonly [string, (good: string) => string])[] = [
  ['cut off', good => good.slice(0, -20)],
  ['empty', () => ''],
  ['zeros', good => '\0'.repeat(good.length)],
  ['null', () => 'null'],
  ['a list', () => '[]'],
  ['without a section', good => good.replace('"steps"', '"other"')],
  ['without environments', good => good.replace('"environments"', '"other"')],
  ['of another version', good => good.replace(/"version": \d+/, '"version": 999')],
  ['of no version', good => good.replace(/"version": \d+,/, '')],
  ['a record that is none', good => good.replace(/("a": )\{.*\}/, '$1"x"')],
  ['a record without its inputs', good => good.replace('"dependencies"', '"other"')],
  ['an environment that is not there', good => good.replace(/("environment":")/, '$1x')],
  ["a feeder's environment that is not there", good => good.replace(/("feeders":.*"environment":")/, '$1x')],
]

for (const [what, damage] of DAMAGE) {
  test(
    `damage is reported and counts as empty: ${what}`,
    inFile(file => {
      const manifest = new Manifest(file)
      manifest.setNode('script', 'a', RECORD)
      manifest.setNode('step', 'kernel', FED)
      manifest.save()
      const good = readFileSync(file, 'utf8')
      const bad = damage(good)
      assert.is.not(bad, good)
      writeFileSync(file, bad)
      const again = new Manifest(file)
      assert.type(again.damage, 'string')
      assert.is(again.node('script', 'a'), undefined)
      assert.is(again.node('step', 'kernel'), undefined)
      again.setNode('script', 'b', RECORD)
      again.save()
      assert.is(new Manifest(file).damage, undefined)
    }),
  )
}

test(
  'another version says so',
  inFile(file => {
    const manifest = new Manifest(file)
    manifest.setNode('script', 'a', RECORD)
    manifest.save()
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"version": \d+/, '"version": 1'))
    assert.match(new Manifest(file).damage!, 'its version is 1, not')
  }),
)

for (const dies of ['writeFileSync', 'fsyncSync', 'renameSync'] as const) {
  test(
    `a write that breaks off at ${dies} leaves the old file, and no rest`,
    inFile(file => {
      const manifest = new Manifest(file)
      manifest.setNode('script', 'a', RECORD)
      manifest.save()
      const before = readFileSync(file, 'utf8')
      const original = fs[dies]
      const full = () => {
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
      }
      Object.assign(fs, { [dies]: full })
      syncBuiltinESMExports()
      try {
        manifest.setNode('script', 'a', undefined)
        assert.throws(() => manifest.save(), 'no space left')
      } finally {
        Object.assign(fs, { [dies]: original })
        syncBuiltinESMExports()
      }
      assert.is(readFileSync(file, 'utf8'), before)
      assert.equal(readdirSync(dirname(file)), ['.build-cache.json'])
      manifest.save()
      assert.is(new Manifest(file).node('script', 'a'), undefined)
    }),
  )
}

test.run()
