/** Sources of every kind, as the kernel step fetches them: what is kept, what is looked up again, and without a network. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Built } from '../../support/built.ts'
import { TempProject } from '../../support/project.ts'
import { REPOSITORY } from '../../support/repository.ts'
import { succeeding } from '../../support/step-ends.ts'
import { Web } from '../../support/web.ts'

const test = suite('source')
const FIXTURE = join(REPOSITORY, 'test/fixtures/kernel')
const TREE = 'dist/cache/demo/kernel-source'
let project: TempProject
let web: Web

test.before.each(async () => {
  project = new TempProject()
  web = new Web(project.at('www'))
  await web.open()
})
test.after.each(async () => {
  await web.close()
  await project.dispose()
})

/** `round` makes the step run again although its source is the same. */
function define(source: string, kernel: object = {}, round = 0): void {
  const boot = { kernel: { custom_kernel: true, source, fragments: [`CONFIG_ROUND=${round}`], ...kernel } }
  project.bsp([], { arch: 'arm64', boot })
}

const build = () => project.build(['--only', 'kernel'])
const complaint = (built: Built) => built.lines('kernel', 'stderr').join('\n')

const succeeds = succeeding({ build, complaint })

async function refused(...expected: readonly string[]): Promise<void> {
  const built = await build()
  assert.is.not(built.code, 0, 'the build must fail')
  const said = `${complaint(built)}\n${built.said}`
  for (const each of expected) assert.ok(said.includes(each), `${each}\n${said}`)
}

const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')
const kept = () => {
  const folder = project.at('dist/cache/.sources/files')
  return existsSync(folder) ? readdirSync(folder) : []
}

/** A tarball of the imitated kernel whose main.c says `what`. */
function tarball(path: string, what: string, options: readonly string[] = ['-czf']): string {
  const folder = project.at('scratch/linux-6.12')
  cpSync(FIXTURE, folder, { recursive: true })
  writeFileSync(join(folder, 'main.c'), `int ${what};\n`)
  project.write(path, '')
  execFileSync('tar', [...options, project.at(path), '-C', project.at('scratch'), 'linux-6.12'])
  return project.at(path)
}

test('a tarball is fetched once, and needs no network after that', async () => {
  const file = tarball('www/linux.tar.gz', 'one')
  define(`${web.url}/linux.tar.gz`)
  await succeeds()
  assert.is(project.read(`${TREE}/main.c`), 'int one;\n')
  assert.equal(kept(), [sha256(file)])
  assert.equal(web.asked, ['/linux.tar.gz'])
  await web.close()
  define(`${web.url}/linux.tar.gz`, {}, 1)
  await succeeds()
  define(`${web.url}/linux.tar.gz`, { sha256: sha256(file) }, 2)
  await succeeds()
  define(`${web.url}/linux.tar.gz`, { sha256: '0'.repeat(64) }, 2)
  await refused('with a SHA-256 that differs', sha256(file))
})

test('a tarball with another checksum is not kept; a damaged one is fetched again', async () => {
  const file = tarball('www/linux.tar.gz', 'one')
  define(`${web.url}/linux.tar.gz`, { sha256: '0'.repeat(64) })
  await refused('does not have the given SHA-256', '0'.repeat(64), sha256(file))
  assert.equal(kept(), [])
  assert.not.ok(project.has(TREE))
  define(`${web.url}/linux.tar.gz`, { sha256: sha256(file) })
  await succeeds()
  project.write(`dist/cache/.sources/files/${sha256(file)}/linux.tar.gz`, 'damaged')
  define(`${web.url}/linux.tar.gz`, { sha256: sha256(file) }, 1)
  assert.match(complaint(await succeeds()), /is damaged and is fetched again/)
  define(`${web.url}/none.tar.xz`)
  await refused(`${web.url}/none.tar.xz cannot be fetched`)
})

test('tarballs of the BSP, with and without a folder around everything', async () => {
  const file = tarball('bsp/demo/linux.tar.xz', 'here', ['-cJf'])
  define('./linux.tar.xz', { sha256: sha256(file) })
  await succeeds()
  assert.is(project.read(`${TREE}/main.c`), 'int here;\n')
  define('./linux.tar.xz', { sha256: '0'.repeat(64) })
  await refused('bsp/demo/linux.tar.xz does not have the given SHA-256')
  execFileSync('tar', ['-cjf', project.at('bsp/demo/flat.tar.bz2'), '-C', FIXTURE, '.'])
  define('./flat.tar.bz2')
  await succeeds()
  assert.ok(project.has(`${TREE}/Makefile`))
  define('./none.tar.gz')
  await refused('there is no source bsp/demo/none.tar.gz')
})

test('a folder is copied, without what does not count', async () => {
  cpSync(FIXTURE, project.at('shared/linux'), { recursive: true })
  project.write('shared/linux/.git/config', '')
  project.write('shared/linux/build.log', '')
  define('../../shared/linux')
  await succeeds()
  assert.ok(project.has(`${TREE}/Makefile`))
  assert.not.ok(project.has(`${TREE}/.git`))
  assert.not.ok(project.has(`${TREE}/build.log`))
  assert.not.ok(project.has('shared/linux/.config'), 'the folder itself stays as it is')
  define('../../shared/linux', { sha256: '0'.repeat(64) })
  await refused('sha256 is given, but ../../shared/linux is not a single file')
})

