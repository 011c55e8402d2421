/** A glob means the same files to an export, which asks about paths of files that may not be there, as to the cache. */
import { join } from 'node:path'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FileStates } from '../../runtime/cache/file-states.ts'
import { HashMemo } from '../../runtime/cache/hash-memo.ts'
import { inGlob } from '../../runtime/export/in-glob.ts'
import { folderUntilExit, write } from '../support/temp-folder.ts'

const test = suite('globs of an export and of the cache')

const NAMES = [
  'a',
  'b1',
  'b2',
  'b3',
  '.dot',
  'x.bin',
  'y.bin',
  'A',
  'a-b',
  'odd[1]',
  'n{1}',
  'p+(q)',
  'ä',
  '0x',
  'b*',
]
/** Files lie at depth 1 to 3; folders have names of their own, so that no path is both. */
const FILES = NAMES.flatMap(name => [
  `dist/${name}`,
  `dist/one/${name}`,
  `dist/one/t.wo/${name}`,
  `dist/odd [2]/${name}`,
])
const ALWAYS = [
  'dist/b{1..3}',
  'dist/[[:alpha:]]',
  'dist/[[:alpha:]][[:digit:]]',
  'dist/one/{b1,x}*',
  'dist/**/*.bin',
  'dist/!(a|A)',
  'dist/+(a|b)*',
  'dist/@(one|two)/@(t.wo)/?',
  'dist/odd\\[1\\]',
  'dist/odd \\[2\\]/b{1..2}',
  'dist/{one/a,b1}',
  'dist/**/t.wo/[a-b]*',
  'dist/[!a]',
  'dist/one/**',
  'dist/*/',
]

const root = folderUntilExit('strux-globs-')
for (const file of FILES) write(join(root, file), '')

const byCache = (path: string, ignore?: string[]) =>
  new FileStates(root, new HashMemo(join(root, '../memo'))).matches({
    declared: path,
    path,
    glob: true,
    ...(ignore && { ignore }),
  })

for (const path of ALWAYS) {
  test(path, async () => {
    assert.equal(await inGlob(FILES, { path }), await byCache(path))
  })
}

test('numbers and classes are found at all', async () => {
  assert.equal(await inGlob(FILES, { path: 'dist/b{1..3}' }), ['dist/b1', 'dist/b2', 'dist/b3'])
  assert.equal(await inGlob(FILES, { path: 'dist/[[:alpha:]]' }), ['dist/A', 'dist/a'])
})

const part = fc.oneof(
  fc.constantFrom(
    ...NAMES,
    'one',
    't.wo',
    '*',
    '**',
    '?',
    '*.bin',
    'b{1..3}',
    '[[:alnum:]]*',
    '[!a-c]*',
    '{a,one}',
  ),
  fc.string({
    unit: fc.constantFrom('a', 'b', '1', '*', '?', '[', ']', '{', '}', ',', '.', '!', '(', ')', '|', '\\'),
    maxLength: 6,
  }),
)
test('generated patterns', async () => {
  const patterns = fc
    .array(part, { minLength: 1, maxLength: 4 })
    .map(parts => ['dist', ...parts.filter(Boolean)].join('/'))
  const ignores = fc.option(fc.subarray(['*.bin', '/one', 't.wo', 'a']), { nil: undefined })
  await fc.assert(
    fc.asyncProperty(patterns, ignores, async (path, ignore) => {
      assert.equal(await inGlob(FILES, { path, ...(ignore && { ignore }) }), await byCache(path, ignore))
    }),
    { numRuns: 500 },
  )
})

test.run()
