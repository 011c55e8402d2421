/** Whatever is in the place of one of strux's own files: a build neither fails nor waits, and the next one finds a file. */
import { execFileSync } from 'node:child_process'
import { lstatSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Sh } from '../../lib/sh.ts'
import { acquireLock } from '../../runtime/state/lock.ts'
import { bspWith, SimulatedProject } from '../support/simulated.ts'

const SHAPES = {
  'a folder': 'mkdir -p "$1"',
  'a folder with a file': 'mkdir -p "$1" && echo x > "$1/f"',
  'a link to itself': 'ln -s "$(basename "$1")" "$1"',
  'a link to nothing': 'ln -s nothing/there "$1"',
  'a pipe': 'mkfifo "$1"',
  'an empty file': ': > "$1"',
  'other JSON': 'echo "{\\"version\\": 4, \\"scripts\\": [], \\"chains\\": 3}" > "$1"',
  null: 'echo null > "$1"',
}
const bsp = bspWith([
  {
    step: 'before_build',
    id: 'base',
    run: new Sh('b'),
    depends_on: ['./base'],
    cached_generated_artifacts: ['cache/log'],
  },
  {
    step: 'make_image',
    id: 'link',
    run: new Sh('l'),
    depends_on: ['cache/log', './in'],
    cached_generated_artifacts: ['cache/log'],
  },
])

for (const [shape, command] of Object.entries(SHAPES)) {
  for (const file of [
    '.build-cache.json',
    '.file-hashes.json',
    '.first-versions',
    'about.json',
    'content',
    '../.shared-cache.json',
  ])
    test(`${shape} in place of ${file}`, async () => {
      const project = new SimulatedProject()
      const behave = (id: string) => {
        const text = id === 'base' ? 'base' : `${project.read('dist/cache/demo/log')}+`
        project.write('dist/cache/demo/log', text)
        return 0
      }
      try {
        project.write('bsp/demo/base', '1')
        project.write('bsp/demo/in', '1')
        await project.build({ bsp, behave })
        const kept = project.list('dist/cache/demo/.first-versions')[0]!
        const inCopy = file === 'about.json' || file === 'content'
        const path = join(project.root, 'dist/cache/demo', inCopy ? `.first-versions/${kept}/${file}` : file)
        rmSync(path, { recursive: true, force: true })
        execFileSync('bash', ['-c', command, 'bash', path])
        for (const input of ['2', '3']) {
          project.write('bsp/demo/in', input)
          const { ok, error } = await project.build({ bsp, behave })
          assert.ok(ok, String(error))
          assert.is(project.read('dist/cache/demo/log'), 'base+')
        }
        assert.equal((await project.build({ bsp, behave })).order, [], 'the records are whole again')
        assert.ok(lstatSync(join(project.root, 'dist/cache/demo/.build-cache.json')).isFile())
      } finally {
        project.dispose()
      }
    })

  test(`${shape} in place of dist/.strux, its locks and a claim`, async () => {
    for (const place of [
      'dist/.strux',
      'dist/.strux/locks',
      'dist/.strux/locks/bsp-demo',
      'dist/.strux/locks/bsp-demo/1.claim',
    ]) {
      const project = new SimulatedProject()
      try {
        project.write(`${place}/../x`, 'x')
        execFileSync('bash', ['-c', command, 'bash', join(project.root, place)])
        const options = {
          what: 'it',
          command: 'test',
          noWait: true,
          waiting: () => {},
          signal: new AbortController().signal,
        }
        const lock = await acquireLock(join(project.root, 'dist/.strux/locks/bsp-demo'), options)
        lock.release()
      } finally {
        project.dispose()
      }
    }
  })
}

test.run()
