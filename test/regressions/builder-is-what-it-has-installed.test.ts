/**
 * A builder is what is installed in it: an image that was made again with other packages, and this machine in the place of
 * an image, are other builders; the inside of a container is the same builder as the image that it was started from.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { builderName } from '../../runtime/execute/images/builder-name.ts'
import { machineIdentity } from '../../runtime/execute/images/installed-packages.ts'
import { hostArch } from '../../runtime/plan/arch.ts'
import { builderFor } from '../../runtime/plan/builder.ts'
import { Built } from '../support/built.ts'
import { CLI } from '../support/process.ts'
import { engine, TempProject } from '../support/project.ts'
import { REPOSITORY } from '../support/repository.ts'

const test = suite('a builder is what it has installed')
const HERE = { env: { STRUX_IN_CONTAINER: '1' } }
const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8' }).trim()
let project: TempProject
/** An image that no other test uses. */
const image = builderName(
  builderFor({ suite: 'trixie', tools: [], target: hostArch(), host: hostArch(), hostPackages: ['ed'] }),
)

test.before.each(() => {
  project = new TempProject()
  // What this user knows of builders is not the test's.
  project.defaults = { env: { XDG_CACHE_HOME: project.at('user-cache') } }
  define(project)
  project.write('bsp/demo/in.txt', 'one\n')
  project.write('bsp/demo/other.txt', 'one\n')
})
test.after.each(() => project.dispose())
test.after(() => {
  docker('rmi', '--force', image)
})

function define(project: TempProject): void {
  project.config({ build: { host_packages: ['ed'] } })
  project.bsp([
    {
      id: 'copy',
      step: 'before_bundle',
      run: 'cp "$BSP_FOLDER/in.txt" "$BSP_CACHE_DIR/a"',
      cached_generated_artifacts: ['cache/a'],
      depends_on: ['./in.txt'],
      tools: [],
    },
    {
      id: 'other',
      step: 'make_image',
      run: 'touch "$BSP_CACHE_DIR/b"',
      cached_generated_artifacts: ['cache/b'],
      depends_on: ['./other.txt'],
      tools: [],
    },
  ])
}

const dryRun = async () => {
  const args = ['build', '--dry-run', '--json', '--from', 'before_bundle']
  const { nodes } = JSON.parse((await project.strux(args)).stdout)
  return Object.fromEntries(
    nodes
      .filter((node: { decision?: object }) => node.decision)
      .map((node: { id: string; decision: { action: string; reasons: { code: string }[] } }) => [
        node.id,
        `${node.decision.action} ${node.decision.reasons.map(({ code }) => code)}`,
      ]),
  )
}
const selected = ['--only', 'copy', '--only', 'other']
const build = async (options = {}) => {
  const built = await project.build(selected, { ...project.defaults, ...options })
  assert.is(built.code, 0, built.said)
  return built
}

test('records hold inside a container of the image and outside, not on a machine with other packages', async () => {
  assert.equal((await build()).outcomes, { copy: 'ran', other: 'ran' })
  const inside = () => {
    const node = ['-v', `${process.execPath}:${process.execPath}:ro`]
    const mounts = ['-v', `${project.root}:/project`, '-v', `${REPOSITORY}:${REPOSITORY}:ro`, ...node]
    const command = [process.execPath, CLI, 'build', '--json', ...selected]
    const stdout = docker('run', '--rm', ...mounts, '-w', '/project', image, ...command)
    return new Built({ code: 0, stdout, stderr: '' }).outcomes
  }
  assert.equal(inside(), { copy: 'skipped', other: 'skipped' })
  project.write('bsp/demo/in.txt', 'two\n')
  assert.equal(inside(), { copy: 'ran', other: 'skipped' })
  assert.equal((await build()).outcomes, { copy: 'skipped', other: 'skipped' })
  const here = await build(HERE)
  assert.equal([here.reasons('copy'), here.outcomes.other], [['builder_changed'], 'ran'])
  assert.equal((await build(HERE)).outcomes, { copy: 'skipped', other: 'skipped' })
  assert.equal((await build()).reasons('copy'), ['builder_changed'])
})

test('the digest of a machine depends on names, architectures and versions of what is installed alone', async () => {
  const { docker: api } = await engine()
  const label = (await api.getImage(image).inspect()).Config.Labels['strux.builder.packages']
  const root = `${mkdtempSync(join(tmpdir(), 'strux-machine-'))}/`
  try {
    const status = join(root, 'var/lib/dpkg/status')
    mkdirSync(dirname(status), { recursive: true })
    const text = docker('run', '--rm', image, 'cat', '/var/lib/dpkg/status')
    writeFileSync(status, text)
    assert.is(machineIdentity(root), `packages ${label}`)
    const gone = '\n\nPackage: gone\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n'
    writeFileSync(status, text + gone)
    assert.is(machineIdentity(root), `packages ${label}`)
    writeFileSync(status, text + gone.replace('deinstall ok config-files', 'install ok installed'))
    assert.is.not(machineIdentity(root), `packages ${label}`)
  } finally {
    rmSync(root, { recursive: true })
  }
})

test('an image made again with newer packages makes everything run that ran in the old one', async () => {
  await build()
  remake('newer')
  // Nobody has told so far; the first build that needs the image sees it, and then nothing in it is up to date.
  assert.equal((await build()).outcomes, { copy: 'skipped', other: 'skipped' })
  project.write('bsp/demo/other.txt', 'two\n')
  const built = await build()
  assert.equal(built.outcomes, { copy: 'ran', other: 'ran' })
  assert.equal(built.reasons('copy'), ['builder_changed'])
  // Another project of this user tells this one, which need not ask an engine.
  remake('newest')
  const another = new TempProject()
  define(another)
  for (const name of ['in', 'other']) another.write(`bsp/demo/${name}.txt`, '')
  assert.is((await another.build(selected, project.defaults)).code, 0)
  await another.dispose()
  assert.equal(await dryRun(), { copy: 'run builder_changed', other: 'run builder_changed' })
})

/** As if it had been removed and made again when the mirror had other versions. */
function remake(digest: string): void {
  const container = docker('create', image)
  docker('commit', '--change', `LABEL strux.builder.packages=${digest}`, container, image)
  docker('rm', container)
}

test.run()
