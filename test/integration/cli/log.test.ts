/** `strux log`: what the last run of a script printed. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('log')
const HERE = { env: { STRUX_IN_CONTAINER: '1' } }
let project: TempProject

test.before.each(() => {
  project = new TempProject()
  project.write('bsp/demo/in.txt', 'one\n')
  project.bsp([
    {
      step: 'before_bundle',
      run: 'cat "$BSP_FOLDER/in.txt"; echo STRUX_PROGRESS: halfway; echo problem >&2; cp "$BSP_FOLDER/in.txt" "$PROJECT_DIST_OUTPUT_FOLDER/out"',
      cached_generated_artifacts: ['output/out'],
      depends_on: ['./in.txt'],
    },
    { id: 'fails', step: 'make_image', run: 'echo why; exit 4' },
    { id: 'tool', step: 'flash_script', location: './flash.sh' },
  ])
  project.write('bsp/demo/flash.sh', 'true\n')
})
test.after.each(() => project.dispose())

test('a skipped script has the log of its last run, also when the definitions are in disorder', async () => {
  const id = 'before_bundle:inline'
  const shown = (args: string[]) => project.strux(['log', ...args], HERE)
  assert.match((await shown([id])).stderr, /has not run yet[\s\S]*strux build demo/)
  for (const outcome of ['ran', 'skipped']) {
    const built = await project.build(['--only', id], HERE)
    assert.equal(built.outcomes, { [id]: outcome }, built.said)
    const { code, stdout, stderr } = await shown([id])
    assert.is(code, 0)
    assert.equal(stdout.split('\n').sort(), ['', 'halfway', 'one', 'problem'])
    assert.match(stderr, /^dist\/logs\/demo\/before_bundle-inline\.[0-9a-f]+\.log, last written 20/)
  }
  assert.match((await shown(['before_bundle'])).stdout, /halfway/)
  assert.match((await shown(['before_bundel'])).stderr, /Did you mean before_bundle/)
  assert.match((await shown(['tool'])).stderr, /runs in your terminal/)
  project.write('bsp/demo/bsp.ts', 'export default {')
  assert.match((await shown([id, '--bsp', 'demo'])).stdout, /halfway/)
})

test('a failure names the log, and so does the machine output; clean deletes logs', async () => {
  const { code, stderr } = await project.strux(['build', '--only', 'fails'], HERE)
  assert.is(code, 4)
  assert.match(stderr, /dist\/logs\/demo\/fails\.log \(`strux log 'fails' --bsp demo`\)/)
  const built = await project.build(['--only', 'fails'], HERE)
  const finished = built.events.find(event => event.type === 'node_finished')
  assert.is(finished?.log, 'dist/logs/demo/fails.log')
  assert.is(project.read('dist/logs/demo/fails.log'), 'why\n')
  await project.strux(['clean'])
  assert.not(project.has('dist/logs/demo'))
})

test.run()
