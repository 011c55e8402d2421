/** strux new extension: its file can be enabled as it is. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('strux new extension')

test('the new file is an extension with handlers', async () => {
  const project = new TempProject()
  project.bsp([])
  const made = await project.strux(['new', 'extension', 'greeting'])
  assert.is(made.code, 0, made.stderr)
  assert.match(made.stdout, /^wrote extensions\/greeting\.ts\n/)
  const { code, stdout, stderr } = await project.strux(['extensions', '--enable', 'greeting'])
  assert.is(code, 0, stderr)
  assert.match(stdout, /extension_prepare_config\n.* greeting/)
  assert.match(stdout, /pre_customize_image\n.* greeting/)
  const again = await project.strux(['new', 'extension', 'greeting'])
  assert.is(again.code, 2)
  assert.match(again.stderr, /already exists/)
  const wrong = await project.strux(['new', 'extension', '../greeting'])
  assert.is(wrong.code, 2)
  project.dispose()
})

test.run()
