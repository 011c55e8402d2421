/** Packages whose sources are fetched in containers: from a server, from repositories with submodules, from Debian. */
import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'
import { Web } from '../../support/web.ts'

const test = suite('fetched sources of packages')
const project = new TempProject()
const web = new Web(project.at('www'))
test.before(() => web.open())
test.after(async () => {
  await web.close()
  await project.dispose()
})

function define(name: string, source: string, file: string): void {
  project.write(
    `packages/${name}.ts`,
    `import { definePackage, sh } from 'strux-bsp'
export default definePackage({ name: '${name}', ${source},
  commands: { install_target: sh\`install -D ${file} "$TARGET_DIR/usr/share/$NAME"\` },
})
`,
  )
}

/** A repository on the server, with the tag v1. */
function repository(name: string, submodule?: string): void {
  project.write(`www/${name}/text`, `${name}\n`)
  const options = ['-c', 'user.name=t', '-c', 'user.email=t@x', '-c', 'protocol.file.allow=always']
  const git = (...args: string[]) =>
    execFileSync('git', [...options, ...args], { cwd: project.at(`www/${name}`), stdio: 'ignore' })
  git('init', '-q')
  if (submodule !== undefined) {
    git('submodule', 'add', project.at(`www/${submodule}`), 'part')
    git('config', '-f', '.gitmodules', 'submodule.part.url', `../../${submodule}/.git`)
  }
  git('add', '.')
  git('commit', '-m', 'one')
  git('tag', 'v1')
  git('update-server-info')
}

const NAMES = ['tarred', 'nested', 'sl']
const NODES = NAMES.flatMap(name => ['--only', `package:${name}`])
const made = (name: string) =>
  project.read(`dist/cache/demo/packages/per-package/${name}/target/usr/share/${name}`)

test('a tarball, a repository with submodules and a source package of Debian', async () => {
  project.write('tarred-1/text', 'tarred\n')
  project.write('www/tarred-1.tar.gz', '')
  execFileSync('tar', ['-czf', project.at('www/tarred-1.tar.gz'), '-C', project.root, 'tarred-1'])
  repository('inner')
  repository('middle', 'inner')
  repository('outer', 'middle')
  define('tarred', `version: '1', site: '${web.url}'`, 'text')
  define(
    'nested',
    `version: 'v1', site: '${web.url}/outer/.git', site_method: 'git', git_submodules: true`,
    'part/part/text',
  )
  define('sl', `site_method: 'debian', license_files: ['LICENSE']`, 'sl.c')
  project.bsp([], { packages: NAMES })
  const built = await project.build([...NODES, '--jobs', '2'])
  assert.is(built.code, 0, built.stdout)
  assert.is(made('tarred'), 'tarred\n')
  assert.is(made('nested'), 'inner\n')
  assert.match(made('sl'), /int main/)
  // The patches of Debian are applied.
  assert.match(project.read('dist/cache/demo/packages/build/sl/debian/patches/series'), /\S/)
  assert.ok(project.has('dist/cache/demo/packages/per-package/sl/legal-info/licenses/LICENSE'))
})

test('without the server, kept sources are built again', async () => {
  await web.close()
  const asked = web.asked.length
  project.remove('dist/cache/demo')
  const built = await project.build(['--only', 'package:tarred', '--only', 'package:nested'])
  assert.is(built.code, 0, built.stdout)
  assert.equal([made('tarred'), made('nested')], ['tarred\n', 'inner\n'])
  assert.is(web.asked.length, asked)
})

test.run()
