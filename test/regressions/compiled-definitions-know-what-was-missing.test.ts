/**
 * A compiled definition is used again only if a compilation would find the same files: also after one appears that is
 * found before those that were compiled.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compileModule } from '../../runtime/load/compile.ts'
import type { CompileRecord } from '../../runtime/load/compile-record.ts'
import { loadBsp, loadProject } from '../../runtime/load/project.ts'
import { readChecked, writeChecked } from '../../runtime/state/engine-file.ts'
import { compiled, packageFiles, run } from '../runtime/load/compiled.ts'
import { project, write } from '../runtime/load/temp-project.ts'
import { folderUntilExit } from '../support/temp-folder.ts'

const test = suite('compiled definitions know what was missing')

/** What the module is before the change and after it; it is compiled by the change alone. */
async function differs(
  files: Readonly<Record<string, string>>,
  change: (root: string) => void,
  before: unknown,
  after: unknown,
): Promise<void> {
  const root = project(files)
  assert.equal(await run(root), before)
  assert.is((await compiled(root)).reused, true)
  change(root)
  assert.equal(await run(root), after)
  assert.is((await compiled(root)).reused, true)
}

const adding = (files: Readonly<Record<string, string>>) => (root: string) => write(root, files)
const value = (text: string) => `export default '${text}'`
const MAIN = "import a from './common'\nexport default a"

test('a file beside a folder of the same name', () =>
  differs(
    { 'main.ts': MAIN, 'common/index.ts': value('folder') },
    adding({ 'common.ts': value('file') }),
    'folder',
    'file',
  ))

test('a file with an extension that is tried first, and TypeScript for JavaScript', async () => {
  await differs(
    { 'main.ts': MAIN, 'common.js': value('js') },
    adding({ 'common.tsx': value('tsx') }),
    'js',
    'tsx',
  )
  await differs(
    { 'main.ts': "import a from './common.js'\nexport default a", 'common.ts': value('ts') },
    adding({ 'common.js': value('js') }),
    'ts',
    'js',
  )
  await differs(
    { 'main.ts': MAIN, 'common/index.js': value('js') },
    adding({ 'common/index.ts': value('ts') }),
    'js',
    'ts',
  )
  await differs(
    { 'main.ts': MAIN, 'common/index.ts': value('index'), 'common/other.ts': value('main') },
    adding({ 'common/package.json': '{ "main": "./other.ts" }' }),
    'index',
    'main',
  )
})

test('a package in a nearer folder of node_modules, or one instead of a path of tsconfig.json', async () => {
  await differs(
    {
      'main.ts': "import a from './sub/a.ts'\nexport default a",
      'sub/a.ts': "export { default } from 'pkg'",
      ...packageFiles('pkg', './index.js', value('far')),
    },
    root => write(join(root, 'sub'), packageFiles('pkg', './index.js', value('near'))),
    'far',
    'near',
  )
  await differs(
    {
      'main.ts': "import a from '@lib/a'\nexport default a",
      'second/a.ts': value('second'),
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./first/*", "./second/*"], } } /* */ }',
    },
    adding({ 'first/a.ts': value('first') }),
    'second',
    'first',
  )
  await differs(
    {
      'main.ts': "import a from '@lib/a'\nexport default a",
      'one/a.ts': value('one'),
      'two/a.ts': value('two'),
      'tsconfig.json': '{ "extends": "./base" }',
      'base.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./one/*"] } } }',
    },
    root => {
      rmSync(join(root, 'base.json'))
      write(root, { 'base.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./two/*"] } } }' })
    },
    'one',
    'two',
  )
})

test('a link that leads elsewhere, at any place of its chain', async () => {
  const root = project({ 'main.ts': MAIN, 'a/x.ts': value('a'), 'b/x.ts': value('b') })
  symlinkSync('links/x.ts', join(root, 'common.ts'))
  mkdirSync(join(root, 'links'))
  symlinkSync('../a/x.ts', join(root, 'links/x.ts'))
  assert.is(await run(root), 'a')
  rmSync(join(root, 'links/x.ts'))
  symlinkSync('../b/x.ts', join(root, 'links/x.ts'))
  assert.is(await run(root), 'b')
})

