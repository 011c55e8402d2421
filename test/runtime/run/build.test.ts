/** Whole builds with plugged-in steps and scripts that are functions: who runs, in which order, and what is recorded. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BUILD_HOOKS } from '../../../lib/hooks/build.ts'
import type { BspData, ProjectData, ScriptData } from '../../../lib/schema.ts'
import { Sh } from '../../../lib/sh.ts'
import type { StepNode } from '../../../runtime/model/plan.ts'
import type { StepBodies, StepBody } from '../../../runtime/plan/body.ts'
import { STEPS } from '../../../runtime/steps/registry.ts'
import {
  type BuildSettings,
  type Built,
  bspWith,
  PROJECT,
  SimulatedProject,
  script,
  simulatedBody,
} from '../../support/simulated.ts'

const BOOT = {
  boot: { kernel: { custom_kernel: true }, bootloader: { enabled: true, type: 'u-boot' } },
} as Partial<BspData>

/** A project whose steps make what they declare, and whose journal says what happened. */
class Bench {
  readonly project = new SimulatedProject()
  readonly journal: string[] = []
  scripts: ScriptData[] = []
  bsp: Partial<BspData> = BOOT
  config: ProjectData = PROJECT
  /** Told before a script ends; returns its exit code. */
  behave: (id: string) => number = () => 0
  bodies: StepBodies = Object.fromEntries(STEPS.map(({ name }) => [name, this.body(name)]))

  body(name: string, source = name): StepBody {
    const make = (node: StepNode) => {
      this.journal.push(name === 'kernel' ? 'kernel extract' : name)
      for (const { path } of node.artifacts) this.project.write(`${path}/made`, name)
    }
    if (name !== 'kernel') return simulatedBody(source, make)
    return simulatedBody(source, make, 'extracted', () => {
      this.journal.push('kernel build')
    })
  }

  get settings(): BuildSettings {
    return {
      bsp: bspWith(this.scripts, this.bsp),
      project: this.config,
      bodies: this.bodies,
      behave: id => {
        this.journal.push(id)
        return this.behave(id)
      },
    }
  }

  /** Builds, and returns with the result what happened, in order. */
  async build(more: Partial<BuildSettings> = {}): Promise<Built & { journal: string[] }> {
    this.journal.length = 0
    const built = await this.project.build({ ...this.settings, ...more })
    return { ...built, journal: [...this.journal] }
  }

  async foretold(id: string): Promise<string[]> {
    const { action, reasons } = (await this.project.dryRun(this.settings)).get(id)!
    return [
      action,
      ...reasons.map(({ code, subject }) => (subject === undefined ? code : `${code} ${subject}`)),
    ]
  }
}

function bench(name: string, work: (bench: Bench) => Promise<void>): void {
  test(name, async () => {
    const made = new Bench()
    try {
      await work(made)
    } finally {
      made.project.dispose()
    }
  })
}

/** A script that makes one file, so that it can be skipped. */
function making(
  bench: Bench,
  step: ScriptData['step'],
  id: string,
  more: Partial<ScriptData> = {},
): ScriptData {
  const before = bench.behave
  bench.behave = each => {
    if (each === id) bench.project.write(`dist/cache/demo/of-${id}`, id)
    return before(each)
  }
  return script(step, { id, cached_generated_artifacts: [`cache/of-${id}`], ...more })
}

bench('the whole pipeline, in order, with the kernel in two phases', async bench => {
  const hooks = BUILD_HOOKS.filter(row => row.runs_in === 'container' && row.relation !== 'replaces').map(
    row => row.name,
  )
  bench.scripts = hooks.map(hook => script(hook, { id: hook })).reverse()
  const { ok, journal } = await bench.build()
  assert.ok(ok)
  assert.equal(journal, [
    'before_build',
    ...['frontend', 'application', 'cage', 'wpe', 'client'].flatMap(name => [
      `before_${name}`,
      name,
      `after_${name}`,
    ]),
    ...['before_kernel', 'kernel extract', 'after_kernel_extract', 'kernel build', 'after_kernel'],
    ...['before_bootloader', 'bootloader', 'after_bootloader'],
    ...['before_rootfs', 'rootfs', 'after_rootfs', 'rootfs_post'],
    ...['before_bundle', 'make_image', 'after_build'],
  ])
  assert.match(bench.project.read('dist/output/demo/.build-info.json')!, '"bspName": "demo"')
})

