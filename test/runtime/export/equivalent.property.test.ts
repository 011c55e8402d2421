/**
 * Whatever a BSP says in TypeScript, the exported YAML means the same: the same hooks in the same order, the same text of
 * scripts, the same files, the same environment. Where docs/yaml.md names a difference, this file does too.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { HOOK_NAMES, type Hook } from '../../../lib/hooks/build.ts'
import type { BspData, ProjectData, ScriptData } from '../../../lib/schema.ts'
import { bspSchema, projectSchema } from '../../../lib/schema.ts'
import { Sh } from '../../../lib/sh.ts'
import { FileStates } from '../../../runtime/cache/file-states.ts'
import { HashMemo } from '../../../runtime/cache/hash-memo.ts'
import { exportAll } from '../../../runtime/export/export.ts'
import { writeExport } from '../../../runtime/export/write.ts'
import type { Layers } from '../../../runtime/layers/compose.ts'
import type { Project } from '../../../runtime/load/loaded.ts'
import { diagnose, loadBsp, loadProject } from '../../../runtime/load/project.ts'
import { isProduct } from '../../../runtime/model/paths.ts'
import type { Plan, PlanNode, ScriptNode } from '../../../runtime/model/plan.ts'
import { makePlan } from '../../../runtime/plan/plan.ts'
import { BUILD_PIPELINE } from '../../../runtime/steps/pipeline.ts'
import { bspOverlays } from '../../../runtime/steps/rootfs_post/overlays.ts'
import { folderUntilExit } from '../../support/temp-folder.ts'

fc.configureGlobal({ includeErrorInReport: true })

const test = suite('exported YAML means the same')

const folder = folderUntilExit('strux-export-')
const root = join(folder, 'project')
const out = join(folder, 'out')
const BOARD = 'dist/artifacts/boards/@acme/panel'

const FILES: Readonly<Record<string, string>> = {
  'bsp/demo/a.sh': '#!/bin/bash\necho a\n',
  'bsp/demo/scripts/b.sh': 'echo "$BSP_FOLDER"',
  'bsp/demo/data/x': 'x',
  'bsp/demo/data/deep/y': 'y',
  'bsp/demo/one.cfg': '1',
  'bsp/demo/two.cfg': '2',
  'bsp/demo/odd[1] name.cfg': 'odd',
  'bsp/demo/dts/a.dts': '/dts-v1/;',
  'bsp/demo/fix.patch': 'p',
  'bsp/demo/kernel.config': 'A=y',
  'bsp/demo/blob.bin': 'b',
  'bsp/demo/x.deb': 'd',
  'bsp/demo/overlay/etc/issue': 'i',
  'bsp/demo/overlay/etc/net/own': 'n',
  'shared/common.sh': 'echo shared',
  'shared/data': 'shared',
  'scripts/post.sh': 'echo post',
  'overlay/etc/motd': 'm',
  'overlay/etc/net': 'a file',
  'logo.png': 'l',
  [`${BOARD}/make.sh`]: '#!/bin/bash\ncp "$BOARD_FOLDER/board.bin" /tmp\n',
  [`${BOARD}/plain.sh`]: 'echo board\n',
  [`${BOARD}/board.bin`]: 'bb',
  [`${BOARD}/patches/p.patch`]: 'pp',
  [`${BOARD}/overlay/etc/issue`]: 'of the board',
  [`${BOARD}/overlay/etc/motd/d`]: 'a folder',
  [`${BOARD}/index.ts`]: 'export {}',
}
for (const [file, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

// ---- arbitrary definitions ----------------------------------------------------------------------------------------------

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const list = <T>(value: fc.Arbitrary<T>, maxLength = 3) => fc.uniqueArray(value, { maxLength })
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '0755',
    'yes',
    '6.10',
    '1:30',
    'null',
    '~',
    "it's",
    '"q"',
    'a: b',
    '#c',
    'é💥',
    '\u0085x\u2028',
    '- x',
    '{{x}}',
  ),
)
const ownFile = fc.constantFrom('./one.cfg', './data/x', './kernel.config', './../../shared/data')
const depends = list(
  fc.oneof(
    ownFile,
    fc.constantFrom(
      './data',
      './*.cfg',
      './{one,two}.cfg',
      './data/**/*',
      './odd\\[1\\] name.cfg',
      '../shared/data',
      '../logo.png',
      'cache/rootfs-post.tar.gz',
      'cache/a',
      'output/b',
      'cache/d',
      'cache/kernel',
      'x/y',
      './gone',
      './dts',
    ),
  ),
  4,
)
const artifacts = list(
  fc.constantFrom('cache/a', 'output/b', 'cache/d/1', 'cache/d/2', 'x/y', '../bsp/demo/data/made'),
  2,
)