/** A repository with a branch `main`; each call of `commit` adds a state and returns its commit. */
function repository(path: string): { commit(what: string): string; git(...args: string[]): string } {
  const folder = project.at(path)
  cpSync(FIXTURE, folder, { recursive: true })
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).trim()
  git('init', '--quiet', '--initial-branch=main')
  return {
    git,
    commit(what) {
      writeFileSync(join(folder, 'main.c'), `int ${what};\n`)
      git('add', '-A')
      git('commit', '--quiet', '-m', what)
      git('update-server-info')
      return git('rev-parse', 'HEAD')
    },
  }
}

test('git: branches move, tags and commits stay', async () => {
  const { commit, git } = repository('www/linux')
  const first = commit('first')
  git('tag', '-a', 'v1', '-m', 'v1')
  commit('second')
  const url = `${web.url}/linux/.git`
  const states: Record<string, string> = {
    [`${url}#main`]: 'second',
    [`${url}#v1`]: 'first',
    [`${url}#${first}`]: 'first',
    [`${url}#${first.slice(0, 10)}`]: 'first',
    [url]: 'second',
  }
  for (const [source, state] of Object.entries(states)) {
    define(source)
    await succeeds()
    assert.is(project.read(`${TREE}/main.c`), `int ${state};\n`, source)
    assert.not.ok(project.has(`${TREE}/.git`))
  }
  commit('third')
  define(`${url}#main`)
  await succeeds()
  assert.is(project.read(`${TREE}/main.c`), 'int third;\n')
  define(`${url}#nightly`)
  await refused(`${url} has no branch, tag or commit 'nightly'`, 'main', 'v1')

  await web.close()
  define(`${url}#main`, {}, 1)
  assert.match(complaint(await succeeds()), /warning: .* cannot be reached; main is used as last fetched/)
  assert.is(project.read(`${TREE}/main.c`), 'int third;\n')
  define(`${url}#v1`, {}, 1)
  assert.is(complaint(await succeeds()), '')
  define(`${url}#other`)
  await refused('cannot be reached, and nothing of it is kept')
})

test("git: repositories of the project, whoever's they are", async () => {
  const { commit, git } = repository('bsp/demo/linux')
  const first = commit('first')
  commit('second')
  git('branch', 'old', first)
  project.chown(12345, 12345)
  for (const [source, state] of [
    ['./linux#old', 'first'],
    [`file://${project.at('bsp/demo/linux')}#main`, 'second'],
    [`file:///project/bsp/demo/linux#${first}`, 'first'],
  ] as const) {
    define(source)
    await succeeds()
    assert.is(project.read(`${TREE}/main.c`), `int ${state};\n`, source)
  }
  define('file:///srv/linux.git#main')
  await refused('file:///srv/linux.git is not in the project')
})

test("git over ssh: fetched on this machine, where the user's keys are", async () => {
  const { commit } = repository('elsewhere/linux')
  commit('first')
  // In place of ssh: the host's name and options are dropped, and the command is run here.
  const ssh = project.write('ssh', '#!/bin/sh\nwhile [ $# -gt 1 ]; do shift; done\nexec sh -c "$1"\n')
  chmodSync(ssh, 0o755)
  const source = `ssh://git@board.example${project.at('elsewhere/linux')}#main`
  define(source)
  const built = await project.build(['--only', 'kernel'], { env: { GIT_SSH_COMMAND: ssh } })
  assert.is(built.code, 0, `${built.said}\n${complaint(built)}`)
  assert.is(project.read(`${TREE}/main.c`), 'int first;\n')
  define(source, {}, 1)
  const again = await project.build(['--only', 'kernel'], { env: { GIT_SSH_COMMAND: 'false' } })
  assert.is(again.code, 0, `${again.said}\n${complaint(again)}`)
  assert.match(complaint(again), /cannot be reached; main is used as last fetched/)
})

test('a Debian package that holds sources, and a Debian source package with its patches', async () => {
  define('deb:xtables-addons-source')
  await refused('this is not a kernel source')
  assert.ok(project.has(`${TREE}/xtables-addons`), 'the tarball in usr/src')
  define('deb-src:sl')
  await build()
  assert.ok(project.has(`${TREE}/sl.c`))
  const series = project.read(`${TREE}/debian/patches/series`).trim()
  assert.is.not(series, '')
  const names = readdirSync(project.at('dist/cache/.sources/files')).flatMap(sum =>
    readdirSync(project.at(`dist/cache/.sources/files/${sum}`)),
  )
  assert.ok(
    names.some(name => /^sl_.*\.orig\.tar\.gz$/.test(name)) &&
      names.some(name => /^sl_.*\.debian\.tar/.test(name)),
  )
  define('deb:no-such-package-anywhere')
  await refused('has no package no-such-package-anywhere')
  define('deb-src:no-such-package-anywhere')
  await refused('has no source package no-such-package-anywhere')
  define('deb:linux-source=$(reboot)')
  await refused('is not NAME or NAME=VERSION')
})

test('what is no source', async () => {
  for (const source of ['linux', 'linux-6.12.tar.gz', 'C:/linux']) {
    define(source)
    await refused(`'${source}' is not a source`, 'deb-src:NAME')
  }
  define('./none')
  await refused('there is no source bsp/demo/none')
  define('https://example.invalid/linux.git#main', { sha256: '0'.repeat(64) })
  await refused('is not a single file')
  project.bsp([], { arch: 'arm64', boot: { kernel: { custom_kernel: true } } })
  await refused('boot.kernel.source is missing')
})

test.run()
