import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ProjectData, ScriptData } from '../../../lib/schema.ts'
import { FileStates } from '../../../runtime/cache/file-states.ts'
import { HashMemo } from '../../../runtime/cache/hash-memo.ts'
import { checkFiles } from '../../../runtime/check/files.ts'
import type { Finding } from '../../../runtime/diagnostics/diagnostic.ts'
import { relationsOf } from '../../../runtime/plan/relations.ts'
import { bspWith, PROJECT, planFor, SimulatedProject, script } from '../../support/simulated.ts'

async function check(
  scripts: readonly ScriptData[],
  prepare: (project: SimulatedProject) => void = () => {},
  config: Partial<ProjectData> = {},
): Promise<readonly Finding[]> {
  const project = new SimulatedProject()
  try {
    project.write('bsp/demo/ok.sh', 'true')
    prepare(project)
    const plan = planFor(bspWith(scripts), { ...PROJECT, ...config } as ProjectData, project.root)
    const fileStates = new FileStates(project.root, new HashMemo(join(project.root, 'memo')))
    return await checkFiles(plan, relationsOf(plan), fileStates)
  } finally {
    project.dispose()
  }
}

const brief = (findings: readonly Finding[]) =>
  findings.map(
    ({ severity, code, origin, at }) => `${severity} ${code} ${origin.source} ${origin.keys.join('.')} ${at}`,
  )

test('nothing is said where everything is there', async () => {
  const findings = await check(
    [
      script('make_image', {
        location: './ok.sh',
        depends_on: ['./ok.sh', './dir', './dts/*.dts', '../strux.config.ts'],
        cached_generated_artifacts: ['cache/new'],
      }),
    ],
    project => {
      for (const path of ['bsp/demo/dir/x', 'bsp/demo/dts/.a.dts', 'strux.config.ts']) project.write(path, '')
    },
  )
  assert.equal(findings, [])
})

test('a script that is not there, or is no file, is an error at its location', async () => {
  const findings = await check(
    [
      script('make_image', { location: './ok.sh' }),
      script('make_image', { location: './gone.sh' }),
      script('after_build', { location: './dir' }),
    ],
    project => mkdirSync(join(project.root, 'bsp/demo/dir')),
    { scripts: [{ location: './also-gone.sh' }] } as Partial<ProjectData>,
  )
  assert.equal(brief(findings).sort(), [
    'error script_missing bsp scripts.1.location value',
    'error script_missing bsp scripts.2.location value',
    'error script_missing project scripts.0.location value',
  ])
  const messages = findings.map(each => each.message).sort()
  assert.equal(messages, [
    'bsp/demo/dir is not a file',
    'there is no script also-gone.sh',
    'there is no script bsp/demo/gone.sh',
  ])
})

test('flash scripts have to be there too, but nothing is asked of what they read', async () => {
  const findings = await check([
    script('flash_script', { location: './gone.sh', depends_on: ['./none'] }),
    script('flash_script_tool'),
  ])
  assert.equal(brief(findings), ['error script_missing bsp scripts.0.location value'])
})

test('a dependency that is not there and that nobody makes is a warning at its place in the list', async () => {
  const findings = await check([
    script('make_image', { depends_on: ['./ok.sh', './none', 'cache/none', './*.none'] }),
  ])
  assert.equal(
    brief(findings),
    [1, 2, 3].map(n => `warning dependency_missing bsp scripts.0.depends_on.${n} value`),
  )
  assert.match(findings[0]!.message, "'./none' does not exist, and nothing declares it as an artifact")
})

test('a dependency that lacks its ./ is told so', async () => {
  const [finding] = await check([script('make_image', { depends_on: ['ok.sh'] })])
  assert.match(finding!.hint!, "did you mean './ok.sh'?")
})

test('what another script or a step makes, or something in it, need not be there yet', async () => {
  const findings = await check([
    script('make_image', {
      depends_on: ['cache/x', 'cache/dir/y', 'cache/dir/*', 'cache/rootfs-post.tar.gz', 'cache/z'],
      cached_generated_artifacts: ['cache/z'],
    }),
    script('before_bundle', { cached_generated_artifacts: ['cache/x', 'cache/dir'] }),
  ])
  assert.equal(findings, [])
})

test('symlinks that lead out of the project are errors, for scripts, inputs, globs and artifacts', async () => {
  const findings = await check(
    [
      script('make_image', {
        location: './away/x.sh',
        depends_on: ['./ok.sh', './away/x.sh', './away/*.sh', './file'],
        cached_generated_artifacts: ['cache/ok', 'cache/away/x'],
      }),
      script('flash_script', { location: './file' }),
    ],
    project => {
      mkdirSync(join(project.root, 'dist/cache/demo'), { recursive: true })
      symlinkSync('/usr', join(project.root, 'bsp/demo/away'))
      symlinkSync('/etc/passwd', join(project.root, 'bsp/demo/file'))
      symlinkSync('/tmp', join(project.root, 'dist/cache/demo/away'))
      writeFileSync(join(project.root, 'bsp/demo/inside'), '')
    },
  )
  assert.equal(brief(findings).sort(), [
    'error path_escapes bsp scripts.0.cached_generated_artifacts.1 value',
    'error path_escapes bsp scripts.0.depends_on.1 value',
    'error path_escapes bsp scripts.0.depends_on.2 value',
    'error path_escapes bsp scripts.0.depends_on.3 value',
    'error path_escapes bsp scripts.0.location value',
    'error path_escapes bsp scripts.1.location value',
  ])
})

test('a symlink that stays in the project is fine', async () => {
  const findings = await check(
    [script('make_image', { location: './link.sh', depends_on: ['./link.sh'] })],
    project => symlinkSync('ok.sh', join(project.root, 'bsp/demo/link.sh')),
  )
  assert.equal(findings, [])
})

test.run()