const boardPath = `../../${BOARD}`
const script = fc
  .record({
    step: fc.constantFrom<Hook>(...HOOK_NAMES),
    source: fc.oneof(
      fc
        .constantFrom(
          './a.sh',
          'a.sh',
          './scripts/b.sh',
          './../../shared/common.sh',
          `./${boardPath}/make.sh`,
          `./${boardPath}/plain.sh`,
        )
        .map(location => ({ location })),
      fc
        .constantFrom(
          'echo one',
          'set -e\n\necho "two"  \n',
          '',
          'cat "$BOARD_FOLDER/x"',
          '#!/bin/sh\necho three\n',
        )
        .map(run => ({ run: new Sh(run) })),
    ),
    ofBoard: fc.boolean(),
    id: some(fc.constantFrom('one', 'two', 'a/b c'.replaceAll(' ', '_'))),
    description: some(text),
    tools: some(fc.constant(['image'] as const)),
    depends_on: some(depends),
    cached_generated_artifacts: some(artifacts),
  })
  .map(({ source, ofBoard, ...rest }) => {
    const isBoards = 'location' in source ? source.location.includes('@acme') : ofBoard
    return { data: { ...rest, ...source } as ScriptData, isBoards }
  })

const fragments = list(
  fc.oneof(
    fc.constantFrom('./kernel.config', 'kernel.config', 'CONFIG_A=y', 'CONFIG_A=y\n# CONFIG_B is not set\n'),
    text,
  ),
)
const patches = list(fc.constantFrom('./fix.patch', 'fix.patch', `./${boardPath}/patches/p.patch`))
const kernel = fc.record({
  custom_kernel: fc.boolean(),
  source: some(fc.constantFrom('https://example.com/linux.git#v6', 'https://example.com/linux.tar.xz')),
  version: some(text),
  defconfig: some(text),
  fragments: some(fragments),
  patches: some(patches),
  device_tree: some(
    fc.record({
      dts: fc.constantFrom<string | string[]>('./dts/a.dts', 'in-tree', ['./dts/a.dts'], ['in-tree']),
    }),
  ),
})
const bootloader = fc.record({
  enabled: fc.boolean(),
  type: some(fc.constantFrom('u-boot', 'custom', 'none') as fc.Arbitrary<'u-boot' | 'custom' | 'none'>),
  // Without one, U-Boot is built by a generated script.
  source: fc.constant('https://example.com/u-boot.git#main'),
  version: some(text),
  defconfig: some(text),
  patches: some(patches),
  fragments: some(fragments),
  device_tree: some(
    fc.record({
      dts: fc.constantFrom<string | string[]>('dts/a.dts', ['./dts/a.dts', 'dts/a.dts']),
      standalone: some(fc.boolean()),
    }),
  ),
  boot_method: some(fc.constant('script' as const)),
  blobs: some(
    list(
      fc.record({
        id: text,
        role: fc.constant('bl31'),
        path: fc.constantFrom('./blob.bin', 'cache/b.bin', 'output/x', 'y'),
        required: some(fc.boolean()),
      }),
      2,
    ),
  ),
})
const bsp = fc.record({
  name: text,
  description: text,
  arch: fc.constantFrom('arm64', 'aarch64', 'x86_64', 'amd64', 'armhf', 'host') as fc.Arbitrary<'arm64'>,
  hostname: fc.constantFrom('h', '0755', 'lobby-panel', 'a.b', 'no', '1e3'),
  display: some(fc.record({ resolution: fc.constant('800x600' as const) })),
  cage: some(fc.record({ env: some(list(text)), hide_cursor: some(fc.boolean()) })),
  boot: some(fc.record({ kernel: some(kernel), bootloader: some(bootloader) })),
  rootfs: some(
    fc.record({
      overlay: some(
        fc.oneof(
          fc.constantFrom('./overlay', 'overlay', './none'),
          list(fc.constantFrom('./overlay', 'overlay', 'overlay/', `./${boardPath}/overlay`), 4),
        ),
      ),
      packages: some(list(fc.constantFrom('curl', './x.deb', 'yes'))),
    }),
  ),
  runtime: some(
    fc.record({ compatible_strux_api: some(fc.constantFrom<string | string[]>('0.3', ['0.3', '0.4'])) }),
  ),
})
const project = fc.record({
  hostname: some(fc.constantFrom('h', '0755')),
  boot: some(fc.constant({ splash: { enabled: true, logo: './logo.png', color: '000000' } })),
  update: some(fc.record({ enabled: some(fc.boolean()) })),
  display: some(fc.constant({ monitors: [{ path: '/', transform: 90 as const }] })),
  rootfs: some(
    fc.record({ overlay: some(fc.constant('overlay')), packages: some(list(fc.constantFrom('wget', 'on'))) }),
  ),
  scripts: some(
    list(
      fc.record({
        location: fc.constantFrom('./scripts/post.sh', 'scripts/post.sh'),
        depends_on: some(list(fc.constantFrom('./overlay', './logo.png', 'cache/a'))),
        description: some(text),
      }),
      2,
    ),
  ),
  build: some(
    fc.record({
      cache: some(fc.record({ ignore_patterns: some(list(fc.constantFrom('*.cfg', 'deep'))) })),
      host_packages: some(list(fc.constantFrom('make'))),
    }),
  ),
})