bench(
  'with every step from the cache the hooks around them still run, and after_kernel_extract does not',
  async bench => {
    bench.scripts = [
      'before_kernel',
      'after_kernel_extract',
      'after_kernel',
      'before_cage',
      'after_cage',
    ].map(hook => script(hook as ScriptData['step'], { id: hook }))
    await bench.build()
    const { journal, outcomes, reasons } = await bench.build()
    assert.equal(journal, ['before_cage', 'after_cage', 'before_kernel', 'after_kernel'])
    assert.is(outcomes.get('kernel'), 'skipped')
    assert.is(outcomes.get('after_kernel_extract'), 'skipped')
    assert.equal(
      reasons.get('after_kernel_extract')!.map(({ code, subject }) => [code, subject]),
      [['step_not_run', 'kernel']],
    )
  },
)

bench(
  'after_kernel_extract runs whenever the kernel runs, also with all its artifacts there',
  async bench => {
    bench.scripts = [making(bench, 'after_kernel_extract', 'drivers')]
    await bench.build()
    bench.bsp = {
      boot: { ...BOOT.boot, kernel: { custom_kernel: true, version: '6.12' } },
    } as Partial<BspData>
    assert.equal(await bench.foretold('kernel'), ['run', 'config_changed boot.kernel'])
    assert.equal(await bench.foretold('drivers'), ['run', 'step_runs kernel'])
    const { journal } = await bench.build()
    assert.equal(journal.slice(0, 3), ['kernel extract', 'drivers', 'kernel build'])
  },
)

for (const [hook, step] of [
  ['before_kernel', 'kernel'],
  ['after_kernel_extract', 'kernel'],
  ['before_bootloader', 'bootloader'],
] as const) {
  bench(`the text and the inputs of ${hook} scripts are inputs of the ${step} step`, async bench => {
    const feeder = (text: string) => [making(bench, hook, 'feeder', { location: text, depends_on: ['./in'] })]
    bench.project.write('bsp/demo/a.sh', '1')
    bench.project.write('bsp/demo/in', '1')
    bench.scripts = feeder('./a.sh')
    await bench.build()
    assert.equal(await bench.foretold(step), ['skip', 'unchanged'])
    bench.project.write('bsp/demo/a.sh', '2')
    assert.equal(await bench.foretold(step), ['run', 'script_changed ./a.sh'])
    assert.is((await bench.build()).outcomes.get(step), 'ran')
    bench.project.write('bsp/demo/in', '2')
    assert.equal(await bench.foretold(step), ['run', 'dependency_changed ./in'])
    assert.is((await bench.build()).outcomes.get(step), 'ran')
    assert.is((await bench.build()).outcomes.get(step), 'skipped')
    bench.scripts = []
    assert.equal(await bench.foretold(step), ['run', 'script_changed feeder'])
  })
}

bench('scripts after a step, and around others, are no inputs of it', async bench => {
  const more = { location: './a.sh' }
  bench.project.write('bsp/demo/a.sh', '1')
  bench.scripts = [making(bench, 'after_kernel', 'a', more), making(bench, 'before_cage', 'b', more)]
  await bench.build()
  bench.project.write('bsp/demo/a.sh', '2')
  assert.equal((await bench.build()).journal, ['b', 'a'])
})

bench('a step whose body is another runs again', async bench => {
  await bench.build()
  bench.bodies = { ...bench.bodies, cage: bench.body('cage', 'new') }
  assert.equal(await bench.foretold('cage'), ['run', 'script_changed cage'])
  assert.is((await bench.build()).outcomes.get('cage'), 'ran')
})

bench('a step without a body stops a build before anything runs, and is named', async bench => {
  const { kernel: _, rootfs: __, ...bodies } = bench.bodies
  bench.scripts = [script('before_build', { id: 'first' })]
  const { ok, error, journal } = await bench.build({ bodies })
  assert.not(ok)
  assert.match((error as Error).message, 'cannot run the built-in steps kernel, rootfs')
  assert.is((error as { exitCode: number }).exitCode, 1)
  assert.equal(journal, [])
})

bench(
  'a script that replaces the kernel runs between its hooks, and no kernel body is asked for',
  async bench => {
    bench.scripts = ['after_kernel', 'custom_kernel', 'before_kernel'].map(hook =>
      script(hook as ScriptData['step'], { id: hook }),
    )
    const { kernel: _, ...bodies } = bench.bodies
    const { journal } = await bench.build({ bodies })
    assert.equal(
      journal.filter(each => each.includes('kernel')),
      ['before_kernel', 'custom_kernel', 'after_kernel'],
    )
  },
)

bench('force_rebuild takes steps, hooks and ids', async bench => {
  bench.scripts = [
    making(bench, 'make_image', 'a'),
    making(bench, 'make_image', 'b'),
    making(bench, 'after_build', 'c'),
  ]
  await bench.build()
  const forcing = async (...force_rebuild: string[]) => {
    bench.config = { ...PROJECT, build: { cache: { force_rebuild } } } as ProjectData
    return (await bench.build()).journal
  }
  assert.equal(await forcing('make_image'), ['a', 'b'])
  assert.equal(await forcing('c'), ['c'])
  assert.equal(
    await forcing('cage', 'a'),
    ['cage', 'rootfs_post', 'a'].filter(each => each !== 'rootfs_post'),
  )
})

