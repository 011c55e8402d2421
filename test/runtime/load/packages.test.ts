/** What is wrong with packages, found when a project is loaded, each at its line. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('definitions of packages')
let project: TempProject
test.before.each(() => {
  project = new TempProject()
})
test.after.each(() => project.dispose())

interface Found {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly file: string
  readonly line: number
}

function define(name: string, ...lines: readonly string[]): void {
  const body = [`name: '${name}',`, ...lines].join('\n  ')
  project.write(
    `packages/${name}.ts`,
    `import { definePackage, sh } from 'strux-bsp'\nvoid sh\nexport default definePackage({\n  ${body}\n} as never)\n`,
  )
}

async function check(packages: readonly unknown[]): Promise<Found[]> {
  project.bsp([], { packages })
  return JSON.parse((await project.strux(['check', '--json'])).stdout).diagnostics.filter(
    (each: { code: string }) => each.code !== 'no_application',
  )
}

test('hooks that do not exist or never run are errors with the reason, at their line', async () => {
  define(
    'a',
    "site: './src', install_staging: false,",
    'hooks: {',
    'post_pach: sh`true`,',
    'pre_install: sh`true`,',
    'post_patch: sh`true`,',
    'post_install_staging: sh`true`,',
    '}, host: { hooks: {',
    'target_finalize: sh`true`,',
    '} },',
  )
  const found = await check(['a'])
  assert.equal(
    found.map(({ code, file, line }) => [code, file, line]),
    [
      ['unknown_key', 'packages/a.ts', 7],
      ...[8, 9, 10, 12].map(line => ['hook_never_runs', 'packages/a.ts', line]),
    ],
  )
  assert.match(found[0]!.hint ?? '', /post_patch/)
  assert.equal(
    found.slice(1).map(({ message }) => message),
    [
      'pre_install runs only for host packages',
      'post_patch never runs for a local source, which is copied as it is',
      'post_install_staging runs only with install_staging: true',
      'target_finalize runs only for target packages',
    ],
  )
})

test('submodules are for repositories of git', async () => {
  define('a', "site: './src', git_submodules: true,")
  define('b', "site: 'https://x.example/b.git', site_method: 'git', version: 'v1', git_submodules: true,")
  const found = await check(['a', 'b'])
  assert.equal(
    found.map(({ code, file }) => [code, file]),
    [['submodules_without_git', 'packages/a.ts']],
  )
})

test('a mode has three or four octal digits', async () => {
  const modes = ['0644', '4755', '755', '00755', '9999', 'rw', '', 'u+s', '75', '0o755', '077777']
  define(
    'a',
    ...["site: './src',", 'permissions: ['],
    ...modes.map(m => `{ path: '/x', mode: '${m}' },`),
    '],',
  )
  const found = await check(['a'])
  assert.equal(
    found.map(({ code, line, message }) => [code, line, message]),
    modes.slice(4).map((mode, n) => ['bad_mode', 11 + n, `'${mode}' is no mode`]),
  )
})

test('dependencies must exist, have the variant, and make no circle', async () => {
  define('a', "dependencies: ['b', 'nothing'],")
  define('b', "dependencies: ['a', 'host-a'],")
  const found = await check(['a', 'aa'])
  assert.equal([...new Set(found.map(each => each.code))].sort(), [
    'no_variant',
    'package_cycle',
    'unknown_package',
  ])
  const messages = found.map(each => each.message).join('\n')
  assert.match(messages, /packages depend on each other: a → b → a/)
  assert.match(messages, /there is no package 'nothing', which a depends on/)
  assert.match(messages, /the package 'a' has no host variant/)
  assert.match(found.find(each => each.message.includes("'aa'"))!.hint!, /did you mean 'a'\?/)
})

test('the plan has one node for each variant, after those that it depends on, and their edges', async () => {
  define('a', "dependencies: ['b', 'host-c'],")
  define('b', '')
  define('c', 'target: false, host: {},')
  project.bsp([], { packages: ['a', 'c'] })
  const { nodes } = JSON.parse((await project.strux(['plan', '--json'])).stdout)
  const ids: string[] = nodes.map((node: { id: string }) => node.id)
  assert.equal(
    ids.filter(id => id.startsWith('package')),
    ['package:b', 'package:host-c', 'package:a', 'packages'],
  )
  const after = (id: string): string[] => nodes.find((node: { id: string }) => node.id === id).after
  assert.equal(after('package:b'), [])
  assert.equal(after('package:host-c'), [])
  assert.equal(after('package:a'), ['package:b', 'package:host-c'])
})

/** The packages of the plan in their order. */
async function planned(): Promise<readonly string[]> {
  const { code, stdout } = await project.strux(['plan', '--json'])
  assert.is(code, 0, stdout)
  const nodes: readonly { id: string }[] = JSON.parse(stdout).nodes
  return nodes.flatMap(({ id }) => (id.startsWith('package:') ? [id] : []))
}

