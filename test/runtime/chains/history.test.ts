/** Scripts that change a file in place: each change exactly once, whatever runs again and whatever was interrupted. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ScriptData } from '../../../lib/schema.ts'
import { Sh } from '../../../lib/sh.ts'
import { KeptVersions } from '../../../runtime/chains/kept-versions.ts'
import { dyingAfter } from '../../support/mortal.ts'
import { type BuildSettings, type Built, bspWith, SimulatedProject } from '../../support/simulated.ts'

const TARBALL = 'dist/cache/demo/rootfs.tar'
const KEPT = new KeptVersions('.', 'demo').contentOf(TARBALL)
const inPlace = { cached_generated_artifacts: ['cache/rootfs.tar'] }

/** `base` makes the tarball of ./base; `fonts` and `splash` add a line each, of ./fonts and ./splash. */
const base: ScriptData = {
  ...inPlace,
  step: 'after_rootfs',
  id: 'base',
  run: new Sh('b'),
  depends_on: ['./base'],
}
const link = (id: string): ScriptData => ({
  ...inPlace,
  step: 'before_bundle',
  id,
  run: new Sh(id),
  depends_on: ['cache/rootfs.tar', `./${id}`],
})
const ALL = [base, link('fonts'), link('splash')]

class Chain {
  readonly project = new SimulatedProject()
  scripts: readonly ScriptData[] = ALL
  failing: string | undefined

  constructor() {
    for (const name of ['base', 'fonts', 'splash']) this.edit(name, '1')
  }

  edit(name: string, text: string): void {
    this.project.write(`bsp/demo/${name}`, text)
  }

  get settings(): BuildSettings {
    return { bsp: bspWith(this.scripts), behave: id => this.#run(id) }
  }

  build(more: Partial<BuildSettings> = {}): Promise<Built> {
    return this.project.build({ ...this.settings, ...more })
  }

  get tarball(): string | undefined {
    return this.project.read(TARBALL)
  }

  #run(id: string): number {
    const line = `${id} ${this.project.read(`bsp/demo/${id}`)}\n`
    this.project.write(TARBALL, id === 'base' ? line : `${this.tarball ?? ''}${line}`)
    return this.failing === id ? 7 : 0
  }
}

function chain(name: string, work: (chain: Chain) => Promise<void>): void {
  test(name, async () => {
    const made = new Chain()
    try {
      await work(made)
    } finally {
      made.project.dispose()
    }
  })
}

const WHOLE = 'base 1\nfonts 1\nsplash 1\n'

chain('each change is made once, and a build with nothing to do makes none', async chain => {
  assert.equal((await chain.build()).order, ['base', 'fonts', 'splash'])
  assert.is(chain.tarball, WHOLE)
  assert.equal((await chain.build()).order, [])
  assert.is(chain.tarball, WHOLE)
  assert.is(chain.project.read(KEPT), 'base 1\n')
})

for (const [edited, order] of [
  ['base', ['base', 'fonts', 'splash']],
  ['fonts', ['fonts', 'splash']],
  ['splash', ['fonts', 'splash']],
] as const) {
  chain(`when ${edited} has to run, the links run from the first version`, async chain => {
    await chain.build()
    chain.edit(edited, '2')
    const foretold = await chain.project.dryRun(chain.settings)
    assert.equal(
      [...foretold]
        .filter(([, { action }]) => action === 'run')
        .map(([id]) => id)
        .sort(),
      [...order].sort(),
    )
    assert.equal((await chain.build()).order, order)
    assert.is(chain.tarball, WHOLE.replace(`${edited} 1`, `${edited} 2`))
    assert.equal((await chain.build()).order, [])
  })
}

chain('a link that restarts because of another one says so', async chain => {
  await chain.build()
  chain.edit('splash', '2')
  const { reasons } = await chain.build()
  assert.equal(
    reasons.get('fonts')!.map(({ code, subject }) => [code, subject]),
    [['chain_restarts', TARBALL]],
  )
})

chain('a link that fails after it changed the file is not taken for done', async chain => {
  chain.failing = 'splash'
  const failed = await chain.build()
  assert.is((failed.error as { exitCode: number }).exitCode, 7)
  chain.failing = undefined
  await chain.build()
  assert.is(chain.tarball, WHOLE)
})