bench('a script that reads all of dist/ runs on every build', async bench => {
  const reading = { ...making(bench, 'make_image', 'a'), depends_on: ['../dist'] }
  bench.scripts = [reading]
  for (let n = 0; n < 3; n++) assert.ok((await bench.build()).journal.includes('a'))
})

bench('with the cache off all runs and nothing is recorded', async bench => {
  bench.scripts = [making(bench, 'make_image', 'a')]
  bench.config = { ...PROJECT, build: { cache: { enabled: false } } } as ProjectData
  const everything = (await bench.build()).journal
  assert.equal((await bench.build()).journal, everything)
  bench.config = PROJECT
  assert.equal(await bench.foretold('a'), ['run', 'no_record'])
  assert.equal(await bench.foretold('cage'), ['run', 'no_record'])
})

bench('an artifact that was not made is a warning that names it, and no record', async bench => {
  bench.scripts = [script('make_image', { id: 'a', cached_generated_artifacts: ['output/disk.img'] })]
  const { ok, warnings } = await bench.build()
  assert.ok(ok)
  assert.equal(warnings, [
    'a succeeded but did not make output/disk.img (dist/output/demo/disk.img), so it will run again',
  ])
  bench.project.write('dist/output/demo/disk.img', 'x')
  assert.equal(await bench.foretold('a'), ['run', 'no_record'])
})

bench('a folder counts as an artifact', async bench => {
  bench.scripts = [script('make_image', { id: 'a', cached_generated_artifacts: ['output/tree'] })]
  bench.behave = () => {
    bench.project.write('dist/output/demo/tree/x', 'x')
    return 0
  }
  assert.equal((await bench.build()).warnings, [])
  assert.equal(await bench.foretold('a'), ['skip', 'unchanged'])
})

for (const [what, path, subject] of [
  ['a dependency', 'bsp/demo/in', './in'],
  ['a file in a folder', 'bsp/demo/folder/x', './folder'],
  ['the script', 'bsp/demo/a.sh', './a.sh'],
] as const) {
  bench(
    `${what} that is edited while the script runs is a warning, and the script runs again`,
    async bench => {
      const files = ['bsp/demo/in', 'bsp/demo/folder/x', 'bsp/demo/a.sh']
      for (const file of files) bench.project.write(file, '1')
      bench.scripts = [
        making(bench, 'make_image', 'a', { location: './a.sh', depends_on: ['./in', './folder'] }),
      ]
      const plain = bench.behave
      bench.behave = id => {
        bench.project.write(path, '2')
        return plain(id)
      }
      assert.equal((await bench.build()).warnings, [`${subject} changed while a ran, so it will run again`])
      assert.is((await bench.foretold('a'))[0], 'run')
      bench.behave = plain
      assert.equal((await bench.build()).warnings, [])
      assert.equal(await bench.foretold('a'), ['skip', 'unchanged'])
    },
  )
}

bench('a script that fails ends the build with its own exit code and leaves no record', async bench => {
  bench.project.write('bsp/demo/in', '1')
  bench.scripts = [
    making(bench, 'make_image', 'a', { depends_on: ['./in'] }),
    script('after_build', { id: 'b' }),
  ]
  await bench.build()
  const whole = bench.behave
  bench.behave = id => {
    if (id !== 'a') return whole(id)
    bench.project.write('dist/cache/demo/of-a', 'damaged')
    return 42
  }
  bench.project.write('bsp/demo/in', '2')
  const { ok, error, outcomes, journal } = await bench.build()
  assert.not(ok)
  assert.is((error as { exitCode: number }).exitCode, 42)
  assert.match((error as Error).message, 'a failed with exit code 42')
  assert.is(outcomes.get('a'), 'failed')
  assert.equal(journal, ['a'])
  // All is put back as it was when the script last succeeded: what it left behind is damaged all the same.
  bench.project.write('bsp/demo/in', '1')
  bench.behave = whole
  assert.equal(await bench.foretold('a'), ['run', 'no_record'])
  await bench.build()
  assert.is(bench.project.read('dist/cache/demo/of-a'), 'a')
})

bench('a step that fails leaves no record', async bench => {
  const good = bench.bodies
  const bad = simulatedBody('cage', () => Promise.reject(new Error('no')))
  await bench.build()
  bench.project.remove('dist/cache/demo/cage')
  assert.not((await bench.build({ bodies: { ...good, cage: bad } })).ok)
  bench.project.write('dist/cache/demo/cage', 'x')
  assert.equal(await bench.foretold('cage'), ['run', 'no_record'])
})

