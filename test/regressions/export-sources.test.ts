/** With the application's sources, nothing is exported that git ignores: keys and other files of one machine. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { project, whole } from '../runtime/load/temp-project.ts'
import { exportProject } from '../support/exported.ts'

const test = suite('exported sources')

const FILES = {
  'bsp/qemu/bsp.ts': whole(''),
  'main.go': 'package main',
  'signing.key': 'secret',
  '.env.local': 'TOKEN=secret',
  'frontend/index.html': '<html>',
  'certs/device.pem': 'secret',
  'generated/huge.bin': 'x',
}

const git = (root: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'core.excludesFile=', ...args], { cwd: root })

test('are those that git does not ignore', async () => {
  const root = project({
    ...FILES,
    '.gitignore': 'dist/\n*.key\n.env*\n/generated/\n',
    'kept.key': 'tracked all the same',
  })
  git(root, 'init', '-q')
  git(root, 'add', '-f', 'kept.key')
  // A repository within, as submodules are, ignores files of its own.
  mkdirSync(join(root, 'vendored'))
  git(join(root, 'vendored'), 'init', '-q')
  writeFileSync(join(root, 'vendored/.gitignore'), 'token\n')
  writeFileSync(join(root, 'vendored/token'), 'secret')
  writeFileSync(join(root, 'vendored/lib.go'), 'package lib')
  const { has } = await exportProject(root, { withSources: true })
  for (const path of ['main.go', 'frontend/index.html', 'certs/device.pem', 'kept.key', 'vendored/lib.go'])
    assert.ok(has(path), path)
  for (const path of ['signing.key', '.env.local', 'generated', 'vendored/token']) assert.not(has(path), path)
})

test('are, without a repository, all but files that are called like secrets', async () => {
  const root = project({ ...FILES, 'config/.env': 'TOKEN=secret' })
  const { has } = await exportProject(root, { withSources: true })
  for (const path of ['main.go', 'frontend/index.html', 'generated/huge.bin']) assert.ok(has(path), path)
  for (const path of ['signing.key', '.env.local', 'config/.env', 'certs/device.pem'])
    assert.not(has(path), path)
})

test('are not exported where git cannot say what it ignores', async () => {
  const root = project({ ...FILES, '.git': 'gitdir: nowhere\n' })
  try {
    await exportProject(root, { withSources: true })
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /^git cannot say which files of .* it ignores: .*nowhere/)
  }
})

test.run()
