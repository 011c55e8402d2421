/** STRUX_IN_CONTAINER=1: scripts run right here, without an engine. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('in container')
let project: TempProject
/** Whoever asks for the engine is heard. */
const HERE = { env: { STRUX_IN_CONTAINER: '1', DOCKER_HOST: 'unix:///nonexistent/docker.sock' } }

test.before.each(() => {
  project = new TempProject()
  project.write('bsp/demo/in.txt', 'one\n')
  project.write(
    'bsp/demo/scripts/copy.sh',
    'cp "$BSP_FOLDER/in.txt" "$PROJECT_DIST_OUTPUT_FOLDER/out"\necho "$PWD $0 $BSP_CACHE_DIR"\n',
  )
  project.bsp([
    {
      id: 'copy',
      step: 'before_bundle',
      location: './scripts/copy.sh',
      cached_generated_artifacts: ['output/out'],
      depends_on: ['./in.txt'],
    },
  ])
})
test.after.each(() => project.dispose())

test('builds without an engine, with real paths', async () => {
  const built = await project.build([], HERE)
  assert.is(built.code, 0, built.said)
  assert.equal(built.lines('copy'), [`${project.root} /bin/bash ${project.at('dist/cache/demo')}`])
  assert.is(project.read('dist/output/demo/out'), 'one\n')
  const plan = JSON.parse((await project.strux(['plan', '--json'], HERE)).stdout)
  const node = plan.nodes.find((each: { id: string }) => each.id === 'copy')
  assert.is(node.env.BSP_FOLDER, project.at('bsp/demo'))
})

test('exit code, cancel and kill -9 here', async () => {
  project.write('bsp/demo/scripts/copy.sh', 'echo damaged >"$PROJECT_DIST_OUTPUT_FOLDER/out"; exit 7')
  assert.is((await project.build([], HERE)).code, 7)
  project.write(
    'bsp/demo/scripts/copy.sh',
    'echo damaged >"$PROJECT_DIST_OUTPUT_FOLDER/out"; [ -e dist/go ] && cp "$BSP_FOLDER/in.txt" "$PROJECT_DIST_OUTPUT_FOLDER/out" && exit 0; echo hanging; sleep 1000',
  )
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGKILL', 137],
  ] as const) {
    const running = project.startBuild([], HERE)
    await running.line('hanging')
    running.child.kill(signal)
    assert.is((await running.ended).code, code)
  }
  project.write('dist/go', '')
  const built = await project.build(['--no-wait'], HERE)
  assert.equal(built.outcomes, { copy: 'ran' }, built.said)
  assert.is(project.read('dist/output/demo/out'), 'one\n')
})

test('shell here', async () => {
  const { code, stdout } = await project.strux(['shell', '--at', 'copy'], {
    ...HERE,
    input: 'pwd; echo "$STEP"; exit 3\n',
  })
  assert.is(code, 3)
  assert.is(stdout, `${project.root}\nbefore_bundle\n`)
})

test.run()