test('a link to itself in place of a folder is an error at the import', async () => {
  const root = project({ 'main.ts': MAIN, 'common/index.ts': value('folder') })
  await run(root)
  rmSync(join(root, 'common'), { recursive: true })
  symlinkSync('common', join(root, 'common'))
  const { module, diagnostics } = await compileModule('main.ts', { root })
  assert.not.ok(module)
  assert.is(diagnostics[0]!.file, 'main.ts')
})

test('files that no import can mean change nothing', async () => {
  const root = project({ 'main.ts': MAIN, 'common/index.ts': value('folder') })
  await run(root)
  write(root, {
    'commons.ts': value('x'),
    'readme.txt': '',
    'common/other.ts': value('y'),
    'z/common.ts': '',
  })
  assert.is((await compiled(root)).reused, true)
})

test('values of YAML files, of extension files and of layers too', async () => {
  const root = project({
    'bsp/qemu/bsp.ts': `import { defineBsp } from 'strux-bsp'
import { hostname } from './host'
import base from '../../layers/base'
export default defineBsp({ extends: base, name: 'q', description: 'd', hostname, extensions: ['mine'] } as never)`,
    'bsp/qemu/host/index.ts': "export const hostname = 'folder'",
    'layers/base/index.ts': "import { layer } from 'strux-bsp'\nexport default layer({ arch: 'arm64' })",
    'extensions/mine.ts': `import { defineExtension } from 'strux-bsp'
import packages from './list'
export default defineExtension({ name: 'mine', hooks: { extension_prepare_config: draft => {
  draft.bsp.rootfs = { packages }
} } } as never)`,
    'extensions/list/index.ts': "export default ['folder']",
  })
  const data = async () => {
    const { value: bsp, diagnostics, findings } = await loadBsp(await loadProject(root), 'qemu')
    assert.ok(bsp, JSON.stringify([diagnostics, findings]))
    return [bsp.data.arch, bsp.data.hostname, bsp.data.rootfs?.packages]
  }
  assert.equal(await data(), ['arm64', 'folder', ['folder']])
  write(root, {
    'bsp/qemu/host.ts': "export const hostname = 'file'",
    'layers/base.ts': "import { layer } from 'strux-bsp'\nexport default layer({ arch: 'armhf' })",
    'extensions/list.json': '["file"]',
  })
  assert.equal(await data(), ['armhf', 'file', ['file']])
})

// ---- stories ----------------------------------------------------------------------------------------------------------

const FILES = [
  'common.ts',
  'common.tsx',
  'common.js',
  'common.json',
  'common/index.ts',
  'common/index.js',
  'common/other.ts',
  'common/sub.ts',
  'lib/common.ts',
  'lib/common/index.mts',
  'first/a.ts',
  'second/a.ts',
  'second/a/index.ts',
  'node_modules/pkg.ts',
  'node_modules/pkg/index.js',
  'node_modules/pkg/other.js',
  'node_modules/pkg/index.ts',
  'lib/node_modules/pkg/index.js',
  'lib/node_modules/pkg/other.js',
]
const MANIFESTS = [
  'package.json',
  'common/package.json',
  'lib/package.json',
  'node_modules/pkg/package.json',
  'lib/node_modules/pkg/package.json',
]
const CONFIGS = ['tsconfig.json', 'lib/tsconfig.json', 'base.json', 'base']

