/**
 * 10,000 random and hostile files: each loads, or is complained about at a place in it. None throws, hangs, or makes
 * anything but what loading a project makes.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import { renderDiagnostics } from '../../../runtime/diagnostics/render.ts'
import { loadBsp, loadProject } from '../../../runtime/load/project.ts'
import { examine } from '../../../runtime/run/workspace.ts'
import { folderUntilExit } from '../../support/temp-folder.ts'

fc.configureGlobal({ includeErrorInReport: true })

const test = suite('hostile YAML')

const outside = folderUntilExit('strux-fuzz-')
const root = join(outside, 'project')

const PROJECT = 'project_version: "1.0.0"\nname: "fuzz"\nbsp: "x"\n'
const BSP = `strux_version: "0.3.0"
bsp:
  name: x
  description: "y"
  arch: arm64
  hostname: z
  display: { resolution: 800x600 }
  scripts:
    - &one
      step: make_image
      location: ./a.sh
      depends_on: [./folder, "./*.txt", cache/a]
      cached_generated_artifacts: [output/a.img]
    - { <<: *one, step: after_build, location: "./b.sh" }
  boot:
    kernel: { custom_kernel: true, device_tree: { dts: [a, ./b.dts] } }
  rootfs:
    packages:
      - curl # comment
`

let loaded = 0
const written = new Map<string, string | Buffer>()

function write(file: string, text: string | Buffer): void {
  if (written.get(file) === text) return
  writeFileSync(join(root, file), text)
  written.set(file, text)
}

/** As the command does: load, plan, look at files, place everything that is said. */
async function load(files: {
  project?: string | Buffer
  bsp?: string | Buffer
}): Promise<{ ok: boolean; said: number }> {
  write('strux.yaml', files.project ?? PROJECT)
  write('bsp/x/bsp.yaml', files.bsp ?? BSP)
  const project = await loadProject(root)
  const bsp = project.bsps.some(each => each.name === 'x') ? await loadBsp(project, 'x') : undefined
  const { diagnostics, workspace } = await examine(project, bsp)
  const errors = diagnostics.filter(each => each.severity === 'error')
  assert.ok(workspace !== undefined || errors.length > 0, 'neither a plan nor an error')
  for (const { file, line, column, message } of diagnostics) {
    assert.ok(['strux.yaml', 'bsp/x/bsp.yaml'].includes(file), `an error in ${file}`)
    assert.ok(
      line >= 1 && column >= 1 && Number.isInteger(line) && Number.isInteger(column),
      `${file}:${line}:${column}`,
    )
    assert.ok(message.length > 0 && message.length < 2000, 'a message for people')
    assert.not.match(message, /\n\s+at |\[object Object\]|TypeError|RangeError/)
  }
  // Slow, and the same for all.
  if (loaded++ % 8 === 0)
    assert.ok(renderDiagnostics(diagnostics, { root }).length < 100_000 * (diagnostics.length + 1))
  return { ok: errors.length === 0, said: diagnostics.length }
}

test.before(() => {
  mkdirSync(join(root, 'bsp/x/folder'), { recursive: true })
  for (const file of ['a.sh', 'b.sh', 'folder/f', 'n.txt', 'b.dts'])
    writeFileSync(join(root, 'bsp/x', file), 'true\n')
})

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      null,
      true,
      0,
      -1,
      Number.MAX_VALUE,
      0.1,
      '',
      ' ',
      '.',
      '..',
      '/',
      './',
      '../../../../etc/passwd',
      '/etc/passwd',
      '~',
      '\0',
    ],
    ...[
      '__proto__',
      'constructor',
      'toString',
      'a\nb',
      '\u202e',
      '\ud800',
      'é',
      '💥',
      '$(id)',
      '`id`',
      '*',
      '**/**',
      '[',
      '{a,b',
      '\\',
    ],
    ...[
      'x'.repeat(300),
      'x'.repeat(70_000),
      `./${'d/'.repeat(3000)}f`,
      'cache/',
      'output/..',
      'cache/../../..',
      '((((((a+)+)+)+)+)+$',
    ],
    ...[
      [],
      {},
      [[]],
      [null],
      { __proto__: null },
      '2024-01-01',
      '0755',
      '1:30',
      'yes',
      '<<',
      '!!str',
      '&a',
      '*a',
      'arm64',
      'ARM64',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 20 }),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
)

