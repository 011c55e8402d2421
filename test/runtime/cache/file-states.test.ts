import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FileStates, type InputState } from '../../../runtime/cache/file-states.ts'
import { HashMemo, hashText } from '../../../runtime/cache/hash-memo.ts'
import { concerns, pathRef } from '../../../runtime/model/paths.ts'
import type { PathRef } from '../../../runtime/model/plan.ts'
import { inTempFolder, write } from '../../support/temp-folder.ts'

const X = hashText('x')

interface Place {
  readonly root: string
  readonly at: (path: string) => string
  /** The state as a build that begins now sees it. */
  readonly state: (path: string | PathRef, without?: string[]) => Promise<InputState>
  readonly fileStates: () => FileStates
}

function withWorld(work: (place: Place) => Promise<void>): () => Promise<void> {
  return () =>
    inTempFolder(async folder => {
      const root = join(folder, 'project')
      mkdirSync(root)
      const fileStates = () => new FileStates(root, new HashMemo(join(folder, 'memo')))
      const state = (path: string | PathRef, without?: string[]) =>
        fileStates().state(typeof path === 'string' ? pathRef(path, path) : path, without)
      await work({ root, at: path => join(root, path), state, fileStates })
    })
}

test(
  'a file counts by its content, whatever its mode',
  withWorld(async ({ at, state }) => {
    write(at('f'), 'x', 0o600)
    assert.is(await state('f'), X)
    chmodSync(at('f'), 0o755)
    assert.is(await state('f'), X)
  }),
)

test(
  'nothing is no state, also where a file stands for a folder or symlinks lead round',
  withWorld(async ({ at, state, fileStates }) => {
    write(at('f'), 'x')
    symlinkSync('b', at('a'))
    symlinkSync('a', at('b'))
    symlinkSync('gone', at('dangling'))
    for (const path of ['none', 'f/below', 'a', 'a/below', 'dangling']) {
      assert.is(await state(path), undefined, path)
      assert.not(fileStates().exists(path), path)
      assert.not(fileStates().isFile(path), path)
      assert.is(await fileStates().fileHash(path), undefined, path)
    }
  }),
)

test(
  'a folder counts by names, content, modes, symlinks and empty folders',
  withWorld(async ({ at, state }) => {
    write(at('d/a'), 'x', 0o644)
    write(at('d/.hidden'), 'x', 0o644)
    write(at('d/sub/b'), 'x', 0o755)
    mkdirSync(at('d/empty'))
    chmodSync(at('d/sub'), 0o755)
    chmodSync(at('d/empty'), 0o700)
    symlinkSync('a', at('d/link'))
    assert.equal(await state('d'), {
      '.hidden': `644 ${X}`,
      a: `644 ${X}`,
      empty: '700 folder',
      link: '-> a',
      sub: '755 folder',
      'sub/b': `755 ${X}`,
    })
  }),
)

const CHANGES: readonly (readonly [string, (at: Place['at']) => void])[] = [
  ['content', at => write(at('d/a'), 'y')],
  ['a name', at => renameSync(at('d/a'), at('d/c'))],
  ['a mode', at => chmodSync(at('d/a'), 0o755)],
  [
    'the target of a symlink',
    at => {
      rmSync(at('d/link'))
      symlinkSync('sub', at('d/link'))
    },
  ],
  [
    'a symlink in the place of a file',
    at => {
      rmSync(at('d/a'))
      symlinkSync('sub/b', at('d/a'))
    },
  ],
  ['an empty folder', at => rmSync(at('d/empty'), { recursive: true })],
  ['a new file far down', at => write(at('d/sub/sub/n'), '')],
  ['the mode of a folder', at => chmodSync(at('d/sub'), 0o700)],
]

for (const [what, change] of CHANGES) {
  test(
    `a folder is another one after a change of ${what}`,
    withWorld(async ({ at, state }) => {
      write(at('d/a'), 'x', 0o644)
      write(at('d/sub/b'), 'x')
      mkdirSync(at('d/empty'))
      symlinkSync('a', at('d/link'))
      const before = await state('d')
      assert.equal(await state('d'), before)
      change(at)
      assert.not.equal(await state('d'), before)
    }),
  )
}

test(
  'an empty folder is a state',
  withWorld(async ({ at, state }) => {
    mkdirSync(at('d'))
    assert.equal(await state('d'), {})
  }),
)

test(
  'patterns to ignore are whole names or ends of names, at any depth',
  withWorld(async ({ at, state }) => {
    for (const name of [
      'a',
      'b.log',
      'node_modules/x',
      'sub/node_modules/y',
      'sub/c.log',
      'sub/log',
      'sub/my_node_modules',
    ])
      write(at(`d/${name}`), 'x')
    const ref = { ...pathRef('d', 'd'), ignore: ['node_modules', '*.log'] }
    assert.equal(Object.keys((await state(ref)) as object), ['a', 'sub', 'sub/log', 'sub/my_node_modules'])
    const glob = { ...pathRef('d/**', 'd/**'), ignore: ['node_modules', '*.log'] }
    assert.equal(Object.keys((await state(glob)) as object), ['d/a', 'd/sub/log', 'd/sub/my_node_modules'])
  }),
)