// ---- what is compared ---------------------------------------------------------------------------------------------------

const HOST = 'x86_64'
const versions = { host: HOST, version: '1.0.0', root: '/project', hostRoot: '/home/me/project' } as const

interface Facts {
  readonly plan: Plan
  readonly root: string
  readonly fileStates: FileStates
}

/** Of a node all that a build depends on. */
async function meaning(
  node: PlanNode,
  { plan, root, fileStates }: Facts,
  ignore: readonly string[],
): Promise<object> {
  const files = new Set<string>()
  let dropped = false
  for (const ref of node.dependencies) {
    if (node.kind === 'step') {
      files.add(moved(ref.path))
      continue
    }
    if (isProduct(ref.path)) {
      const made = plan.nodes
        .flatMap(each => (each.kind === 'script' ? each.artifacts : []))
        .map(({ path }) => path)
      const inside = made.filter(path => path.startsWith(`${ref.path}/`))
      // Documented: folders of products become what is declared in them; what a step makes cannot be listed.
      if (inside.length > 0) for (const path of inside) files.add(path)
      else if (/\/(kernel|d)$/.test(ref.path) && ref.path.endsWith('/kernel')) dropped = true
      else files.add(ref.path)
      continue
    }
    const found = ref.glob ? await fileStates.matches(ref) : expanded(root, ref.path, ignore)
    const own = node.artifacts.map(({ path }) => path)
    const isFolder = ref.glob || found.length !== 1 || found[0] !== ref.path
    const counted = isFolder ? found.filter(path => !own.includes(path)) : found
    if (counted.length === 0) dropped = true
    for (const path of counted) files.add(moved(path))
  }
  const { BOARD_FOLDER: _, ...env } = node.env
  return {
    kind: node.kind,
    what: node.kind === 'script' ? node.hook : node.step,
    runs_in: node.runs_in,
    // Documented: a script of whose dependencies one cannot be said runs every time.
    artifacts: dropped ? [] : node.artifacts.map(ref => ref.path),
    files: [...files].sort(),
    env,
    rewrites: node.rewrites,
    ...(node.kind === 'script' ? { text: textOf(node, root) } : { config: pruned(node.config) }),
  }
}

