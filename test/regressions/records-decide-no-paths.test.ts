/** What is read from dist/ never decides which path is deleted or written. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Sh } from '../../lib/sh.ts'
import { cleanCache } from '../../runtime/run/build-state.ts'
import { sha256 } from '../../runtime/state/engine-file.ts'
import { lockAll, lockBsp } from '../../runtime/state/project-locks.ts'
import { bspWith, SimulatedProject } from '../support/simulated.ts'

const COPIES = 'dist/cache/demo/.first-versions'
const bsp = bspWith([
  {
    step: 'make_image',
    id: 'link',
    run: new Sh('l'),
    depends_on: ['cache/log', './in'],
    cached_generated_artifacts: ['cache/log'],
  },
])

async function inProject(work: (project: SimulatedProject, build: () => Promise<void>) => Promise<void>) {
  const project = new SimulatedProject()
  const behave = () => {
    project.write('dist/cache/demo/log', `${project.read('dist/cache/demo/log') ?? ''}+`)
    return 0
  }
  try {
    project.write('bsp/demo/in', '1')
    project.write('bsp/demo/bsp.ts', 'mine')
    project.write('dist/output/other/disk.img', 'of another BSP')
    project.write('dist/data', 'mine')
    await work(project, async () => {
      const { ok, error } = await project.build({ bsp, behave })
      assert.ok(ok, String(error))
    })
  } finally {
    project.dispose()
  }
}

const signed = (about: unknown) => `${sha256(JSON.stringify(about))}\n${JSON.stringify(about)}`

for (const path of [
  '../victim',
  'bsp',
  '',
  '.',
  '/',
  'dist',
  'dist/cache',
  'dist/cache/demo',
  'dist/.strux',
  'dist/data',
])
  for (const write of [JSON.stringify, signed])
    test(`about.json names '${path}'${write === signed ? ' and has a right checksum' : ''}`, () =>
      inProject(async (project, build) => {
        const victim = mkdtempSync(join(tmpdir(), 'strux-victim-'))
        try {
          symlinkSync(victim, join(project.root, '..', 'victim'))
        } catch {}
        try {
          await build()
          const names = project.list(COPIES)
          for (const name of names)
            project.write(
              `${COPIES}/${name}/about.json`,
              write({ path, absent: path, writers: [], digest: null }),
            )
          // Also where the folder has the name that belongs to the path.
          const named = sha256(path).slice(0, 32)
          project.write(
            `${COPIES}/${named}/about.json`,
            write({ path, absent: path, writers: [], digest: null }),
          )
          project.write('bsp/demo/in', '2')
          await build()
          for (const kept of ['bsp/demo/bsp.ts', 'dist/output/other/disk.img', 'dist/data'])
            assert.ok(project.read(kept), `${kept} is still there`)
          assert.ok(existsSync(victim))
          await cleanCache(project.root, 'demo')
          assert.is(project.read('dist/data'), 'mine')
          assert.is(project.read('bsp/demo/bsp.ts'), 'mine')
        } finally {
          rmSync(join(project.root, '..', 'victim'), { force: true })
          rmSync(victim, { recursive: true, force: true })
        }
      }))

for (const path of ['dist/data', 'bsp/demo/bsp.ts', '../victim', 'dist/output/other/disk.img', '']) {
  test(`the record file names the chain and product '${path}'`, () =>
    inProject(async (project, build) => {
      await build()
      const file = 'dist/cache/demo/.build-cache.json'
      const records = JSON.parse(project.read(file)!)
      records.chains[path] = { first: null, absent: path, versions: [], complete: true, left: null }
      records.products[path] = { makers: ['gone'] }
      project.write(file, JSON.stringify(records))
      project.write('bsp/demo/in', '2')
      await build()
      for (const kept of ['bsp/demo/bsp.ts', 'dist/output/other/disk.img', 'dist/data'])
        assert.ok(project.read(kept), `${kept} is still there`)
    }))
}

test('a folder of a chain that is a link out of the project is left alone', () =>
  inProject(async project => {
    const victim = mkdtempSync(join(tmpdir(), 'strux-victim-'))
    const inFolder = bspWith([
      {
        step: 'make_image',
        id: 'link',
        run: new Sh('l'),
        depends_on: ['cache/grp/log', './in'],
        cached_generated_artifacts: ['cache/grp/log'],
      },
    ])
    try {
      writeFileSync(join(victim, 'log'), 'precious')
      const behave = () => 0
      await project.build({ bsp: inFolder, behave })
      mkdirSync(join(project.root, 'dist/cache/demo'), { recursive: true })
      symlinkSync(victim, join(project.root, 'dist/cache/demo/grp'))
      project.write('bsp/demo/in', '2')
      const { ok, error } = await project.build({ bsp: inFolder, behave })
      assert.not(ok)
      assert.match(String(error), 'outside the project')
      assert.is(readFileSync(join(victim, 'log'), 'utf8'), 'precious')
    } finally {
      rmSync(victim, { recursive: true, force: true })
    }
  }))

for (const folder of ['dist', 'dist/cache', 'dist/cache/demo', 'dist/output/demo', 'dist/.strux'])
  test(`${folder} is a link out of the project`, async () => {
    const root = mkdtempSync(join(tmpdir(), 'strux-linked-'))
    const victim = mkdtempSync(join(tmpdir(), 'strux-victim-'))
    const options = {
      ...{ command: 'test', noWait: true, waiting: () => {} },
      signal: new AbortController().signal,
    }
    try {
      writeFileSync(join(victim, 'f'), 'precious')
      mkdirSync(join(root, folder, '..'), { recursive: true })
      symlinkSync(victim, join(root, folder))
      const locks = folder.endsWith('/demo')
        ? [lockBsp]
        : [lockBsp, (at: string, _: string, more: typeof options) => lockAll(at, more)]
      for (const lock of locks) {
        let failure: unknown
        await lock(root, 'demo', options).catch(error => {
          failure = error
        })
        assert.match(String(failure), `${folder} is a link to ${victim}`)
      }
      assert.equal(readdirSync(victim), ['f'])
      assert.ok(lstatSync(join(root, folder)).isSymbolicLink())
    } finally {
      for (const each of [root, victim]) rmSync(each, { recursive: true, force: true })
    }
  })

test.run()