test("a project's packages are built for every BSP; a BSP's package replaces the project's with its name", async () => {
  define('shared', "dependencies: ['base'],")
  define('base')
  define('own')
  project.config({ packages: ['shared', { name: 'tuned', site: './tuned' }] })
  project.bsp([], { packages: ['own', { name: 'tuned', site: './here', override_srcdir: './here' }] })
  project.bsp([], { name: 'other' })
  assert.equal(await planned(), ['package:base', 'package:shared', 'package:tuned', 'package:own'])
  const input = async (bsp: string) => {
    const { nodes } = JSON.parse((await project.strux(['plan', bsp, '--json'])).stdout)
    const tuned = nodes.find((node: { id: string }) => node.id === 'package:tuned')
    return tuned.dependencies.map((each: { path: string }) => each.path)
  }
  assert.equal(await input('demo'), ['bsp/demo/here'])
  // Without one of its own, in the folder of the project.
  assert.equal(await input('other'), ['tuned'])
})

test("an error about a project's package is at its place in the project", async () => {
  project.config({
    packages: ['nothing', { name: 'a', hooks: { post_rsync: [] }, site: 'https://x.org', version: '1' }],
  })
  const found = await check([])
  assert.equal(
    found.map(({ code, file }) => [code, file]),
    [['hook_never_runs', 'strux.config.ts']],
  )
  project.config({ packages: ['nothing'] })
  project.bsp([], { name: 'other' })
  assert.equal(
    (await check([])).map(({ code, file, message }) => [code, file, message]),
    [['unknown_package', 'strux.config.ts', "there is no package 'nothing'"]],
  )
})

interface Called {
  readonly hook: string
  readonly of: string
  readonly title: string
}

test('the plan has the hooks of packages and of the BSP, in the order in which they run', async () => {
  const finalize = 'hooks: { target_finalize: sh`echo final`'
  define('lib', `${finalize} },`)
  define(
    'app',
    "dependencies: ['lib'],",
    `${finalize}, post_build: [sh\`one\`, sh\`two\`], pre_configure: sh\`three\` },`,
  )
  project.write(
    'bsp/demo/bsp.ts',
    `import { defineBsp, layer, sh } from 'strux-bsp'
export default defineBsp({
  name: 'demo', description: 'A test', arch: 'host', hostname: 'demo', packages: ['app'],
  extends: layer({ target_finalize: sh\`lower\` }), target_finalize: [sh\`first\`, sh\`second\`],
})
`,
  )
  const { nodes } = JSON.parse((await project.strux(['plan', '--json'])).stdout)
  const hooks = (id: string): readonly string[] => {
    const called: readonly Called[] = nodes.find((node: { id: string }) => node.id === id).hooks
    return called.map(({ hook, of, title }) => `${of} ${hook} ${title}`)
  }
  assert.equal(hooks('package:app'), ['app pre_configure three', 'app post_build one', 'app post_build two'])
  assert.equal(
    hooks('rootfs_post'),
    ['lib', 'app', 'demo lower', 'demo first', 'demo second'].map(each => {
      const [of, title = 'echo final'] = each.split(' ')
      return `${of} target_finalize ${title}`
    }),
  )
  assert.is(nodes.find((node: { id: string }) => node.id === 'package:lib').hooks, undefined)
  const { stdout } = await project.strux(['plan'])
  assert.match(stdout, /calls pre_configure: three\n +calls post_build: one\n +calls post_build: two\n/)
  assert.match(stdout, /calls target_finalize of app: echo final\n +calls target_finalize of demo: lower\n/)
})

test.run()
