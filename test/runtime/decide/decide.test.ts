/** Each rule of the script cache alone: what changes, and the one reason that is said for it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { BspData, ProjectData, ScriptData } from '../../../lib/schema.ts'
import { Sh } from '../../../lib/sh.ts'
import { RememberedBuilders } from '../../../runtime/cache/known-builders.ts'
import type { Decision } from '../../../runtime/model/decision.ts'
import { type BuildSettings, bspWith, PROJECT, SimulatedProject } from '../../support/simulated.ts'

const MAKE: ScriptData = {
  step: 'make_image',
  id: 'make',
  location: './make.sh',
  cached_generated_artifacts: ['output/disk.img'],
  depends_on: ['./image.cfg', './folder', './dts/*.dts'],
}

interface Scene {
  readonly project: SimulatedProject
  settings: BuildSettings
}

function makes(project: SimulatedProject, id: string): number {
  if (id === 'make') project.write('dist/output/demo/disk.img', 'image')
  return 0
}

function withScript(more: Partial<ScriptData> = {}, bsp: Partial<BspData> = {}): BspData {
  return bspWith([{ ...MAKE, ...more } as ScriptData], bsp)
}

/** A project that was built and has nothing left to do. */
async function built(
  work: (scene: Scene) => Promise<void> | void,
  settings: Partial<BuildSettings> = {},
): Promise<void> {
  const project = new SimulatedProject()
  const scene: Scene = {
    project,
    settings: { bsp: withScript(), behave: id => makes(project, id), ...settings },
  }
  try {
    project.write('bsp/demo/make.sh', 'genimage')
    project.write('bsp/demo/image.cfg', 'image {}')
    project.write('bsp/demo/folder/a', 'a')
    project.write('bsp/demo/folder/b', 'b')
    project.write('bsp/demo/dts/a.dts', 'a')
    assert.ok((await project.build(scene.settings)).ok)
    await work(scene)
  } finally {
    project.dispose()
  }
}

const said = ({ action, reasons }: Decision) => [
  action,
  ...reasons.map(({ code, subject }) => (subject === undefined ? code : `${code} ${subject}`)),
]

/** What the dry run says of the script, and that the build does just that. */
async function verdict({ project, settings }: Scene, id = 'make'): Promise<string[]> {
  const decision = (await project.dryRun(settings)).get(id)!
  const { ok, outcomes, reasons } = await project.build(settings)
  assert.ok(ok)
  assert.is(outcomes.get(id), decision.action === 'skip' ? 'skipped' : 'ran')
  assert.equal(reasons.get(id), decision.reasons)
  return said(decision)
}

/** The rule, what is done to a project that was built, and what is said then; afterwards there is nothing left to do. */
const RULES: readonly (readonly [string, (scene: Scene) => void, string])[] = [
  [
    'a lost artifact',
    ({ project }) => project.remove('dist/output/demo/disk.img'),
    'artifact_missing output/disk.img',
  ],
  ['a lost manifest', ({ project }) => project.remove('dist/cache/demo/.build-cache.json'), 'no_record'],
  [
    'an edited script',
    ({ project }) => project.write('bsp/demo/make.sh', 'genimage -v'),
    'script_changed ./make.sh',
  ],
  [
    'an edited dependency',
    ({ project }) => project.write('bsp/demo/image.cfg', 'x'),
    'dependency_changed ./image.cfg',
  ],
  [
    'a file changed in a folder',
    ({ project }) => project.write('bsp/demo/folder/a', 'x'),
    'dependency_changed ./folder: a',
  ],
  [
    'a file new in a folder',
    ({ project }) => project.write('bsp/demo/folder/c', 'x'),
    'dependency_new ./folder: c',
  ],
  [
    'a file gone from a folder',
    ({ project }) => project.remove('bsp/demo/folder/b'),
    'dependency_missing ./folder: b',
  ],
  [
    'a file changed of a glob',
    ({ project }) => project.write('bsp/demo/dts/a.dts', 'x'),
    'dependency_changed ./dts/*.dts: bsp/demo/dts/a.dts',
  ],
  [
    'a file new to a glob',
    ({ project }) => project.write('bsp/demo/dts/.b.dts', 'x'),
    'dependency_new ./dts/*.dts: bsp/demo/dts/.b.dts',
  ],
  [
    'a dependency that was never recorded',
    scene => {
      scene.project.write('bsp/demo/new', 'x')
      scene.settings = { ...scene.settings, bsp: withScript({ depends_on: [...MAKE.depends_on!, './new'] }) }
    },
    'dependency_new ./new',
  ],
  [
    'a variable with another value',
    scene => {
      scene.settings = { ...scene.settings, project: { ...PROJECT, project_version: '2' } }
    },
    'environment_changed PROJECT_VERSION',
  ],
  [
    'another builder image',
    scene => {
      scene.settings = { ...scene.settings, bsp: withScript({ tools: ['image', 'kernel'] }) }
    },
    'builder_changed',
  ],
]

