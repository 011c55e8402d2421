/** Inside a builder container, bash extensions are read by a process: without the caller's environment. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openConfinedProcess } from '../../../runtime/confined/confined-process.ts'
import { type Evaluation, Evaluator } from '../../../runtime/extensions/bash/evaluate.ts'
import { VisibleFiles } from '../../../runtime/extensions/bash/visible-files.ts'
import { TempProject } from '../../support/project.ts'

/** Calls `user_config__a` of the extension. */
function evaluated(
  project: TempProject,
  text: string,
  evaluator = evaluatorOf(project),
): Promise<Evaluation> {
  const { root } = project
  project.write('extensions/a.sh', text)
  return evaluator.evaluate({
    files: ['extensions/a.sh'],
    visible: new VisibleFiles(root).of(['extensions/a.sh']),
    inputs: { BOARD: 'demo', EXTENSION_DIR: `${root}/extensions` },
    function: 'user_config__a',
  })
}

function evaluatorOf({ root }: TempProject): Evaluator {
  return new Evaluator(root, { root, open: async () => openConfinedProcess(root) })
}

test('handlers and effects are the same as in a container; the project does not change', async () => {
  const project = new TempProject()
  process.env.SECRET = 'secret'
  const text =
    'user_config__a() {\n  echo "[$SECRET]"\n  touch "${EXTENSION_DIR}/touched" || :\n  WORD="${BOARD}"\n}\n'
  const evaluation = await evaluated(project, text)
  delete process.env.SECRET
  assert.is(evaluation.failure, undefined)
  assert.equal(evaluation.functions, [{ name: 'user_config__a', file: 'extensions/a.sh', line: 1 }])
  assert.is(evaluation.variables.WORD, 'demo')
  assert.match(evaluation.output, '[]\n')
  assert.match(evaluation.output, 'Read-only')
  assert.not(project.has('extensions/touched'))
  await project.dispose()
})

test('it sees only the files that count, as in a container', async () => {
  const project = new TempProject()
  project.write('word', 'one')
  const text = 'user_config__a() { WORD="$(cat "${EXTENSION_DIR}/../word" 2>/dev/null || echo none)"; }\n'
  assert.is((await evaluated(project, text)).variables.WORD, 'none')
  await project.dispose()
})

test('no file is read if the project cannot be made read-only any more', async () => {
  const project = new TempProject()
  const { PATH } = process.env
  const evaluator = evaluatorOf(project)
  const text = 'user_config__a() { touch "${EXTENSION_DIR}/touched"; }\n'
  await evaluated(project, 'user_config__a() { :; }\n', evaluator)
  project.write('bin/mount', '#!/bin/sh\necho no mounts >&2\nexit 32\n', 0o755)
  process.env.PATH = `${project.at('bin')}:${PATH}`
  const { failure } = await evaluated(project, text, evaluator)
  process.env.PATH = PATH
  assert.match(failure!.message, 'no mounts')
  assert.not(project.has('extensions/touched'))
  await project.dispose()
})

test.run()
