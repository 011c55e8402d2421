/** Which evaluations of bash extensions are kept: those that ended by themselves, of the same files in the same builder. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PROJECT_DEFAULTS } from '../../../lib/schema.ts'
import type { EvaluationPlace } from '../../../runtime/confined/confined-shell.ts'
import { confinedShell } from '../../../runtime/confined/open-confined-shell.ts'
import { Evaluator } from '../../../runtime/extensions/bash/evaluate.ts'
import { TempProject } from '../../support/project.ts'

const REQUEST = { files: ['a.sh'], visible: [], inputs: {} }

/** Evaluates a file in a shell that ends with the exit code; undefined if a kept result served. */
async function evaluated(root: string, exitCode: number, place: Partial<EvaluationPlace> = {}) {
  let ran = false
  const run = async () => {
    ran = true
    return { exitCode, stdout: Buffer.alloc(0), stderr: '' }
  }
  const evaluator = new Evaluator(root, {
    ...{ root: '/project', keptFor: 'trixie', ...place },
    open: async () => ({ run, close: async () => {} }),
  })
  const evaluation = await evaluator.evaluate(REQUEST)
  await evaluator.close()
  return ran ? evaluation : undefined
}

test('a result is kept, also of a file with an error', async () => {
  const project = new TempProject()
  assert.match((await evaluated(project.root, 2))!.failure!.message, 'exit code 2')
  assert.is(await evaluated(project.root, 0), undefined)
  await project.dispose()
})

test('a shell that took too long or was killed is asked again', async () => {
  const project = new TempProject()
  assert.match((await evaluated(project.root, 124))!.failure!.message, 'longer than a minute')
  assert.match((await evaluated(project.root, 137))!.failure!.message, 'killed')
  assert.is((await evaluated(project.root, 0))?.failure, undefined)
  await project.dispose()
})

test('a result counts for its builder only', async () => {
  const project = new TempProject()
  const keptFor = (builder: object) => {
    const config = { ...PROJECT_DEFAULTS, builder } as never
    return confinedShell({ projectRoot: project.root, config, notice: () => {} }).keptFor!
  }
  const builders = [{ suite: 'trixie' }, { suite: 'bookworm' }, { image: 'acme/builder:1' }].map(keptFor)
  assert.is(new Set(builders).size, 3)
  for (const builder of builders) assert.ok(await evaluated(project.root, 0, { keptFor: builder }))
  await project.dispose()
})

test('a shell that sees more than the given files keeps nothing', async () => {
  const project = new TempProject()
  const [first, second] = [undefined, undefined].map(keptFor => evaluated(project.root, 0, { keptFor }))
  assert.ok(await first)
  assert.ok(await second)
  await project.dispose()
})

test.run()
