/** A file of any name counts: one called __proto__, and one whose name is not UTF-8. */
import { execFileSync } from 'node:child_process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Sh } from '../../lib/sh.ts'
import { namesIn, onDisk, textOf } from '../../runtime/state/file-names.ts'
import { bspWith, SimulatedProject } from '../support/simulated.ts'
import { inTempFolder } from '../support/temp-folder.ts'

/** As bash prints them: `caf\xe9` in Latin-1, a lone surrogate in CESU-8, an emoji, a replacement character. */
const NAMES = [
  'caf\\xe9.txt',
  '\\xed\\xa0\\x80',
  '\\xff\\xfe',
  '💀',
  '\\xef\\xbf\\xbd',
  '__proto__',
  'constructor',
  'toString',
]
const bash = (script: string, cwd: string) => execFileSync('bash', ['-c', script], { cwd })

for (const read of ['./content', './content/*', './content/**', '.'])
  for (const name of NAMES)
    test(`${read} with ${name}`, async () => {
      const project = new SimulatedProject()
      const bsp = bspWith([
        {
          step: 'make_image',
          id: 'reader',
          run: new Sh('r'),
          depends_on: [read === '.' ? './' : read],
          cached_generated_artifacts: ['output/x'],
        },
      ])
      const behave = () => {
        project.write('dist/output/demo/x', 'x')
        return 0
      }
      const write = (text: string) =>
        bash(
          `mkdir -p content/sub; for d in content content/sub; do printf ${text} > "$d/"$'${name}'; done`,
          `${project.root}/bsp/demo`,
        )
      try {
        project.write('bsp/demo/content/plain', 'x')
        write('1')
        await project.build({ bsp, behave })
        assert.equal((await project.build({ bsp, behave })).order, [], 'nothing to do')
        write('2')
        assert.equal((await project.build({ bsp, behave })).order, ['reader'], 'the file was changed')
        assert.equal((await project.build({ bsp, behave })).order, [])
        bash(`rm content/$'${name}'`, `${project.root}/bsp/demo`)
        assert.equal((await project.build({ bsp, behave })).order, ['reader'], 'the file was removed')
      } finally {
        project.dispose()
      }
    })

test('an artifact and a script called __proto__', async () => {
  const project = new SimulatedProject()
  const bsp = bspWith([
    {
      step: 'make_image',
      id: '__proto__',
      run: new Sh('r'),
      depends_on: ['__proto__', './in'],
      cached_generated_artifacts: ['constructor'],
    },
  ])
  let runs = 0
  const behave = () => {
    project.write('dist/constructor', String(runs++))
    return 0
  }
  try {
    project.write('bsp/demo/in', '1')
    project.write('dist/__proto__', '1')
    await project.build({ bsp, behave })
    await project.build({ bsp, behave })
    assert.is(runs, 1)
    project.write('dist/__proto__', '2')
    await project.build({ bsp, behave })
    assert.is(runs, 2)
  } finally {
    project.dispose()
  }
})

test('every name leads back to its file', () =>
  inTempFolder(async folder => {
    bash(`for n in ${NAMES.map(name => `$'${name}'`).join(' ')}; do printf '%s' "$n" > "$n"; done`, folder)
    const names = namesIn(folder)
    assert.is(new Set(names).size, NAMES.length)
    const { readFileSync } = await import('node:fs')
    for (const name of names) assert.is(textOf(readFileSync(onDisk(`${folder}/${name}`))), name)
  }))

test.run()