const anyOf = (...values: string[]) => fc.constantFrom(...values)
const manifest = fc.record(
  {
    main: anyOf('./other', './other.js', './index', './sub', '.'),
    type: anyOf('module', 'commonjs'),
    exports: fc.constantFrom<unknown>('./other.js', './index.js', {
      '.': { node: './index.js', default: './other.js' },
    }),
    imports: fc.constantFrom<unknown>({ '#c': './common.js' }, { '#c': 'pkg' }, { '#*': './lib/common.js' }),
  },
  { requiredKeys: [] },
)
const config = fc.record(
  {
    extends: fc.constantFrom<unknown>('./base', './base.json', '../base', ['./base']),
    compilerOptions: fc.record(
      {
        baseUrl: anyOf('.', './lib', './first'),
        paths: fc.constantFrom<unknown>(
          { '@lib/*': ['./first/*', './second/*'] },
          { '@lib/a': ['./second/a', './common'] },
        ),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), file: anyOf(...FILES) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('remove' as const),
      file: anyOf(...FILES, ...MANIFESTS, ...CONFIGS, 'common', 'node_modules', 'lib/node_modules', 'second'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      file: anyOf(...FILES, 'common', 'node_modules', 'lib/node_modules', 'first', 'second'),
      to: anyOf(...FILES, 'first', 'second', 'common', 'node_modules/pkg'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('link' as const),
      file: anyOf(...FILES, 'common', 'node_modules/pkg'),
      to: anyOf(...FILES, 'first', 'second', 'lib'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('manifest' as const),
      file: anyOf(...MANIFESTS),
      data: manifest,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('manifest' as const), file: anyOf(...CONFIGS), data: config }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

let written = 0

function take(root: string, { kind, file, ...more }: Step): void {
  const path = join(root, file)
  try {
    if (kind === 'remove') rmSync(path, { recursive: true, force: true })
    else if (kind === 'write') {
      const text = `${file} ${written++}`
      write(root, {
        [file]: file.endsWith('.json')
          ? JSON.stringify(text)
          : `export default '${text}'\nexport const c = 1`,
      })
    } else if (kind === 'manifest') write(root, { [file]: JSON.stringify((more as { data: unknown }).data) })
    else {
      const to = join(root, (more as { to: string }).to)
      mkdirSync(dirname(kind === 'move' ? to : path), { recursive: true })
      if (kind === 'move') renameSync(path, to)
      else symlinkSync(to, path)
    }
  } catch {
    // A folder in the way, or nothing to move.
  }
}

const MAINS = {
  'main.ts': `import * as a from './common'
import * as b from './lib/main.ts'
import * as c from '@lib/a'
import * as d from '#c'
export default [a, b, c, d]`,
  'lib/main.ts':
    "import * as a from 'pkg'\nimport * as b from './common.js'\nimport * as c from '../common/sub'\nexport default [a, b, c]",
}

/** What a compilation makes of the files as they are; the messages where it fails. */
async function result(root: string, entry: string, fresh: boolean): Promise<string> {
  const outDir = folderUntilExit('strux-fresh-')
  const options = fresh ? { root, outDir, force: true } : { root }
  const { module, diagnostics } = await compileModule(entry, options)
  if (fresh && !module) rmSync(outDir, { recursive: true })
  return module ? readFileSync(module.output, 'utf8') : JSON.stringify(diagnostics)
}

/** Files and folders of an old record are not read again if their stat is the same. */
async function makeOld(root: string, entry: string): Promise<void> {
  const { module } = await compileModule(entry, { root })
  if (!module) return
  const record = `${module.output}.json`
  writeChecked(record, { ...(readChecked(record) as CompileRecord), recorded: Date.now() + 60_000 })
  // Longer than a tick of the filesystem's clock.
  await sleep(10)
}

test('after any story of changes, the module is the one that a new compilation makes', async () => {
  let reused = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 2, maxLength: 7 }),
      anyOf('common', 'lib/main.ts', '@lib/a', '#c', 'all'),
      fc.boolean(),
      async (steps, what, isOld) => {
        const root = project(
          {
            ...MAINS,
            // One import by itself compiles in most states; all of them seldom do.
            'one.ts': `import * as a from '${what === 'common' ? './common' : what === 'lib/main.ts' ? './lib/main.ts' : what}'\nexport default a`,
            'common/index.ts': value('c'),
            'common/sub.ts': value('s'),
            'lib/common.ts': value('l'),
            'second/a.ts': value('a'),
            'node_modules/pkg/index.js': value('p'),
            'package.json': '{ "imports": { "#c": "./common/index.ts" } }',
            'tsconfig.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./first/*", "./second/*"] } } }',
          },
          {},
        )
        const entry = what === 'all' ? 'main.ts' : 'one.ts'
        await result(root, entry, false)
        for (const each of steps) {
          if (isOld) await makeOld(root, entry)
          take(root, each)
          const before = await compileModule(entry, { root })
          if (before.module?.reused) reused++
          assert.is(await result(root, entry, false), await result(root, entry, true))
        }
      },
    ),
    { numRuns: Number(process.env.STRUX_TEST_STORIES ?? 50) },
  )
  assert.ok(reused > 0)
})

test.run()
