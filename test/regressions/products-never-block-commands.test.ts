/**
 * Whatever scripts have made in dist/, later commands work: a link out of the project is made again, and folders that
 * their owner may not enter are deleted.
 */

import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { removeWhole } from '../../runtime/state/remove.ts'
import { TempProject } from '../support/project.ts'
import { REPOSITORY } from '../support/repository.ts'

const test = suite('products never block commands')
const project = new TempProject()
const outside = mkdtempSync(join(tmpdir(), 'strux-outside-'))
test.after(() => {
  rmSync(outside, { recursive: true })
  return project.dispose()
})
const IN_CONTAINER = { env: { STRUX_IN_CONTAINER: '1' } }

test('a link out of the project is said, and made again until it leads into it', async () => {
  writeFileSync(join(outside, 'f'), '')
  const script = (target: string) => [
    {
      ...{ id: 'a', step: 'before_bundle', cached_generated_artifacts: ['cache/link', 'cache/d'] },
      run: `mkdir -p dist/cache/demo/real dist/cache/demo/d; ln -sfn ${target} dist/cache/demo/link; ln -sfn ${target} dist/cache/demo/d/inner`,
    },
    {
      ...{ id: 'b', step: 'before_bundle', depends_on: ['cache/link', 'cache/d'] },
      ...{ run: 'echo b >dist/cache/demo/b', cached_generated_artifacts: ['cache/b'] },
    },
  ]
  project.bsp(script(outside))
  for (let n = 0; n < 2; n++) {
    const { code, said, ran } = await project.build([], IN_CONTAINER)
    assert.is(code, 0, said)
    assert.ok(ran.includes('a'))
    assert.match(said, /a made cache\/link \(dist\/cache\/demo\/link\) a symlink out of the project/)
  }
  for (const command of [['check'], ['plan', 'demo'], ['export', 'yaml', '--out', 'out', '--dry-run']]) {
    const { stderr } = await project.strux(command, IN_CONTAINER)
    assert.not.match(stderr, /leads out of the project/, command[0])
  }
  project.bsp(script('real'))
  assert.is((await project.build([], IN_CONTAINER)).code, 0)
  assert.equal((await project.build([], IN_CONTAINER)).ran, [])
})

test('clean deletes links, not what they lead to', async () => {
  project.bsp([])
  project.write('dist/cache/demo/x', '')
  symlinkSync(outside, project.at('dist/cache/demo/out'))
  symlinkSync(outside, project.at('dist/output-link'))
  assert.is((await project.strux(['clean'])).code, 0)
  assert.is((await project.strux(['clean', '--all'])).code, 0)
  assert.not(existsSync(project.at('dist/output-link')))
  assert.ok(existsSync(join(outside, 'f')))
})

test('folders without permissions are deleted, by a user who is not root', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strux-closed-'))
  const tree = join(folder, 'tree')
  mkdirSync(join(tree, 'a/b/c'), { recursive: true })
  writeFileSync(join(tree, 'a/b/c/f'), '')
  symlinkSync(outside, join(tree, 'a/b/out'))
  chmodSync(outside, 0o500)
  execFileSync('chown', ['-R', '12345', folder])
  for (const path of ['a/b/c', 'a/b', 'a']) chmodSync(join(tree, path), 0)
  const program = `import('${REPOSITORY}/runtime/state/remove.ts').then(({ removeWhole }) => removeWhole(process.argv[1]))`
  const as = [
    '--reuid',
    '12345',
    '--regid',
    '12345',
    '--clear-groups',
    process.execPath,
    '--import',
    'tsx',
    '-e',
    program,
    tree,
  ]
  execFileSync('setpriv', as, { cwd: REPOSITORY, env: { ...process.env, HOME: folder, TMPDIR: folder } })
  assert.not(existsSync(tree))
  assert.ok(existsSync(join(outside, 'f')))
  removeWhole(folder)
  removeWhole(folder)
})

test.run()
