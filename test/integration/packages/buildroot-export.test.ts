/** A BSP exported as a Buildroot tree and read back: the same packages with the same hooks, which do the same. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('packages exported to Buildroot and read back')
let project: TempProject
test.before(() => {
  project = new TempProject()
})
test.after(() => project.dispose())

interface Phase {
  readonly pre: readonly unknown[]
  readonly command?: string
  readonly post: readonly unknown[]
  readonly settings: { readonly conf_opts?: readonly string[] }
}
interface Recipe {
  readonly id: string
  readonly config: Readonly<Record<string, unknown>> & { readonly phases: Readonly<Record<string, Phase>> }
}

const SAME = [
  'id',
  'name',
  'version',
  'variant',
  'infra',
  'license',
  'license_files',
  'needs',
  'order',
  'subdir',
]

/** What a build of the packages would do, without the texts of scripts. */
async function recipes(): Promise<Record<string, unknown>> {
  const { openWorkspace } = await import('../../../runtime/engine.ts')
  const { workspace, diagnostics } = await openWorkspace(project.root, 'demo')
  assert.equal(
    diagnostics.filter(each => each.severity === 'error'),
    [],
  )
  const nodes = workspace!.plan.nodes as unknown as readonly Recipe[]
  return Object.fromEntries(
    nodes
      .filter(each => each.id.startsWith('package:'))
      .map(({ id, config }) => [
        id,
        {
          ...Object.fromEntries(SAME.map(key => [key, config[key]])),
          patches: (config.patches as readonly string[] | undefined)?.length ?? 0,
          hooks: Object.entries(config.phases).map(([name, { pre, command, post }]) =>
            [name, pre.length, command !== undefined, post.length].join(' '),
          ),
        },
      ]),
  )
}

const definition = (body: string) =>
  `import { definePackage, sh } from 'strux-bsp'\nvoid sh\nexport default definePackage({ ${body} })\n`

test('packages, variants, phases, hooks and dependencies are the same; the built files too', async () => {
  project.config({ build: { steps: { application: false } } })
  project.bsp([], { packages: ['daemon', 'library'] })
  project.write(
    'packages/daemon/package.ts',
    definition(`name: 'daemon', version: '1.0', site: './src', license: 'MIT', license_files: ['LICENSE'],
  dependencies: ['library', 'host-tool'], users: [{ name: 'daemon2', group: 'daemon2' }],
  commands: {
    build: sh\`words='one two'
      for word in $words; do echo "$word" >>built; done\`,
    install_target: sh\`install -D -m 644 built "$TARGET_DIR/usr/share/daemon/built"\`,
  },
  hooks: {
    post_rsync: [sh\`echo "$NAME $VERSION" >>built\`, sh\`cd /; test ! -e built\`],
    pre_build: sh\`tool >>built\`,
  }`),
  )
  project.write('packages/daemon/src/LICENSE', 'text\n')
  project.write(
    'packages/library/package.ts',
    definition(
      `name: 'library', version: '2', site: './src', infra: 'cmake', install_staging: true, license: 'ISC', conf_opts: ['-DWORDS=a b']`,
    ),
  )
  project.write(
    'packages/library/src/CMakeLists.txt',
    'cmake_minimum_required(VERSION 3.16)\nproject(l NONE)\nfile(WRITE ${CMAKE_BINARY_DIR}/words "${WORDS}")\ninstall(FILES ${CMAKE_BINARY_DIR}/words DESTINATION share/library)\n',
  )
  project.write(
    'packages/tool.ts',
    definition(
      `name: 'tool', target: false, host: { commands: { install: sh\`mkdir -p "$HOST_DIR/bin"; printf '#!/bin/sh\\necho tooled\\n' >"$HOST_DIR/bin/tool"; chmod 755 "$HOST_DIR/bin/tool"\` } }`,
    ),
  )
  const before = await recipes()
  assert.equal(Object.keys(before), ['package:library', 'package:host-tool', 'package:daemon'])
  const { code, stderr } = await project.strux(['export', '--buildroot', project.at('tree'), '--lossy'])
  assert.is(code, 0, stderr)
  project.remove('packages')
  project.write(
    'bsp/demo/bsp.ts',
    `import { buildrootPackages, defineBsp } from 'strux-bsp'
export default defineBsp({ name: 'demo', description: 'A test', arch: 'host', hostname: 'demo',
  packages: [buildrootPackages('tree', { defconfig: 'demo_defconfig' })] })\n`,
  )
  assert.equal(await recipes(), before)

  const built = await project.build([
    '--only',
    'package:host-tool',
    '--only',
    'package:library',
    '--only',
    'package:daemon',
  ])
  assert.is(built.code, 0, built.said)
  const target = 'dist/cache/demo/packages/per-package'
  assert.is(project.read(`${target}/daemon/target/usr/share/daemon/built`), 'daemon 1.0\ntooled\none\ntwo\n')
  assert.is(project.read(`${target}/library/target/usr/share/library/words`), 'a b')
})

test.run()
