/** Inside a builder container, bash extensions are read by a process: without the caller's environment. */
import { existsSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openConfinedProcess } from '../../../runtime/extensions/bash/confined.ts'
import { Evaluator } from '../../../runtime/extensions/bash/evaluate.ts'
import { visibleFiles } from '../../../runtime/extensions/bash/visible-files.ts'
import { TempProject } from '../../support/project.ts'

test('handlers and effects are the same as in a container; the project does not change', async () => {
  const project = new TempProject()
  const { root } = project
  project.write(
    'extensions/a.sh',
    'user_config__a() {\n  echo "[$SECRET]"\n  touch "${EXTENSION_DIR}/touched" || :\n  WORD="${BOARD}"\n}\n',
  )
  const evaluator = new Evaluator({
    projectRoot: root,
    root,
    open: async () => openConfinedProcess(root),
  })
  process.env.SECRET = 'secret'
  const evaluation = await evaluator.evaluate({
    files: ['extensions/a.sh'],
    visible: visibleFiles(root, 'extensions/a.sh'),
    inputs: { BOARD: 'demo', EXTENSION_DIR: `${root}/extensions` },
    function: 'user_config__a',
  })
  delete process.env.SECRET
  assert.is(evaluation.failure, undefined)
  assert.equal(evaluation.functions, [{ name: 'user_config__a', file: 'extensions/a.sh', line: 1 }])
  assert.is(evaluation.variables.WORD, 'demo')
  assert.match(evaluation.output, '[]\n')
  // Only where namespaces can be made is the project read-only.
  if (/Read-only/.test(evaluation.output)) assert.not(existsSync(project.at('extensions/touched')))
  await evaluator.close()
  await project.dispose()
})

test.run()