function expanded(root: string, path: string, ignore: readonly string[]): readonly string[] {
  const stat = statSync(join(root, path), { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return [path]
  const below = Object.keys(FILES).filter(file => file.startsWith(`${path}/`))
  return below.filter(
    file =>
      !file
        .slice(path.length + 1)
        .split('/')
        .some(name =>
          ignore.some(pattern =>
            pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern,
          ),
        ),
  )
}

/** Documented: copies of boards lie in the BSP's folder. */
const moved = (path: string) => path.replace('dist/artifacts/boards/', 'bsp/demo/boards/')

/** Documented: scripts of a board that ask for its folder are told first; texts end with a line break. */
function textOf({ source }: ScriptNode, root: string): string {
  return source.kind === 'file' ? textIn(join(root, source.path)) : source.text.trimEnd()
}

function textIn(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/^export BOARD_FOLDER=.*\n/m, '')
    .trimEnd()
}

/** Documented: empty lists and sections are left out, a list of one device tree is one; paths of boards are moved. */
function pruned(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return moved(value).replace('./../../bsp/demo/', './')
  if (key === 'dts' && Array.isArray(value) && value.length === 1) return pruned(value[0])
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(each => pruned(each))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).flatMap(([name, part]) => {
    const kept = pruned(part, name)
    return kept === undefined ? [] : [[name, kept] as const]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** Documented: several overlays become one folder. */
function withOneOverlay(data: BspData): BspData {
  if (bspOverlays(data, 'bsp/demo').length <= 1) return data
  return { ...data, rootfs: { ...data.rootfs, overlay: './rootfs-overlay' } }
}

/** What is in the folder then, by a copy of one over the other. */
function overlaid(data: BspData): string {
  const to = join(folder, 'overlaid')
  rmSync(to, { recursive: true, force: true })
  for (const { path } of bspOverlays(data, 'bsp/demo')) {
    for (const [file, text] of Object.entries(FILES)) {
      if (!file.startsWith(`${path}/`)) continue
      const target = join(to, file.slice(path.length + 1))
      for (let above = dirname(target); above !== to; above = dirname(above))
        if (statSync(above, { throwIfNoEntry: false })?.isFile()) rmSync(above)
      rmSync(target, { recursive: true, force: true })
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, text)
    }
  }
  return to
}

function filesBelow(path: string): Record<string, string> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()
  const files = names.filter(name => statSync(join(path, name)).isFile())
  return Object.fromEntries(files.map(name => [name, readFileSync(join(path, name), 'utf8')]))
}

/** Documented: a kernel without a source of its own to download is built by a generated script, with all that runs in it. */
const isGenerated = (node: PlanNode, ownKernel: boolean) =>
  node.kind === 'step'
    ? node.step === 'kernel' && ownKernel
    : /strux-kernel(\.\d+)?\.sh$/.test(node.location ?? '') ||
      (ownKernel && node.hook === 'after_kernel_extract')

async function compare(one: Facts, two: Facts, ignore: readonly string[], ownKernel: boolean): Promise<void> {
  const all = ({ plan }: Facts) =>
    [...plan.nodes, ...plan.flash].filter(node => !isGenerated(node, ownKernel))
  const told = async (facts: Facts) => Promise.all(all(facts).map(node => meaning(node, facts, ignore)))
  const [is, should] = [await told(two), await told(one)]
  for (const [at, node] of should.entries()) {
    const other = JSON.stringify(is[at], null, 1)
    assert.ok(
      other === JSON.stringify(node, null, 1),
      `${JSON.stringify(node, null, 1)}\nhas become\n${other}`,
    )
  }
  assert.is(is.length, should.length)
  const never = ({ plan }: Facts) =>
    plan.never
      .map(({ hook, reason }) => ({ hook, reason }))
      .filter(({ hook }) => !ownKernel || hook !== 'after_kernel_extract')
  assert.equal(never(two), never(one))
}

const without = <T extends object>(value: T): T => JSON.parse(JSON.stringify(value))

test('for random definitions', async () => {
  await fc.assert(
    fc.asyncProperty(bsp, fc.array(script, { maxLength: 5 }), project, async (body, scripts, settings) => {
      const data = bspSchema.parse({
        ...without(body),
        scripts: scripts.map(each => clean(each.data)),
      }) as BspData
      const config = projectSchema.parse({
        project_version: '1.2.3',
        name: 'x',
        bsp: 'demo',
        ...without(settings),
      }) as ProjectData
      const location = { name: 'demo', file: 'bsp/demo/bsp.ts', folder: 'bsp/demo' }
      const boards = scripts.map(({ data, isBoards }) =>
        isBoards
          ? {
              layer: '@acme/panel',
              folder: BOARD,
              ...(data.location !== undefined && { location: data.location }),
            }
          : undefined,
      )
      const layers = {
        all: [{ name: '@acme/panel', folder: BOARD, at: ['extends'], isBoard: true }],
        scripts: boards,
        values: () => [],
        written: finding => finding,
      } satisfies Layers
      const found: Project = { root, config, bsps: [location] }
      const planOf = (bsp: BspData) =>
        makePlan(
          {
            project: config,
            bsp,
            boardScripts: boards,
            bspName: 'demo',
            bspFolder: 'bsp/demo',
            ...versions,
          },
          BUILD_PIPELINE,
        ).plan
      const plan = planOf(data)
      const fileStates = new FileStates(root, new HashMemo(join(folder, 'memo')))
      const exportIt = () =>
        exportAll(
          [{ project: found, bsp: { ...location, data, layers }, plan, fileStates, source: undefined }],
          {
            root,
            config: undefined,
            out,
            withSources: false,
            lossy: false,
            complete: true,
          },
        )
      const { files, ofBsps } = await exportIt()
      assert.equal(
        ofBsps.get('demo')!.filter(each => each.severity === 'error'),
        [],
      )
      writeExport(out, files, true, false)

      const loaded = await loadProject(out)
      const again = await loadBsp(loaded, 'demo')
      const said = [...(await diagnose(loaded)), ...(await diagnose(again))]
      assert.equal(
        said.filter(each => each.severity === 'error' || each.code === 'unknown_key'),
        [],
      )
      const exported = makePlan(
        {
          project: loaded.value!.config,
          bsp: again.value!.data,
          bspName: 'demo',
          bspFolder: 'bsp/demo',
          ...versions,
        },
        BUILD_PIPELINE,
      )
      const ignore = config.build?.cache?.ignore_patterns ?? []
      const kernel = data.boot?.kernel
      const ownKernel =
        kernel?.custom_kernel === true &&
        kernel.source === undefined &&
        !scripts.some(each => each.data.step === 'custom_kernel')
      await compare(
        { plan: planOf(withOneOverlay(data)), root, fileStates },
        {
          plan: exported.plan,
          root: out,
          fileStates: new FileStates(out, new HashMemo(join(folder, 'memo2'))),
        },
        ignore,
        ownKernel,
      )

      if (bspOverlays(data, 'bsp/demo').length > 1)
        assert.equal(filesBelow(join(out, 'bsp/demo/rootfs-overlay')), filesBelow(overlaid(data)))
      else assert.not(existsSync(join(out, 'bsp/demo/rootfs-overlay')))

      const entries = (again.value!.data.scripts ?? []).map(
        each => `${each.step} ${posix.normalize(each.location!)}`,
      )
      assert.is(new Set(entries).size, entries.length, 'one entry for each hook and file')
      for (const node of [...exported.plan.nodes, ...exported.plan.flash]) {
        if (node.kind !== 'script') continue
        for (const ref of node.dependencies) {
          assert.not(ref.glob, ref.declared)
          const there = statSync(join(out, ref.path), { throwIfNoEntry: false })
          assert.ok(
            isProduct(ref.path) || ref.declared === './gone' || there?.isFile(),
            `${ref.declared} is a file`,
          )
        }
      }
      for (const path of files.files.keys()) {
        const original = FILES[path.replace('bsp/demo/boards/', 'dist/artifacts/boards/')]
        if (original !== undefined) assert.is(textIn(join(out, path)), original.trimEnd(), path)
      }

      // A second export changes nothing.
      const second = await exportIt()
      assert.equal(
        writeExport(out, second.files, true, false).filter(each => each.change !== 'unchanged'),
        [],
      )
    }),
    { numRuns: 200 },
  )
})

function clean(data: object): object {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined))
}

test.run()