const KEYS = [
  ...[
    'strux_version',
    'bsp',
    'name',
    'description',
    'arch',
    'hostname',
    'display',
    'cage',
    'scripts',
    'boot',
    'rootfs',
    'runtime',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'extends',
    'run',
    'image',
    'qemu',
    '<<',
    '',
    'x'.repeat(100),
  ],
]
const SHAPES: readonly (readonly string[])[] = [
  ...[
    'name',
    'description',
    'arch',
    'hostname',
    'display.resolution',
    'cage.env',
    'cage.env.0',
    'cage.hide_cursor',
    'scripts',
  ].map(dots),
  ...[
    'scripts.0',
    'scripts.0.step',
    'scripts.0.location',
    'scripts.0.depends_on',
    'scripts.0.depends_on.0',
  ].map(dots),
  ...[
    'scripts.0.cached_generated_artifacts',
    'scripts.0.cached_generated_artifacts.0',
    'scripts.0.description',
  ].map(dots),
  ...[
    'boot.kernel',
    'boot.kernel.source',
    'boot.kernel.patches',
    'boot.kernel.fragments.0',
    'boot.kernel.device_tree.dts',
  ].map(dots),
  ...[
    'boot.bootloader.blobs.0',
    'boot.bootloader.blobs.0.path',
    'boot.bootloader.type',
    'rootfs.overlay',
    'rootfs.packages.0',
  ].map(dots),
  ...['runtime.extensions.0.path', 'runtime.compatible_strux_api'].map(dots),
]
function dots(path: string): readonly string[] {
  return path.split('.')
}

function put(target: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  const here = (target ?? {}) as Record<string, unknown>
  if (/^\d+$/.test(key)) return [put(Array.isArray(target) ? target[0] : undefined, rest, value)]
  return { ...here, [key]: put(here[key], rest, value) }
}

/** A sound definition with some values replaced, and keys that have no business there. */
const structured = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...SHAPES), hostile), { maxLength: 4 }),
    fc.array(fc.tuple(fc.constantFrom(...KEYS), hostile), { maxLength: 2 }),
    fc.boolean(),
  )
  .map(([values, keys, flow]) => {
    let bsp: unknown = {
      name: 'x',
      description: 'y',
      arch: 'arm64',
      hostname: 'z',
      boot: { kernel: { custom_kernel: true } },
    }
    for (const [place, value] of values) bsp = put(bsp, place, value)
    const extra = Object.fromEntries(keys)
    const file = {
      strux_version: '1',
      bsp: typeof bsp === 'object' ? { ...(bsp as object), ...extra } : bsp,
      ...extra,
    }
    try {
      return stringify(file, flow ? { collectionStyle: 'flow', defaultStringType: 'QUOTE_DOUBLE' } : {})
    } catch {
      return JSON.stringify(file)
    }
  })

const PIECES = [
  ...[
    '&a',
    '*a',
    '*one',
    '<<: *one',
    '<<: [*one, *one]',
    '!!binary ',
    '!x ',
    '!!set ',
    '? ',
    ': ',
    '- ',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '\t',
  ],
  ...[
    '"',
    "'",
    '|\n',
    '>-\n',
    '[',
    ']',
    '{',
    '}',
    ',',
    '#',
    '@',
    '`',
    '\r\n',
    '\x00',
    '\x1b[31m',
    '\u2028',
    '\ufeff',
    '__proto__: 1\n',
    '0x10',
    '~',
  ],
  ...['  name: again\n', '[[[[[[[[', '- - - - ', 'a: &a [*a]\n', '\n\n', '  '],
]

/** The text of a sound file, damaged. */
const damaged = fc
  .array(fc.tuple(fc.nat(BSP.length), fc.constantFrom(0, 0, 1, 5, 40), fc.constantFrom(...PIECES)), {
    minLength: 1,
    maxLength: 4,
  })
  .map(cuts =>
    cuts.reduce((text, [at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length), BSP),
  )

const bytes = fc.uint8Array({ maxLength: 80 }).map(each => Buffer.from(each))
const brokenBytes = fc
  .tuple(fc.nat(BSP.length), fc.uint8Array({ minLength: 1, maxLength: 3 }))
  .map(([at, part]) =>
    Buffer.concat([Buffer.from(BSP.slice(0, at)), Buffer.from(part), Buffer.from(BSP.slice(at))]),
  )

/** A file that takes longer hangs, on whatever machine: ms. */
const SLOWEST = 15_000

async function timely(files: Parameters<typeof load>[0]): Promise<{ ok: boolean; said: number }> {
  const started = Date.now()
  const result = await load(files)
  assert.ok(Date.now() - started < SLOWEST, `took ${Date.now() - started} ms`)
  return result
}

test('files made of sound parts and hostile values', async () => {
  let sound = 0
  await fc.assert(
    fc.asyncProperty(structured, async bsp => {
      if ((await timely({ bsp })).ok) sound++
    }),
    { numRuns: 4500 },
  )
  assert.ok(sound > 100, `some load: ${sound}`)
})

test('damaged text', async () => {
  await fc.assert(
    fc.asyncProperty(damaged, async bsp => {
      await timely({ bsp })
    }),
    { numRuns: 3500 },
  )
})

test('bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytes, brokenBytes), async bsp => {
      await timely({ bsp })
    }),
    { numRuns: 1200 },
  )
})

