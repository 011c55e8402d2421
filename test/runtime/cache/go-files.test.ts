import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { embedPatterns, readByGo } from '../../../runtime/cache/go-files.ts'

const read = (files: Readonly<Record<string, string>>) =>
  [...readByGo(Object.keys(files), file => files[file]!)].sort()

test('sources, modules and vendored packages count; tests and everything else do not', () => {
  const sources = ['main.go', 'go.mod', 'go.sum', 'net/dial.go', 'net/fast_arm64.s', 'usb/usb.c', 'usb/usb.h']
  const vendored = ['vendor/modules.txt', 'vendor/x/page.html', 'vendor/x/x.go']
  const others = ['README.md', 'logo.png', 'main_test.go', 'update.key', 'main.go.orig', 'docs/go.txt']
  assert.equal(
    read(Object.fromEntries([...sources, ...vendored, ...others].map(path => [path, '']))),
    [...sources, ...vendored].sort(),
  )
})

test('what sources embed counts: files, globs, whole folders, relative to the source', () => {
  const main =
    'package main\nimport _ "embed"\n\n//go:embed page.html assets/*.png\n//go:embed "with space"\nvar x string\n'
  assert.equal(
    read({
      'main.go': main,
      'page.html': '',
      'assets/a.png': '',
      'assets/deep/b.png': '',
      'assets/c.jpg': '',
      'with space/x': '',
      'other.html': '',
      'web/web.go': '\t//go:embed all:static\n',
      'web/static/.hidden/x': '',
      'web/statics': '',
      'static/x': '',
    }),
    ['assets/a.png', 'main.go', 'page.html', 'web/static/.hidden/x', 'web/web.go', 'with space/x'],
  )
})

test('patterns as Go writes them', () => {
  assert.equal(embedPatterns('//go:embed a "b c" `d e` "f\\"g"\n  //go:embed all:h'), [
    'a',
    'b c',
    'd e',
    'f"g',
    'h',
  ])
  assert.equal(embedPatterns('// go:embed a\n//go:embedded b\nx //go:embed c'), [])
  const all = ['a1', 'a[1]', 'ab', 'a.b', 'axb']
  const matched = (pattern: string) =>
    [...readByGo(['x.go', ...all], () => `//go:embed ${pattern}`)].filter(name => name !== 'x.go')
  assert.equal(matched('a?'), ['a1', 'ab'])
  assert.equal(matched('a[0-9]'), ['a1'])
  assert.equal(matched('a\\[1]'), ['a[1]'])
  assert.equal(matched('a.b'), ['a.b'])
  assert.equal(matched('a[9-0]'), [])
  assert.equal(matched('.'), all)
})

test('a source that cannot be read embeds nothing', () => {
  const gone = () => {
    throw new Error('gone')
  }
  assert.equal([...readByGo(['main.go', 'x'], gone)], ['main.go'])
})

test.run()