for (const edited of ['base', 'fonts', 'splash']) {
  test(`killed at any change of the disk while ${edited} is new, and the edit taken back: all is as it was`, async () => {
    for (let survives = 0, died = true; died; survives++) {
      const chain = new Chain()
      try {
        await chain.build()
        chain.edit(edited, '2')
        died = await dyingAfter(survives, async step => {
          await chain.build({
            behave: (id, command) => {
              const exitCode = chain.settings.behave!(id, command)
              step()
              return exitCode
            },
          })
        })
        chain.edit(edited, '1')
        await chain.build()
        assert.is(chain.tarball, WHOLE, `after ${survives} changes`)
        assert.equal((await chain.build()).order, [])
      } finally {
        chain.project.dispose()
      }
    }
  })
}

chain('a part of the chain, then all of it', async chain => {
  await chain.build({ selection: { only: ['base', 'fonts'] } })
  assert.is(chain.tarball, 'base 1\nfonts 1\n')
  await chain.build()
  assert.is(chain.tarball, WHOLE)
  await chain.build({ selection: { only: ['base'] } })
  await chain.build()
  assert.is(chain.tarball, WHOLE)
  chain.edit('fonts', '2')
  await chain.build({ selection: { only: ['fonts'] } })
  assert.is(chain.tarball, 'base 1\nfonts 2\n')
  await chain.build()
  assert.is(chain.tarball, 'base 1\nfonts 2\nsplash 1\n')
})

chain('lost records cost a run, not a change', async chain => {
  await chain.build()
  chain.project.write('dist/cache/demo/.build-cache.json', '{')
  await chain.build()
  assert.is(chain.tarball, WHOLE)
})

chain('a kept version that somebody deleted is made again', async chain => {
  await chain.build()
  chain.project.remove('dist/cache/demo/.first-versions')
  chain.edit('splash', '2')
  assert.equal((await chain.build()).order, ['base', 'fonts', 'splash'])
  assert.is(chain.tarball, 'base 1\nfonts 1\nsplash 2\n')
})

chain('a deleted or damaged result is made again', async chain => {
  await chain.build()
  chain.project.remove(TARBALL)
  await chain.build()
  assert.is(chain.tarball, WHOLE)
  chain.project.write(TARBALL, `${WHOLE}damage`)
  assert.is((await chain.project.dryRun(chain.settings)).get('fonts')!.action, 'run')
})

chain('a link that goes from the definition takes its change along', async chain => {
  await chain.build()
  chain.scripts = [base, link('splash')]
  await chain.build()
  assert.is(chain.tarball, 'base 1\nsplash 1\n')
  chain.scripts = [base]
  assert.is((await chain.project.dryRun(chain.settings)).get('base')!.action, 'run')
  await chain.build()
  assert.is(chain.tarball, 'base 1\n')
  chain.edit('base', '2')
  await chain.build()
  chain.scripts = ALL
  await chain.build()
  assert.is(chain.tarball, WHOLE.replace('base 1', 'base 2'))
})

chain('links in another order run again', async chain => {
  await chain.build()
  chain.scripts = [base, link('splash'), link('fonts')]
  await chain.build()
  assert.is(chain.tarball, 'base 1\nsplash 1\nfonts 1\n')
})

chain(
  'a reader in the middle sees its own version, and does not run for what comes after it',
  async chain => {
    const seen: (string | undefined)[] = []
    const reader: ScriptData = {
      step: 'before_bundle',
      id: 'reader',
      run: new Sh('r'),
      depends_on: ['cache/rootfs.tar', './reader'],
      cached_generated_artifacts: ['cache/list'],
    }
    chain.edit('reader', '1')
    chain.scripts = [base, link('fonts'), reader, link('splash')]
    const { behave } = chain.settings
    const settings = {
      behave: ((id, command) => {
        if (id !== 'reader') return behave!(id, command)
        seen.push(chain.tarball)
        chain.project.write('dist/cache/demo/list', 'x')
        return 0
      }) as BuildSettings['behave'] & {},
    }
    await chain.build(settings)
    assert.equal((await chain.build(settings)).order, [])
    chain.edit('splash', '2')
    assert.equal((await chain.build(settings)).order, ['fonts', 'splash'])
    chain.edit('reader', '2')
    assert.equal((await chain.build(settings)).order, ['fonts', 'reader', 'splash'])
    assert.equal(seen, ['base 1\nfonts 1\n', 'base 1\nfonts 1\n'])
    assert.is(chain.tarball, 'base 1\nfonts 1\nsplash 2\n')
  },
)