test('configurations', async () => {
  const values = fc.array(
    fc.tuple(
      fc.constantFrom(
        'name',
        'bsp',
        'project_version',
        'display.monitors.0',
        'rootfs.overlay',
        'scripts.0.location',
        'boot.splash',
        'qemu',
        'dev',
        'bsps',
        'build.cache.force_rebuild',
        '__proto__',
      ),
      hostile,
    ),
    { minLength: 1, maxLength: 3 },
  )
  await fc.assert(
    fc.asyncProperty(values, async changes => {
      let project: unknown = { project_version: '1.0.0', name: 'fuzz', bsp: 'x' }
      for (const [place, value] of changes) project = put(project, dots(place), value)
      await timely({ project: JSON.stringify(project) })
    }),
    { numRuns: 800 },
  )
})

test('what is meant to explode', async () => {
  const laughs = (width: number, depth: number) => {
    const lines = ['x0: &x0 lol']
    for (let level = 1; level <= depth; level++) {
      lines.push(
        `x${level}: &x${level} [${Array(width)
          .fill(`*x${level - 1}`)
          .join(', ')}]`,
      )
    }
    return `${lines.join('\n')}\n${BSP.replace('- curl', `- *x${depth}`)}`
  }
  const merges = Array.from(
    { length: 40 },
    (_, n) => `m${n}: &m${n} {${n ? `<<: [*m${n - 1}, *m${n - 1}], ` : ''}k${n}: 1}`,
  )
  const documents: Record<string, string> = {
    'ten to the ninth': laughs(10, 9),
    'a million values in one list': laughs(1000, 2),
    'maps merged over and over': `${merges.join('\n')}\n${BSP}`,
    'an anchor in itself': `a: &a [*a]\n${BSP}`,
    'deep lists': `bsp: ${'['.repeat(20_000)}`,
    'deep lists in a line': `bsp:\n  ${'- '.repeat(20_000)}x`,
    'deep maps': `bsp: ${'{a: '.repeat(20_000)}`,
    closed: `bsp: ${'['.repeat(5000)}${']'.repeat(5000)}`,
    'deep by lines': Array.from({ length: 600 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
    'a long string': BSP.replace('"y"', `"${'y'.repeat(3_000_000)}"`),
    'a long plain string': BSP.replace('"y"', 'y '.repeat(500_000)),
    'a long key': `${'k'.repeat(1_000_000)}: 1\n${BSP}`,
    'many keys': `${Array.from({ length: 5000 }, (_, n) => `k${n}: ${n}`).join('\n')}\n${BSP}`,
    'one key, many times': `${'k: 1\n'.repeat(5000)}${BSP}`,
    'many scripts': `${BSP}x: 1\n`,
    'many anchors': `a: [${Array.from({ length: 5000 }, (_, n) => `&n${n} x, *n${n}`).join(', ')}]\n${BSP}`,
    'many documents': `${BSP}---\n`.repeat(200),
    'many errors': '"\n'.repeat(5000),
    'many tabs': `${'\t'.repeat(50_000)}\n${BSP}`,
    'many comments': `${'# c\n'.repeat(100_000)}${BSP}`,
    'too large': '#'.repeat(5_000_000),
    nothing: '',
    'only a comment': '# nothing\n',
    'a directive': `%TAG ! tag:example.com,2000:\n---\n${BSP}`,
  }
  for (const [name, bsp] of Object.entries(documents)) {
    try {
      await timely({ bsp })
    } catch (error) {
      assert.unreachable(`${name}: ${(error as Error).message}`)
    }
  }
  for (const name of [
    'ten to the ninth',
    'an anchor in itself',
    'deep lists',
    'closed',
    'many documents',
    'nothing',
    'too large',
  ]) {
    assert.not((await load({ bsp: documents[name]! })).ok, name)
  }
})

test.after(() => {
  // In the project: the state that loading keeps. Beside it: nothing.
  assert.equal(readdirSync(outside), ['project'])
  assert.equal(readdirSync(root).sort(), ['bsp', 'dist', 'strux.yaml'])
  assert.equal(readdirSync(join(root, 'dist')), ['.strux'])
  assert.equal(readdirSync(join(root, 'bsp/x')).sort(), [
    'a.sh',
    'b.dts',
    'b.sh',
    'bsp.yaml',
    'folder',
    'n.txt',
  ])
  assert.equal((Object.prototype as Record<string, unknown>).polluted, undefined)
})

test.run()