test('nothing changed: skipped, and nothing else is said', () =>
  built(async scene => assert.equal(await verdict(scene), ['skip', 'unchanged'])))

for (const [what, change, reason] of RULES) {
  test(`${what} is ${reason}, and nothing else; after that run nothing is left to do`, () =>
    built(async scene => {
      change(scene)
      assert.equal(await verdict(scene), ['run', reason])
      assert.equal(await verdict(scene), ['skip', 'unchanged'])
    }))
}

test('new variables and variables that are gone are named', () =>
  built(async scene => {
    const plain = scene.settings
    scene.settings = { ...plain, bsp: withScript({}, { display: { resolution: '800x600' } }) }
    const both = ['run', 'environment_changed DISPLAY_WIDTH', 'environment_changed DISPLAY_HEIGHT']
    assert.equal((await verdict(scene)).sort(), [...both].sort())
    scene.settings = plain
    assert.equal((await verdict(scene)).sort(), [...both].sort())
  }))

test('a dependency that is not there: runs on every build until it is', () =>
  built(async scene => {
    scene.project.remove('bsp/demo/image.cfg')
    assert.equal(await verdict(scene), ['run', 'dependency_missing ./image.cfg'])
    assert.equal(await verdict(scene), ['run', 'dependency_missing ./image.cfg'])
    scene.project.write('bsp/demo/image.cfg', 'image {}')
    assert.equal(await verdict(scene), ['run', 'dependency_new ./image.cfg'])
    assert.equal(await verdict(scene), ['skip', 'unchanged'])
  }))

test('without declared artifacts a script runs on every build', () =>
  built(
    async scene => {
      assert.equal(await verdict(scene), ['run', 'no_artifacts'])
      assert.equal(await verdict(scene), ['run', 'no_artifacts'])
    },
    { bsp: withScript({ cached_generated_artifacts: [] }) },
  ))

test('every artifact has to be there, and each one that is not is named', () =>
  built(async scene => {
    scene.settings = {
      ...scene.settings,
      bsp: withScript({ cached_generated_artifacts: ['output/disk.img', 'cache/x', 'cache/y'] }),
    }
    assert.equal(said((await scene.project.dryRun(scene.settings)).get('make')!), [
      'run',
      'artifact_missing cache/x',
      'artifact_missing cache/y',
    ])
  }))

test('all that changed is named at once', () =>
  built(async scene => {
    scene.project.write('bsp/demo/make.sh', 'x')
    scene.project.write('bsp/demo/image.cfg', 'x')
    scene.project.remove('dist/output/demo/disk.img')
    assert.equal(await verdict(scene), [
      'run',
      'artifact_missing output/disk.img',
      'script_changed ./make.sh',
      'dependency_changed ./image.cfg',
    ])
  }))

test('--clean runs everything and empties the cache first', () =>
  built(async scene => {
    scene.project.write('dist/cache/demo/rest', 'x')
    scene.settings = { ...scene.settings, clean: true }
    assert.equal(await verdict(scene), ['run', 'clean'])
    assert.is(scene.project.read('dist/cache/demo/rest'), undefined)
  }))

for (const name of ['make', 'make_image']) {
  test(`force_rebuild: ${name} forces the script`, () =>
    built(async scene => {
      scene.settings = {
        ...scene.settings,
        project: { ...PROJECT, build: { cache: { force_rebuild: [name] } } } as ProjectData,
      }
      assert.equal(await verdict(scene), ['run', 'forced'])
      assert.equal(await verdict(scene), ['run', 'forced'])
    }))
}

test('cache.enabled: false runs everything and records nothing', () =>
  built(async scene => {
    const plain = scene.settings
    scene.settings = {
      ...plain,
      project: { ...PROJECT, build: { cache: { enabled: false } } } as ProjectData,
    }
    assert.equal(await verdict(scene), ['run', 'cache_disabled'])
    scene.settings = plain
    assert.equal(await verdict(scene), ['run', 'no_record'])
  }))

