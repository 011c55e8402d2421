/**
 * All hooks of packages, each with two scripts that record themselves: in the order that the original had in a run with
 * the same packages (observed-order.txt).
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PACKAGE_HOOKS, reasonHookNever } from '../../../lib/hooks/package.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('order of package hooks')
let project: TempProject

test.before(() => {
  project = new TempProject()
})
test.after(() => project.dispose())

/** Two scripts for every hook that runs. */
function recording(id: string, conditions: Parameters<typeof reasonHookNever>[1]): string {
  const rows = PACKAGE_HOOKS.filter(row => reasonHookNever(row.name, conditions) === undefined)
  const hooks = rows.map(
    row => `${row.name}: [${[1, 2].map(n => `sh\`${record(`${id} ${row.name} ${n}`)}\``).join(', ')}]`,
  )
  return `{ ${hooks.join(', ')} }`
}

const record = (words: string) => `echo ${words} >>"$PROJECT_FOLDER/order"`
const commands = (id: string, names: readonly string[]) =>
  `{ ${names.map(name => `${name}: sh\`${record(`${id} ${name}`)}\``).join(', ')} }`

const ALL = { install_staging: true, install_target: true, install_images: true } as const

function writePackages(): void {
  mkdirSync(project.at('packages/fookit/tree'), { recursive: true })
  project.write('packages/fookit/tree/fookit-1.0/README', 'text\n')
  execFileSync('tar', [
    ...['-czf', project.at('packages/fookit/fookit-1.0.tar.gz')],
    ...['-C', project.at('packages/fookit/tree'), 'fookit-1.0'],
  ])
  project.write(
    'packages/fookit/package.ts',
    `import { definePackage, sh } from 'strux-bsp'
export default definePackage({
  name: 'fookit', version: '1.0', site: '.', site_method: 'file',
  install_staging: true, install_images: true, dependencies: ['host-fookit'],
  hooks: ${recording('fookit', { variant: 'target', sources: 'fetched', ...ALL })},
  commands: ${commands('fookit', ['configure', 'build', 'install_staging', 'install_target', 'install_images'])},
  host: {
    hooks: ${recording('host-fookit', { variant: 'host', sources: 'fetched', ...ALL })},
    commands: ${commands('host-fookit', ['configure', 'build', 'install'])},
  },
})
`,
  )
  writeLocal('barlocal', ['install_staging', 'install_images'])
  writeLocal('qux-lib.v2', [])
}

function writeLocal(name: string, more: readonly ('install_staging' | 'install_images')[]): void {
  project.write(`packages/${name}/src/main.c`, 'int main() { return 0; }\n')
  project.write(`packages/${name}/src/.git/HEAD`, 'ref\n')
  const has = (setting: string) => more.some(each => each === setting)
  const conditions = {
    ...({ variant: 'target', sources: 'local', install_target: true } as const),
    ...{ install_staging: has('install_staging'), install_images: has('install_images') },
  }
  const installs = ['install_staging', 'install_target', 'install_images'].filter(
    each => each === 'install_target' || has(each),
  )
  project.write(
    `packages/${name}/package.ts`,
    `import { definePackage, sh } from 'strux-bsp'
export default definePackage({
  name: '${name}', site: './src',${more.map(setting => ` ${setting}: true,`).join('')}
  hooks: ${recording(name, conditions)},
  commands: ${commands(name, ['configure', 'build', ...installs])},
})
`,
  )
}

/** What the original recorded for packages like these, in its names. */
const OBSERVED = readFileSync(new URL('observed-order.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')

/** Hooks that strux does not have (docs/packages.md). */
const WITHOUT = /_(POST_PREPARE|ROOTFS_PRE_CMD)_/
const FINAL = /_TARGET_FINALIZE_/

/** A recorded line in the original's names: `fookit post_build 2` is FOOKIT_POST_BUILD_H2, `fookit build` FOOKIT_BUILD_CMDS. */
function originalName(line: string): string {
  const [id, what, number] = line.split(' ')
  return `${id} ${what} ${number === undefined ? 'cmds' : `h${number}`}`
    .replaceAll(/[ .-]/g, '_')
    .toUpperCase()
}

test('the hooks of host and target packages, fetched and local, run in the order of the original', async () => {
  writePackages()
  const packages = ['fookit', 'barlocal', 'qux-lib.v2']
  project.bsp([], { packages })
  const nodes = ['host-fookit', ...packages].map(id => `package:${id}`)
  const built = await project.build(['--jobs', '1', ...nodes.flatMap(id => ['--only', id])])
  assert.is(built.code, 0, built.stdout)
  const lines = project.read('order').trim().split('\n')
  // The original collects licences by a command of its own.
  const recorded = lines.filter(line => !line.includes('_legal_info '))
  assert.equal(
    recorded.map(originalName),
    OBSERVED.filter(name => !WITHOUT.test(name) && !FINAL.test(name)),
  )
  for (const id of ['host-fookit', ...packages]) {
    const own = lines.filter(line => line.startsWith(`${id} `))
    assert.equal(
      own.slice(-4),
      ['pre', 'post'].flatMap(side => [1, 2].map(number => `${id} ${side}_legal_info ${number}`)),
    )
  }
  assert.not.ok(project.has('dist/cache/demo/packages/build/barlocal/.git'))
  assert.ok(project.has('dist/cache/demo/packages/build/barlocal/main.c'))
})

test('target_finalize runs for the same packages as in the original, in the order of the build', async () => {
  const { nodes } = JSON.parse((await project.strux(['plan', '--json'])).stdout)
  const { hooks } = nodes.find((node: { id: string }) => node.id === 'rootfs_post')
  const names = hooks.map(({ title }: { title: string }) => originalName(/^echo (.*) >>/.exec(title)![1]!))
  // The original has them by the names of packages.
  assert.equal(
    [...names].sort(),
    OBSERVED.filter(name => FINAL.test(name)),
  )
  assert.equal(
    names,
    ['FOOKIT', 'BARLOCAL', 'QUX_LIB_V2'].flatMap(id => [1, 2].map(n => `${id}_TARGET_FINALIZE_H${n}`)),
  )
})

test.run()