chain('an edit while the build is under way brings skipped links along', async chain => {
  const early: ScriptData = { step: 'after_rootfs', id: 'early', run: new Sh('e') }
  const edits: ScriptData = { step: 'before_bundle', id: 'edits', run: new Sh('e') }
  chain.scripts = [base, early, link('fonts'), edits, link('splash')]
  const { behave } = chain.settings
  let text = '1'
  const settings = {
    behave: ((id, command) => {
      if (id === 'edits') chain.edit('splash', text)
      return id === 'early' || id === 'edits' ? 0 : behave!(id, command)
    }) as BuildSettings['behave'] & {},
  }
  await chain.build(settings)
  text = '2'
  assert.equal((await chain.build(settings)).order, ['early', 'edits', 'fonts', 'splash'])
  assert.is(chain.tarball, 'base 1\nfonts 1\nsplash 2\n')
})

chain('a file that nobody makes is the first version, and a new one in its place the next', async chain => {
  chain.scripts = [link('fonts')]
  chain.project.write(TARBALL, 'mine\n')
  await chain.build()
  chain.edit('fonts', '2')
  await chain.build()
  assert.is(chain.tarball, 'mine\nfonts 2\n')
  chain.project.write(TARBALL, 'other\n')
  await chain.build()
  assert.is(chain.tarball, 'other\nfonts 2\n')
  assert.equal((await chain.build()).order, [])
})

chain(
  'where there was nothing at first, it begins from nothing again, also when records are lost',
  async chain => {
    chain.scripts = [link('fonts'), link('splash')]
    await chain.build()
    chain.edit('splash', '2')
    await chain.build()
    assert.is(chain.tarball, 'fonts 1\nsplash 2\n')
    chain.project.write('dist/cache/demo/.build-cache.json', '{')
    await chain.build()
    assert.is(chain.tarball, 'fonts 1\nsplash 2\n')
  },
)

test('--clean begins from the first version too, of what lies outside the cache', async () => {
  const project = new SimulatedProject()
  const change = (path: string): ScriptData => ({
    step: 'make_image',
    id: path,
    run: new Sh('x'),
    depends_on: [path],
    cached_generated_artifacts: [path],
  })
  const settings: BuildSettings = {
    bsp: bspWith([change('output/given'), change('output/grown')]),
    behave: id => {
      const path = `dist/output/demo/${id.slice('output/'.length)}`
      project.write(path, `${project.read(path) ?? ''}+`)
      return 0
    },
  }
  try {
    project.write('dist/output/demo/given', 'mine')
    for (const clean of [false, true, true]) {
      await project.build({ ...settings, clean })
      assert.is(project.read('dist/output/demo/given'), 'mine+')
      assert.is(project.read('dist/output/demo/grown'), '+')
    }
  } finally {
    project.dispose()
  }
})

test('folders are kept and put back as a whole, with what the links added gone', async () => {
  const project = new SimulatedProject()
  const tree = 'dist/cache/demo/tree'
  const bsp = bspWith([
    { step: 'after_rootfs', id: 'base', run: new Sh('b'), cached_generated_artifacts: ['cache/tree'] },
    {
      step: 'before_bundle',
      id: 'link',
      run: new Sh('l'),
      depends_on: ['cache/tree', './in'],
      cached_generated_artifacts: ['cache/tree'],
    },
  ])
  let name = 'one'
  const behave = (id: string) => {
    if (id === 'base') project.write(`${tree}/a`, 'a')
    else project.write(`${tree}/sub/${name}`, project.read(`${tree}/a`)!)
    return 0
  }
  try {
    project.write('bsp/demo/in', '1')
    const only = { only: ['link'] }
    await project.build({ bsp, behave })
    assert.is(project.read(`${tree}/sub/one`), 'a')
    assert.equal((await project.build({ bsp, behave })).order, [])
    project.write('bsp/demo/in', '2')
    name = 'two'
    assert.equal((await project.build({ bsp, behave, selection: only })).order, ['link'])
    assert.is(project.read(`${tree}/sub/one`), undefined)
    assert.is(project.read(`${tree}/sub/two`), 'a')
  } finally {
    project.dispose()
  }
})

test.run()
