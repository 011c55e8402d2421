/** Several overlays as one folder: what is left of each where they meet. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ExportedFile } from '../../../runtime/export/files.ts'
import { inOneFolder } from '../../../runtime/export/overlays.ts'

const test = suite('overlays in one folder')

/** `path`: a file with its overlay's number as text; `path -> target`: a link; `path/`: a folder. */
function overlay(lines: readonly string[], number: number): [string, ExportedFile][] {
  return lines.map(line => {
    const [path, target] = line.split(' -> ') as [string, string?]
    if (path.endsWith('/')) return [path.slice(0, -1), { content: { kind: 'folder' }, mode: 0o755 }]
    const content =
      target === undefined
        ? ({ kind: 'text', text: String(number) } as const)
        : ({ kind: 'link', target } as const)
    return [path, { content, mode: 0o644 }]
  })
}

/** The same notation, but that files say which overlay they are of. */
function together(...overlays: readonly (readonly string[])[]): string[] {
  const all = inOneFolder(overlays.map((lines, index) => overlay(lines, index + 1)))
  return all
    .map(([path, { content }]) => {
      if (content.kind === 'folder') return `${path}/`
      if (content.kind === 'link') return `${path} -> ${content.target}`
      return `${path}: ${content.kind === 'text' ? content.text : ''}`
    })
    .sort()
}

const EXAMPLES: readonly (readonly [what: string, overlays: readonly string[][], expected: string[]])[] = [
  [
    'files beside each other, and of two the later',
    [
      ['etc/', 'etc/a', 'etc/b'],
      ['etc/', 'etc/b', 'etc/c'],
    ],
    ['etc/a: 1', 'etc/b: 2', 'etc/c: 2'],
  ],
  ['a file in place of a folder', [['x/', 'x/y/', 'x/y/z'], ['x']], ['x: 2']],
  ['a folder in place of a file', [['x'], ['x/', 'x/y/', 'x/y/z']], ['x/y/z: 2']],
  ['an empty folder in place of a file', [['x'], ['x/']], ['x/']],
  ['a file in place of an empty folder', [['x/'], ['x']], ['x: 2']],
  [
    'an empty folder where there is one with files',
    [
      ['x/', 'x/y'],
      ['x/', 'z/'],
    ],
    ['x/y: 1', 'z/'],
  ],
  ['a link in place of a folder', [['x/', 'x/y'], ['x -> z']], ['x -> z']],
  ['a file in place of a link', [['x -> y'], ['x']], ['x: 2']],
  ['another link', [['x -> y'], ['x -> z']], ['x -> z']],
  [
    'a folder that meets a link: it is copied to where that leads',
    [
      ['lib -> usr/lib', 'usr/', 'usr/lib/', 'usr/lib/a'],
      ['lib/', 'lib/b', 'lib/c/', 'lib/c/d'],
    ],
    ['lib -> usr/lib', 'usr/lib/a: 1', 'usr/lib/b: 2', 'usr/lib/c/d: 2'],
  ],
  [
    'what it leads to may be in the root filesystem alone',
    [
      ['opt/', 'opt/app -> ../usr/share/app'],
      ['opt/', 'opt/app/', 'opt/app/x'],
    ],
    ['opt/app -> ../usr/share/app', 'usr/share/app/x: 2'],
  ],
  [
    'links are those of the device',
    [
      ['a -> /srv/a', 'b -> ../../../b2', 'c -> ./d/../a'],
      ['a/', 'a/x', 'b/', 'b/x', 'c/', 'c/y'],
    ],
    ['a -> /srv/a', 'b -> ../../../b2', 'b2/x: 2', 'c -> ./d/../a', 'srv/a/x: 2', 'srv/a/y: 2'],
  ],
  [
    'a link of a folder, from the root',
    [
      ['etc/', 'etc/a -> /srv/a'],
      ['etc/', 'etc/a/', 'etc/a/x'],
    ],
    ['etc/a -> /srv/a', 'srv/a/x: 2'],
  ],
  [
    'a folder in place of a link that leads to a file, or around',
    [
      ['a -> f', 'f', 'l -> m', 'm -> l'],
      ['a/', 'a/x', 'l/', 'l/x'],
    ],
    ['a/x: 2', 'f: 1', 'l/x: 2', 'm -> l'],
  ],
  ['three', [['x'], ['x/', 'x/y'], ['x/', 'x/y/', 'x/y/z']], ['x/y/z: 3']],
]
for (const [what, overlays, expected] of EXAMPLES)
  test(what, () => assert.equal(together(...overlays), expected))

test('whatever meets: all of the last one is there, and nothing is a file and a folder', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  const path = fc.array(name, { minLength: 1, maxLength: 3 })
  const entry = fc.tuple(path, fc.constantFrom('file', 'folder', '-> a', '-> ../b', '-> /c/a', '-> gone'))
  const lines = fc.array(entry, { maxLength: 6 }).map(entries => {
    // As a disk has them: below a folder alone, each once, folders before what is in them.
    const disk = new Map<string, string>()
    for (const [names, kind] of entries) {
      const above = names.slice(0, -1).map((_, index) => names.slice(0, index + 1).join('/'))
      if (above.some(folder => (disk.get(folder) ?? '/') !== '/')) continue
      for (const folder of above) disk.set(folder, '/')
      const self = names.join('/')
      if (!disk.has(self)) disk.set(self, kind === 'file' ? '' : kind === 'folder' ? '/' : ` ${kind}`)
    }
    return [...disk].sort(([a], [b]) => (a < b ? -1 : 1)).map(([each, end]) => each + end)
  })
  fc.assert(
    fc.property(fc.array(lines, { minLength: 1, maxLength: 4 }), overlays => {
      const made = together(...overlays)
      const files = made.map(line => line.replace(/(: | -> |\/$).*/, ''))
      assert.is(new Set(files).size, files.length)
      for (const each of files)
        assert.not.ok(
          files.some(other => other.startsWith(`${each}/`)),
          `${each} of ${made.join(', ')}`,
        )
      const hasLinks = overlays.flat().some(line => line.includes(' -> '))
      if (hasLinks) return
      for (const line of overlays.at(-1)!) {
        const found = line.endsWith('/')
          ? files.some(each => `${each}/`.startsWith(line))
          : made.includes(`${line}: ${overlays.length}`)
        assert.ok(found, `${line} in ${made.join(', ')}`)
      }
    }),
    { numRuns: 1000 },
  )
})

test.run()
