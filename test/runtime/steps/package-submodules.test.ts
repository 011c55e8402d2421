/** Submodules of a package's git repository: the step's bash alone, on this machine. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PackageData } from '../../../lib/schema/package.ts'
import { sourceOf } from '../../../runtime/steps/package/source.ts'
import { LED, packageBash, packageBashOutput, RECIPE } from '../../support/package-step.ts'
import { write } from '../../support/temp-folder.ts'

const test = suite('submodules of source packages')
let folder: string
const at = (path: string) => join(folder, path)

/** A repository below `repositories`; its files are committed with the submodules that `add` makes. */
function repository(name: string, add: (git: (...args: string[]) => string) => void = () => {}): void {
  const path = at(`repositories/${name}`)
  write(join(path, 'name'), `${name}\n`)
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@x', '-c', 'protocol.file.allow=always', ...args],
      {
        cwd: path,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-qm', 'files')
  add(git)
  git('add', '.')
  git('commit', '-qm', 'submodules', '--allow-empty')
  git('tag', 'v1')
}

test.before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'strux-submodules-')))
  repository('inner')
  repository('outer', git => git('submodule', 'add', '-q', '../inner', 'parts/in ner'))
  repository('led', git => {
    git('submodule', 'add', '-q', '--name', 'other name', `file://${at('repositories/outer')}`, 'third/outer')
    git('submodule', 'add', '-q', '../inner', 'unwanted')
    git('config', '-f', '.gitmodules', 'submodule.unwanted.update', 'none')
  })
  // Not in any commit that is named: the submodules stay where they were.
  write(at('repositories/inner/name'), 'newer\n')
})
test.before.each(() => {
  for (const made of ['cache', 'shared']) rmSync(at(made), { recursive: true, force: true })
})
test.after(() => rmSync(folder, { recursive: true }))

function withSource(data: Partial<PackageData> = {}): object {
  const source = sourceOf(
    { name: 'led', version: 'v1', site: `file://${at('repositories/led')}`, site_method: 'git', ...data },
    'packages',
  )
  const phases = { download: RECIPE, extract: RECIPE, legal_info: RECIPE }
  return { ...LED, source, phases, order: ['download', 'extract', 'legal_info'] }
}
const FETCH = 'begin_package; run_phase download'
const UNPACK = 'run_phase extract; run_phase legal_info'
const WANTED = { git_submodules: true }
const built = (path: string) => readFileSync(at(`cache/packages/build/led-1/${path}`), 'utf8')
const commitOf = (name: string) =>
  execFileSync('git', ['-C', at(`repositories/${name}`), 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()

test('all that a source needs is fetched by the download phase, and kept', async () => {
  await packageBashOutput(folder, FETCH, withSource(WANTED))
  const commits = { outer: commitOf('outer'), inner: commitOf('inner') }
  renameSync(at('repositories'), at('gone'))
  const { code, stderr } = await packageBash(folder, `begin_package; ${UNPACK}`, withSource(WANTED))
  assert.equal([code, stderr], [0, ''])
  renameSync(at('gone'), at('repositories'))
  assert.is(built('name'), 'led\n')
  assert.is(built('third/outer/name'), 'outer\n')
  assert.is(built('third/outer/parts/in ner/name'), 'inner\n')
  assert.not.ok(existsSync(at('cache/packages/build/led-1/unwanted/name')))
  assert.not.ok(existsSync(at('cache/packages/build/led-1/third/outer/.git')))
  const record = readFileSync(at('cache/packages/per-package/led/legal-info/submodules'), 'utf8')
  assert.is(
    record,
    `${commits.outer}\tfile://${at('repositories/outer')}\tthird/outer\n` +
      `${commits.inner}\tfile://${at('repositories/inner')}\tthird/outer/parts/in ner\n`,
  )
})

test('a repository in the folder of the package', async () => {
  await packageBashOutput(
    folder,
    `${FETCH}; ${UNPACK}`,
    withSource({ ...WANTED, site: '../repositories/led' }),
  )
  assert.is(built('third/outer/parts/in ner/name'), 'inner\n')
})

test('without the setting there is a warning, and the folders stay empty', async () => {
  const { code, stderr } = await packageBash(folder, `${FETCH}; ${UNPACK}`, withSource())
  assert.is(code, 0)
  assert.match(stderr, /^warning: the source has git submodules, which are not fetched/)
  assert.not.ok(existsSync(at('cache/packages/build/led-1/third/outer/name')))
  assert.not.ok(existsSync(at('cache/packages/per-package/led/legal-info/submodules')))
})

test('the error of a submodule that cannot be fetched names it', async () => {
  repository('broken', git => {
    git('submodule', 'add', '-q', '../outer', 'outer')
    git('config', '-f', '.gitmodules', '--remove-section', 'submodule.outer')
  })
  const broken = await packageBash(
    folder,
    FETCH,
    withSource({ ...WANTED, site: `file://${at('repositories/broken')}` }),
  )
  assert.is(broken.code, 1)
  assert.match(broken.stderr, /^the submodule outer has no URL in \.gitmodules of the source\n/)
  renameSync(at('repositories/inner'), at('inner'))
  const gone = await packageBash(folder, FETCH, withSource(WANTED))
  renameSync(at('inner'), at('repositories/inner'))
  assert.is(gone.code, 1)
  assert.match(gone.stdout, /Submodule third\/outer\/parts\/in ner\n/)
  assert.match(gone.stderr, /file:\/\/.*\/inner cannot be fetched\n$/)
})

test('an ssh URL within a source without one cannot have keys, and the error says what to do', async () => {
  repository('mixed', git => {
    git('submodule', 'add', '-q', '../inner', 'inner')
    git('config', '-f', '.gitmodules', 'submodule.inner.url', 'git@board.example:inner.git')
  })
  const { code, stderr } = await packageBash(
    folder,
    FETCH,
    withSource({ ...WANTED, site: `file://${at('repositories/mixed')}` }),
  )
  assert.is(code, 1)
  assert.match(
    stderr,
    /^the submodule inner has an ssh URL, .*: git@board\.example:inner\.git\nGive the ssh URL/,
  )
})

test('relative URLs are those that git makes of them', async () => {
  const urls: readonly (readonly [parent: string, url: string, expected: string])[] = [
    ['https://x.example/a/b.git', '../c.git', 'https://x.example/a/c.git'],
    ['https://x.example/a/b.git/', './c.git', 'https://x.example/a/b.git/c.git'],
    ['https://x.example/a/b.git', '../../d/c.git/', 'https://x.example/d/c.git'],
    ['git@x.example:a/b.git', '../c.git', 'git@x.example:a/c.git'],
    ['git@x.example:b.git', '../c.git', 'git@x.example:c.git'],
    ['ssh://git@x.example/b', 'https://y.example/c', 'https://y.example/c'],
    ['https://x.example/b', '/srv/c', 'file:///srv/c'],
  ]
  const commands = urls.map(([parent, url]) => `submodule_url '${parent}' '${url}'`).join('\n')
  assert.equal(
    (await packageBashOutput(folder, commands)).split('\n'),
    urls.map(([, , expected]) => expected),
  )
})

test.run()
