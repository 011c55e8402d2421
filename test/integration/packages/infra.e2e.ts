/** Small sources of each infrastructure, for the device (another architecture) and for this machine. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hostArch } from '../../../runtime/plan/arch.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('infrastructures')
const project = new TempProject()
test.after(() => project.dispose())

const MACHINES = { x86_64: 62, arm64: 183, armhf: 40 }
const machine = (path: string) => readFileSync(project.at(path)).readUInt16LE(18)
const MAIN = 'int answer(void);\nint main(void) { return answer() - 42; }\n'
const LIB = 'int answer(void) { return 42; }\n'

function define(name: string, body: string): void {
  project.write(
    `packages/${name}/package.ts`,
    `import { definePackage } from 'strux-bsp'\nexport default definePackage({ name: '${name}', ${body} })\n`,
  )
}

test('autotools, meson and cmake; from a folder, a tarball and a repository; with patches', async () => {
  define('amake', "site: './src', infra: 'autotools', host: {}, conf_opts: ['--disable-nls']")
  project.write('packages/amake/src/main.c', `${LIB}${MAIN}`)
  project.write(
    'packages/amake/src/configure.ac',
    'AC_INIT([amake],[1])\nAM_INIT_AUTOMAKE([foreign])\nAC_PROG_CC\nAC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n',
  )
  project.write('packages/amake/src/Makefile.am', 'bin_PROGRAMS = amake\namake_SOURCES = main.c\n')

  define(
    'libmes',
    "site: 'packages/libmes', site_method: 'file', version: '1', infra: 'meson', install_staging: true, patches: ['./patches'], host: {}",
  )
  project.write('packages/libmes/tree/libmes-1/lib.c', LIB.replace('42', '41'))
  project.write(
    'packages/libmes/tree/libmes-1/meson.build',
    "project('libmes', 'c', version: '1')\nl = library('mes', 'lib.c', install: true)\nimport('pkgconfig').generate(l)\n",
  )
  execFileSync('tar', [
    '-czf',
    project.at('packages/libmes/libmes-1.tar.gz'),
    '-C',
    project.at('packages/libmes/tree'),
    'libmes-1',
  ])
  project.write(
    'packages/libmes/patches/0001-answer.patch',
    '--- a/lib.c\n+++ b/lib.c\n@@ -1 +1 @@\n-int answer(void) { return 41; }\n+int answer(void) { return 42; }\n',
  )

  project.write('packages/cmk/repo/main.c', MAIN)
  project.write(
    'packages/cmk/repo/CMakeLists.txt',
    'cmake_minimum_required(VERSION 3.16)\nproject(cmk C)\nfind_package(PkgConfig REQUIRED)\npkg_check_modules(MES REQUIRED IMPORTED_TARGET mes)\nadd_executable(cmk main.c)\ntarget_link_libraries(cmk PkgConfig::MES)\ninstall(TARGETS cmk)\n',
  )
  const git = (...args: string[]) =>
    execFileSync('git', [
      '-C',
      project.at('packages/cmk/repo'),
      '-c',
      'user.name=x',
      '-c',
      'user.email=x@x',
      ...args,
    ])
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'first')
  git('tag', 'v1')
  define(
    'cmk',
    "site: './repo', site_method: 'git', version: 'v1', infra: 'cmake', dependencies: ['libmes'], host: { dependencies: ['host-libmes'] }",
  )

  const arch = hostArch() === 'arm64' ? 'x86_64' : 'arm64'
  project.bsp([], { arch, packages: ['amake', 'host-amake', 'cmk', 'host-cmk'] })
  const ids = ['amake', 'host-amake', 'libmes', 'host-libmes', 'cmk', 'host-cmk'].map(id => `package:${id}`)
  const built = await project.build(
    [...ids, 'packages'].flatMap(id => ['--only', id]),
    { timeout: 900_000 },
  )
  assert.is(built.code, 0, built.stdout.slice(-6000))
  const at = (path: string) => `dist/cache/demo/packages/${path}`
  for (const name of ['amake', 'cmk']) {
    assert.is(machine(at(`files/usr/bin/${name}`)), MACHINES[arch], name)
    assert.is(machine(at(`host/bin/${name}`)), MACHINES[hostArch()], name)
    // Host programs run where HOST_DIR is now, with their own libraries.
    execFileSync(project.at(at(`host/bin/${name}`)))
  }
})

test.run()