test(
  "a node's own artifacts are no part of the folder or glob that it reads",
  withWorld(async ({ at, state }) => {
    for (const name of ['a', 'made/x', 'made-not']) write(at(`d/${name}`), 'x')
    assert.equal(Object.keys((await state('d', ['d/made'])) as object), ['a', 'made-not'])
    assert.equal(Object.keys((await state('d/**', ['d/made', 'd/a'])) as object), ['d/made-not'])
  }),
)

test(
  'a glob means files, dot files and symlinks too, and no folder',
  withWorld(async ({ at, state, fileStates }) => {
    for (const name of ['a.dts', '.b.dts', 'c.txt', 'sub/d.dts']) write(at(`d/${name}`), 'x', 0o644)
    mkdirSync(at('d/folder.dts'))
    symlinkSync('c.txt', at('d/link.dts'))
    assert.equal(await state('d/*.dts'), {
      'd/.b.dts': `644 ${X}`,
      'd/a.dts': `644 ${X}`,
      'd/link.dts': `-> c.txt 644 ${X}`,
    })
    assert.equal(await fileStates().matches(pathRef('d/**/d.dts', 'd/**/d.dts')), ['d/sub/d.dts'])
    assert.is(await state('d/*.c'), undefined)
    assert.is(await state('none/*.c'), undefined)
  }),
)

test(
  'a symlink counts as what it leads to, where it is the input itself',
  withWorld(async ({ at, state }) => {
    write(at('real/f'), 'x', 0o644)
    symlinkSync('real', at('link'))
    symlinkSync('real/f', at('file'))
    assert.is(await state('file'), X)
    assert.equal(await state('link'), { f: `644 ${X}` })
  }),
)

test(
  'symlinks that lead out of the project are noticed, on the way as well as at the end',
  withWorld(async ({ root, at, fileStates }) => {
    write(join(root, '../outside/f'), 'x')
    write(at('in/f'), 'x')
    symlinkSync('../outside', at('away'))
    symlinkSync('../outside/f', at('file'))
    symlinkSync('in', at('stay'))
    symlinkSync('../project-2', at('neighbour'))
    mkdirSync(join(root, '../project-2'))
    for (const path of ['away', 'away/f', 'file', 'neighbour'])
      assert.ok(fileStates().leadsOutside(path), path)
    for (const path of ['in/f', 'stay', 'stay/f', 'none']) assert.not(fileStates().leadsOutside(path), path)
  }),
)

test(
  'what was seen is believed until something has run',
  withWorld(async ({ at, fileStates }) => {
    const seen = fileStates()
    assert.not(seen.exists('f'))
    write(at('f'), 'x')
    assert.not(seen.exists('f'))
    seen.refresh()
    assert.ok(seen.exists('f'))
  }),
)

test(
  'a folder linked to the outside leads there, whatever lies deep in it; the project itself and links within do not',
  withWorld(async ({ at, fileStates }) => {
    write(at('in/deep/f'), 'x')
    write(join(at('..'), 'elsewhere/deep/f'), 'x')
    symlinkSync('../elsewhere', at('out'))
    symlinkSync('in', at('alias'))
    assert.equal(
      ['out/deep/f', 'out/deep/gone', 'out', 'alias/deep/f', 'in/deep/f', 'gone/deep', '.'].map(path =>
        fileStates().leadsOutside(path),
      ),
      [true, true, true, false, false, false, false],
    )
  }),
)

test(
  'a pattern with a slash means the top of the folder only',
  withWorld(async ({ at, state }) => {
    for (const file of ['d/dist/x', 'd/in/dist/x', 'd/f']) write(at(file), 'x')
    const ref = { ...pathRef('d', 'd'), ignore: ['/dist'] }
    assert.equal(Object.keys((await state(ref)) as object).sort(), ['f', 'in', 'in/dist', 'in/dist/x'])
    const glob = { ...pathRef('d/**', 'd/**'), ignore: ['/dist'] }
    assert.equal(Object.keys((await state(glob)) as object).sort(), ['d/f', 'd/in/dist/x'])
    assert.not(concerns(ref, 'd/dist/y'))
    assert.ok(concerns(ref, 'd/in/dist/y'))
  }),
)

test(
  'of a Go program, what Go reads',
  withWorld(async ({ at, state }) => {
    write(at('README.md'), 'x')
    write(at('main.go'), '//go:embed page.html\n')
    write(at('page.html'), 'x')
    const ref: PathRef = { ...pathRef('.', '.'), ignore: ['/dist'], only: 'go' }
    assert.equal(Object.keys((await state(ref)) as object), ['main.go', 'page.html'])
  }),
)

test.run()
