/** `strux plan --layers` and `strux new`, as a process. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('layers at the command line')
const project = new TempProject()
test.after(() => project.dispose())

project.write(
  'boards/x/index.ts',
  `import { defineBoard, layer, sh } from 'strux-bsp'
export const x = defineBoard(import.meta.url, () =>
  layer({ arch: 'arm64', rootfs: { packages: ['vim'], overlay: './overlay' }, scripts: [{ step: 'make_image', location: './a.sh' }] }))
export const needy = defineBoard(import.meta.url, (options: { name: string }) => layer({ hostname: options.name.trim() }))
export const text = sh\`true\`
`,
)
project.write('boards/x/a.sh', 'true\n')
for (const folder of ['boards/x/overlay', 'bsp/demo/own', 'shared']) project.write(`${folder}/etc/issue`, '')
project.write(
  'bsp/demo/bsp.ts',
  `import { defineBsp } from 'strux-bsp'
import { x } from '../../boards/x/index.ts'
export default defineBsp({ name: 'd', description: 'd', hostname: 'h', extends: x(), rootfs: { packages: ['nano'], overlay: ['./own', 'shared'] } })
`,
)

test('plan --layers: the layers, and where each value comes from', async () => {
  const { stdout, stderr, code } = await project.strux(['plan', '--layers'])
  assert.is(code, 0, stderr)
  assert.equal(stdout.trimEnd().split('\n'), [
    'layers of demo, the lowest first',
    '  boards/x  boards/x',
    '  demo      bsp/demo',
    'values',
    "  arch                'arm64'                     boards/x",
    "  rootfs.packages[0]  'vim'                       boards/x",
    "  rootfs.packages[1]  'nano'                      demo",
    "  rootfs.overlay[0]   './../../boards/x/overlay'  boards/x",
    "  rootfs.overlay[1]   './own'                     demo",
    "  rootfs.overlay[2]   'shared'                    demo",
    '  scripts[0]          make_image:./a.sh           boards/x',
    "  name                'd'                         demo",
    "  description         'd'                         demo",
    "  hostname            'h'                         demo",
  ])
  const json = JSON.parse((await project.strux(['plan', '--layers', '--json'])).stdout)
  assert.equal(json.layers.order, [
    { name: 'boards/x', folder: 'boards/x', board: true },
    { name: 'demo', folder: 'bsp/demo', board: false },
  ])
  assert.equal(json.layers.values[2], { key: 'rootfs.packages[1]', value: 'nano', layer: 1 })
  assert.not('layers' in JSON.parse((await project.strux(['plan', '--json'])).stdout))
})

test('plan --layers of a BSP without layers', async () => {
  project.bsp([{ id: 'a', step: 'make_image', run: 'true' }], { name: 'plain' })
  const { stdout } = await project.strux(['plan', 'plain', '--layers'])
  assert.match(stdout, '  plain  bsp/plain\n')
  assert.match(stdout, /scripts\[0\] +a +plain/)
})

test('new: what cannot be made is refused, and nothing is written', async () => {
  const refused = async (args: readonly string[], message: string) => {
    const { code, stderr } = await project.strux(['new', ...args])
    assert.is(code, 2, stderr)
    assert.match(stderr, message)
  }
  await refused(['board', 'No Name'], "'No Name' cannot be the name of a board")
  await refused(['board', '../x'], 'cannot be the name of a board')
  await refused(['board', 'x'], 'boards/x/index.ts already exists')
  await refused(['bsp', 'a/b', '--extends', 'x'], "'a/b' cannot be the name of a BSP")
  await refused(['bsp', 'demo', '--extends', 'x#x'], 'bsp/demo/bsp.ts already exists')
  await refused(['bsp', 'other'], '--extends')
  await refused(
    ['bsp', 'other', '--extends', 'nowhere'],
    'there is no board nowhere in boards/, and no such package',
  )
  await refused(['bsp', 'other', '--extends', './nowhere'], 'there is no board ./nowhere')
  project.write('boards/empty/index.ts', 'export const nothing = 1\n')
  await refused(['bsp', 'other', '--extends', 'empty'], 'empty exports no board')
  await refused(['bsp', 'other', '--extends', 'x'], '--extends x#needy, --extends x#x')
  await refused(['bsp', 'other', '--extends', 'x#y'], 'x exports no board y')
  assert.not(project.has('bsp/other'))
  assert.not(project.has('boards/x/package.json'))
})

test('new bsp: the board is called by its name, and what it does not give is written', async () => {
  const { code, stderr } = await project.strux(['new', 'bsp', 'mine', '--extends', 'boards/x#x'])
  assert.is(code, 0, stderr)
  const text = project.read('bsp/mine/bsp.ts')
  assert.match(text, "import { x } from '../../boards/x/index.js'")
  assert.match(text, "hostname: 'mine'")
  assert.not.match(text, 'arch:')
  assert.is((await project.strux(['plan', 'mine'])).code, 0)
})

test.run()
