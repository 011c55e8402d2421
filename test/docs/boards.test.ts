/** The board and the BSP that the documentation begins with plan without a complaint. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadBsp, loadProject } from '../../runtime/load/project.ts'
import { examine } from '../../runtime/run/workspace.ts'
import { project } from '../runtime/load/temp-project.ts'
import { REPOSITORY } from '../support/repository.ts'

const test = suite('the board of docs/boards.md')

const text = readFileSync(join(REPOSITORY, 'docs/boards.md'), 'utf8')
const [board, bsp] = [...text.matchAll(/```ts\n(.*?)```/gs)].map(match => match[1]!) as [string, string]
const FILES = { 'patches/touch.patch': '', 'image.cfg': '', 'scripts/make-image.sh': '' }
const IMPORTS =
  "import { defineBsp, without } from 'strux-bsp'\nimport board from '../../boards/panel/index.ts'\nvoid without\n"

for (const [what, body] of [
  ['as it is', bsp],
  ['alone', bsp.replace(/ {2}scripts: .*\n/, '')],
] as const) {
  test(what, async () => {
    const root = project({
      'boards/panel/index.ts': board,
      ...Object.fromEntries(
        Object.entries(FILES).map(([path, content]) => [`boards/panel/${path}`, content]),
      ),
      'bsp/qemu/bsp.ts': IMPORTS + body,
      'bsp/qemu/my-image.sh': '',
    })
    const loaded = await loadProject(root)
    const { diagnostics, workspace } = await examine(loaded, await loadBsp(loaded, 'qemu'))
    assert.equal(diagnostics, [])
    const scripts = workspace!.plan.nodes.filter(node => node.kind === 'script')
    assert.equal(
      scripts.map(node => node.id),
      [what === 'alone' ? 'panel-image' : 'make_image:./my-image.sh'],
    )
  })
}

test.run()