bench(
  'a script inside the kernel that fails ends the step, which runs again from its beginning',
  async bench => {
    bench.scripts = [script('after_kernel_extract', { id: 'drivers' })]
    bench.behave = () => 3
    const { error, outcomes } = await bench.build()
    assert.is((error as { exitCode: number }).exitCode, 3)
    assert.is(outcomes.get('kernel'), 'failed')
    bench.behave = () => 0
    assert.equal((await bench.build()).journal.slice(0, 3), ['kernel extract', 'drivers', 'kernel build'])
  },
)

bench('a build that is called off before a node starts nothing more', async bench => {
  const controller = new AbortController()
  bench.scripts = [script('before_build', { id: 'a' }), script('make_image', { id: 'b' })]
  bench.behave = id => {
    if (id === 'a') controller.abort(new Error('called off'))
    return 0
  }
  const { ok, error, journal } = await bench.build({ signal: controller.signal })
  assert.not(ok)
  assert.is((error as Error).message, 'called off')
  assert.equal(journal, ['a'])
})

bench('up to a hook, then all: nothing runs twice', async bench => {
  bench.scripts = [
    making(bench, 'before_build', 'a', { depends_on: ['./in'] }),
    making(bench, 'make_image', 'b', { depends_on: ['cache/of-a'] }),
  ]
  bench.project.write('bsp/demo/in', '1')
  const part = await bench.build({ selection: { until: 'before_build' } })
  assert.equal(part.journal, ['a'])
  assert.is(bench.project.read('dist/output/demo/.build-info.json'), undefined)
  const all = await bench.build()
  assert.not(all.journal.includes('a'))
  assert.ok(all.journal.includes('b'))
  assert.equal((await bench.build()).journal, [])
})

bench(
  'scripts of the project change the root filesystem in the order of their list, each once',
  async bench => {
    bench.config = {
      ...PROJECT,
      scripts: ['one', 'two'].map(id => ({
        id,
        run: new Sh(id),
        cached_generated_artifacts: [`cache/of-${id}`],
      })),
    } as ProjectData
    const tarball = 'dist/cache/demo/rootfs-post.tar.gz'
    bench.bodies = {
      ...bench.bodies,
      rootfs_post: simulatedBody('post', node => {
        for (const { path } of node.artifacts) bench.project.write(path, 'base')
      }),
    }
    bench.behave = id => {
      bench.project.write(tarball, `${bench.project.read(tarball)} ${id}`)
      bench.project.write(`dist/cache/demo/of-${id}`, id)
      return 0
    }
    await bench.build()
    assert.is(bench.project.read(tarball), 'base one two')
    assert.equal((await bench.build()).journal, [])
    bench.config = { ...bench.config, name: 'other' }
    await bench.build()
    assert.is(bench.project.read(tarball), 'base one two')
  },
)

bench('a step that serves every BSP runs once for all of them', async bench => {
  const { journal } = await bench.build({ name: 'one' })
  assert.ok(journal.includes('frontend'))
  const other = await bench.build({ name: 'two' })
  assert.not.ok(other.journal.includes('frontend'))
  assert.ok(other.journal.includes('application'))
})

bench(
  'a BSP does not believe in a shared output that the build of another one left half-made',
  async bench => {
    bench.project.write('frontend/index.html', 'first')
    await bench.build({ name: 'one' })
    await bench.build({ name: 'two' })
    bench.project.write('frontend/index.html', 'edited')
    const dies = simulatedBody('frontend', () => {
      bench.project.write('dist/cache/frontend/made', 'half')
      throw new Error('no space left')
    })
    assert.not((await bench.build({ name: 'one', bodies: { ...bench.bodies, frontend: dies } })).ok)
    bench.project.write('frontend/index.html', 'first')
    assert.ok((await bench.build({ name: 'two' })).journal.includes('frontend'))
    assert.is(bench.project.read('dist/cache/frontend/made'), 'frontend')
  },
)

bench('what somebody puts in place of a missing first version is changed, not deleted', async bench => {
  const tarball = 'dist/cache/demo/rootfs-post.tar.gz'
  bench.config = { ...PROJECT, scripts: [{ id: 'motd', run: new Sh('motd') }] } as ProjectData
  bench.behave = () => {
    const before = bench.project.read(tarball)
    if (before === undefined) return 1
    bench.project.write(tarball, `${before} motd`)
    return 0
  }
  const selection = { only: ['motd'] }
  assert.not((await bench.build({ selection })).ok)
  bench.project.write(tarball, 'mine')
  assert.ok((await bench.build({ selection })).ok)
  assert.is(bench.project.read(tarball), 'mine motd')
  assert.ok((await bench.build({ selection })).ok)
  assert.is(bench.project.read(tarball), 'mine motd', 'applied once')
})

test.run()
