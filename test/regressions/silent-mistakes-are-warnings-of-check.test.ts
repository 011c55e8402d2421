/** What a build would accept without doing what its author means is a warning of `check`, with a suggestion. */
import { existsSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadBsp, loadProject } from '../../runtime/load/project.ts'
import { examine } from '../../runtime/run/workspace.ts'
import { project, whole } from '../runtime/load/temp-project.ts'
import { strux } from '../support/run-cli.ts'

const test = suite('silent mistakes are warnings of check')

async function said(body: string, files: Readonly<Record<string, string>> = {}, before = '') {
  const root = project({
    'bsp/qemu/bsp.ts': whole(body, before),
    'main.go': '',
    'frontend/package.json': '{}',
    ...files,
  })
  const loaded = await loadProject(root)
  const { diagnostics } = await examine(loaded, await loadBsp(loaded, 'qemu'), undefined, {
    isThorough: true,
  })
  return diagnostics.map(each => ({ is: `${each.severity} ${each.code}`, hint: each.hint ?? '' }))
}

const artifact = (path: string) =>
  said(`scripts: [{ step: 'make_image', run: sh\`true\`, cached_generated_artifacts: ['${path}'] }],`)

test('artifacts in dist/dist, in folders of similar names, and files of strux itself', async () => {
  const misplaced = {
    'dist/output/qemu/x.img': 'output/x.img',
    'dist/cache/qemu/x': 'cache/x',
    'dist/x': "'x'",
    'outputs/x.img': 'output/x.img',
    'chache/x': 'cache/x',
  }
  for (const [path, meant] of Object.entries(misplaced)) {
    const [found, ...more] = await artifact(path)
    assert.equal([found?.is, more], ['warning artifact_misplaced', []], path)
    assert.match(found!.hint, meant)
  }
  for (const path of ['', '.', '.strux', '.strux/locks', 'cache/', 'cache/.build-cache.json', 'output/../..'])
    assert.equal(
      (await artifact(path)).map(each => each.is),
      ['error artifact_of_strux'],
      path,
    )
  for (const path of ['output/x.img', 'cache/x', 'artifacts/x', 'x.img', 'out/x'])
    assert.equal(await artifact(path), [], path)
})

const script = (text: string) =>
  said("scripts: [{ step: 'make_image', location: './x.sh' }],", { 'bsp/qemu/x.sh': text })

test('a script whose earlier commands can fail unseen', async () => {
  for (const text of ['cp a b\ncp c d\n', '#!/bin/bash -e\ncp a b\nls\n', '# set -e\nmake\nmake install'])
    assert.equal(
      (await script(text)).map(each => each.is),
      ['warning script_without_errexit'],
      text,
    )
  const fine = [
    ...[
      'cp a b\n',
      'set -e\ncp a b\ncp c d\n',
      'set -euo pipefail; cp a b\ncp c d',
      '# one\nx=1\necho "$x"\ncp a b',
    ],
    ...['cp a b || exit 1\ncp c d', 'cp a b &&\n  cp c d', 'cp a \\\n  b\n', ''],
  ]
  for (const text of fine) assert.equal(await script(text), [], text)
})

test('values of sh inside double quotes', async () => {
  const inline = (text: string) =>
    said(`scripts: [{ step: 'make_image', run: sh\`${text}\` }],`, {}, "const name = 'a b'")
  for (const text of ['cp a "$D/${name}.txt"', 'echo "a $(date) ${name}"'])
    assert.equal(
      (await inline(text)).map(each => each.is),
      ['warning value_in_quotes'],
      text,
    )
  for (const text of [
    'cp a "$D/"${name}.txt',
    'echo "$(ls ${name})"',
    "echo '\"' ${name}",
    '# it"s\\necho ${name}',
  ])
    assert.equal(await inline(text), [], text)
})

test('the nearest name of a dependency; host names; names of packages', async () => {
  const [near] = await said("scripts: [{ step: 'make_image', run: sh`true`, depends_on: ['./contents'] }],", {
    'bsp/qemu/content/x': '',
  })
  assert.match(near!.hint, "Did you mean './content'?")
  for (const name of ['', 'a b', '../../x', '-a', 'a/b', 'ü', 'a'.repeat(65)])
    assert.equal(
      (await said(`...{ hostname: '${name}' },`)).map(each => each.is),
      ['error bad_hostname'],
      name,
    )
  for (const name of ['a', 'Panel-2', 'panel.example.org', 'my_panel'])
    assert.equal(await said(`...{ hostname: '${name}' },`), [], name)
  assert.equal(
    (await said("rootfs: { packages: ['vim', 'g++', 'libc6:amd64', 'ab=1.0-1', 'Vim', 'a b', ''] },")).map(
      each => each.is,
    ),
    Array(3).fill('warning odd_package_name'),
  )
})

test('a project without frontend and application', async () => {
  const root = project({ 'bsp/qemu/bsp.ts': whole('') })
  const { stdout, exitCode } = await strux(root, 'check', '--json')
  assert.is(exitCode, 0)
  const [found, ...more] = JSON.parse(stdout).diagnostics
  assert.equal([found.code, found.file, found.line, more], ['no_application', 'strux.config.ts', 2, []])
  assert.match(found.hint, 'build.steps.application')
  const there = project({ 'bsp/qemu/bsp.ts': whole(''), 'main.go': '', 'frontend/package.json': '{}' })
  assert.equal(JSON.parse((await strux(there, 'check', '--json')).stdout).diagnostics, [])
})

test('a build of steps whose sources are missing ends before it prepares anything', async () => {
  const body = "scripts: [{ id: 'own', step: 'make_image', run: sh`true` }],"
  const root = project({ 'bsp/qemu/bsp.ts': whole(body) })
  const all = await strux(root, 'build', '--json')
  assert.is(all.exitCode, 1)
  assert.match(all.stderr, 'there is no frontend/package.json and main.go')
  assert.match(all.stderr, 'strux.config.ts:2')
  assert.is(existsSync(`${root}/dist/cache`), false)
  const some = await strux(root, 'build', '--only', 'frontend')
  assert.match(some.stderr, 'there is no frontend/package.json: the step frontend cannot be built')
  const part = await strux(root, 'build', '--only', 'own', '--dry-run')
  assert.is(part.exitCode, 0, part.stderr)
})

test.run()
