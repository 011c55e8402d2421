/** Builder images as projects ask for them: more packages, another image. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { engine, TempProject } from '../../support/project.ts'

const test = suite('builder')
let project: TempProject
const images: string[] = []

test.before.each(() => {
  project = new TempProject()
})
test.after.each(async () => {
  await project.dispose()
  const { docker } = await engine()
  for (const image of images.splice(0))
    await docker
      .getImage(image)
      .remove({ force: true })
      .catch(() => {})
})

interface Status {
  readonly image: string
  readonly id?: string
  readonly missing: readonly string[]
}

async function status(): Promise<Status[]> {
  const { code, stdout, stderr } = await project.strux(['builder', 'status', '--json'])
  assert.is(code, 0, stderr)
  return JSON.parse(stdout).images
}

test('build.host_packages are there in scripts; without them another image is used', async () => {
  const script = {
    id: 'draw',
    step: 'make_image',
    run: 'command -v figlet >/dev/null && figlet hi >"$BSP_CACHE_DIR/drawn" || echo plain >"$BSP_CACHE_DIR/drawn"',
    cached_generated_artifacts: ['cache/drawn'],
    tools: ['image'],
  }
  project.bsp([script])
  assert.equal((await project.build(['--from', 'draw'])).outcomes, { draw: 'ran' })
  assert.is(project.read('dist/cache/demo/drawn'), 'plain\n')
  const before = new Set((await status()).map(({ image }) => image))
  project.config({ build: { host_packages: ['figlet'] } })
  const added = (await status()).filter(({ image }) => !before.has(image))
  images.push(...added.filter(({ id }) => id === undefined).map(({ image }) => image))
  const built = await project.build(['--from', 'draw'])
  assert.is(built.code, 0, built.said)
  assert.equal(built.reasons('draw'), ['builder_changed'])
  assert.match(project.read('dist/cache/demo/drawn'), '|_')
  assert.equal((await project.build(['--from', 'draw'])).outcomes, { draw: 'skipped' })
  assert.ok((await status()).some(({ image, missing }) => !before.has(image) && missing.length === 0))
})

test('a package that does not exist: its name, exit code 1, and nothing half-made', async () => {
  project.config({ build: { host_packages: ['strux-no-such-package'] } })
  project.bsp([{ id: 'x', step: 'make_image', run: 'touch dist/ran' }])
  const built = await project.build(['--from', 'x'])
  assert.is(built.code, 1, built.said)
  assert.match(built.stderr, 'strux-no-such-package')
  assert.not.ok(project.has('dist/ran'))
  assert.not.match(built.stderr, /\n +at /)
  assert.equal(
    (await status()).filter(({ missing }) => missing.length === 0),
    [],
  )
})

/** A new image under this name, which says so in a file. */
async function makeImage(name: string, words: string): Promise<void> {
  const { docker } = await engine()
  const base = (await docker.listImages()).find(image =>
    image.RepoTags?.some(tag => tag.startsWith('strux-builder:')),
  )!
  const container = await docker.createContainer({
    Image: base.Id,
    Cmd: ['bash', '-c', `echo ${words} >/etc/whose`],
  })
  await container.start()
  await container.wait()
  const [repo, tag] = name.split(':')
  const made = (await container.commit({ repo: repo!, tag: tag! })) as { Id: string }
  images.push(made.Id)
  await container.remove({ force: true })
}

test("an image of the user's own is used; another one under the same name makes scripts run again", async () => {
  project.bsp([
    {
      id: 'ask',
      step: 'make_image',
      run: 'cat /etc/whose >"$BSP_CACHE_DIR/whose"',
      cached_generated_artifacts: ['cache/whose'],
    },
  ])
  project.write('bsp/demo/none', '')
  const name = `strux-test-own:${process.pid}`
  // Any image of ours will do as the base: this makes one where there is none.
  await project.build(['--from', 'ask'])
  images.push(name)
  await makeImage(name, 'first')
  project.config({ builder: { image: name } })
  const first = await project.build(['--from', 'ask'])
  assert.equal(first.outcomes, { ask: 'ran' }, first.said)
  assert.is(project.read('dist/cache/demo/whose'), 'first\n')
  assert.equal((await project.build(['--from', 'ask'])).outcomes, { ask: 'skipped' })
  await makeImage(name, 'second')
  project.remove('dist/cache/demo/whose')
  assert.equal((await project.build(['--from', 'ask'])).outcomes, { ask: 'ran' })
  assert.is(project.read('dist/cache/demo/whose'), 'second\n')
  assert.equal((await project.build(['--from', 'ask'])).outcomes, { ask: 'skipped' })
})

test('an image that is nowhere: its name, exit code 1', async () => {
  project.config({ builder: { image: 'strux-test-absent:1' } })
  project.bsp([{ id: 'x', step: 'make_image', run: 'touch dist/ran' }])
  const built = await project.build(['--from', 'x'])
  assert.is(built.code, 1, built.said)
  assert.match(built.stderr, 'strux-test-absent:1')
  assert.not.ok(project.has('dist/ran'))
})

test.run()