test('what reads that which an earlier script may make anew is undecided, and skipped when it comes out the same', async () => {
  const project = new SimulatedProject()
  const bsp = bspWith([
    {
      step: 'before_bundle',
      id: 'first',
      run: new Sh('1'),
      cached_generated_artifacts: ['cache/x'],
      depends_on: ['./in'],
    },
    {
      step: 'make_image',
      id: 'second',
      run: new Sh('2'),
      cached_generated_artifacts: ['cache/y'],
      depends_on: ['cache/x'],
    },
  ] as ScriptData[])
  let content = 'same'
  const behave = (id: string) => {
    project.write(`dist/cache/demo/${id === 'first' ? 'x' : 'y'}`, content)
    return 0
  }
  try {
    project.write('bsp/demo/in', '1')
    await project.build({ bsp, behave })
    project.write('bsp/demo/in', '2')
    assert.equal(said((await project.dryRun({ bsp })).get('second')!), [
      'undecided',
      'upstream_will_run first',
    ])
    assert.is((await project.build({ bsp, behave })).outcomes.get('second'), 'skipped')
    project.write('bsp/demo/in', '3')
    content = 'other'
    const { outcomes, reasons } = await project.build({ bsp, behave })
    assert.is(outcomes.get('second'), 'ran')
    assert.equal(
      reasons.get('second')!.map(({ code, subject }) => `${code} ${subject}`),
      ['dependency_changed cache/x'],
    )
  } finally {
    project.dispose()
  }
})

test('entries of one hook and one file have records of their own', async () => {
  const project = new SimulatedProject()
  const entry = (artifact: string) => ({
    step: 'make_image' as const,
    location: './make.sh',
    cached_generated_artifacts: [artifact],
  })
  const bsp = bspWith([entry('cache/a'), entry('cache/b')])
  const behave = (id: string) => {
    project.write(`dist/cache/demo/${id.endsWith('#2') ? 'b' : 'a'}`, id)
    return 0
  }
  try {
    project.write('bsp/demo/make.sh', 'x')
    await project.build({ bsp, behave })
    project.remove('dist/cache/demo/b')
    assert.equal((await project.build({ bsp, behave })).order, ['make_image:./make.sh#2'])
  } finally {
    project.dispose()
  }
})

test('an image that the user names counts by its name, and by its id once an engine has told it', () =>
  built(
    async scene => {
      assert.equal(await verdict(scene), ['skip', 'unchanged'])
      const plain = scene.settings
      scene.settings = { ...plain, imageId: 'sha256:2' }
      // No engine is asked where nothing runs; the next build that runs something meets the new image.
      assert.equal(await verdict(scene), ['skip', 'unchanged'])
      scene.project.write('bsp/demo/image.cfg', 'y')
      assert.is((await scene.project.dryRun(scene.settings)).get('make')!.reasons.length, 1)
      const { reasons } = await scene.project.build(scene.settings)
      assert.equal(
        reasons.get('make')!.map(({ code }) => code),
        ['dependency_changed', 'builder_changed'],
      )
      assert.equal(await verdict(scene), ['skip', 'unchanged'])
      const known = new RememberedBuilders(join(scene.project.root, 'dist/.strux/builders'))
      known.learn({ kind: 'named', image: 'mine', key: 'mine' }, 'sha256:3')
      scene.settings = { ...plain, imageId: 'sha256:3' }
      assert.equal(await verdict(scene), ['run', 'builder_changed'])
      scene.settings = { ...plain, project: { ...PROJECT, builder: { image: 'other' } } as ProjectData }
      assert.equal(await verdict(scene), ['run', 'builder_changed'])
    },
    { project: { ...PROJECT, builder: { image: 'mine' } } as ProjectData, imageId: 'sha256:1' },
  ))

test('a manifest that is damaged is reported and counts as empty', () =>
  built(async ({ project, settings }) => {
    project.write('dist/cache/demo/.build-cache.json', '{"version"')
    const { warnings, outcomes } = await project.build(settings)
    assert.is(outcomes.get('make'), 'ran')
    assert.match(warnings[0]!, 'the record of earlier builds cannot be used and counts as empty')
  }))

test('a dry run changes nothing', () =>
  built(async ({ project, settings }) => {
    project.write('bsp/demo/image.cfg', 'y')
    const manifest = () => readFileSync(join(project.root, 'dist/cache/demo/.build-cache.json'), 'utf8')
    const before = manifest()
    await project.dryRun({ ...settings, clean: true })
    assert.is(manifest(), before)
    assert.is(project.read('dist/output/demo/disk.img'), 'image')
  }))

test('a project that was moved has nothing to do', () =>
  built(async ({ project, settings }) => {
    project.move()
    const { outcomes } = await project.build(settings)
    assert.is(outcomes.get('make'), 'skipped')
  }))

test.run()
