/** Evaluated makefiles of packages as source packages. Evaluation itself is in test/integration/packages. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { convertPackage } from '../../../runtime/buildroot/convert.ts'
import type { EvaluatedPackage } from '../../../runtime/buildroot/evaluated.ts'
import { MakefilePlaces } from '../../../runtime/buildroot/makefile-places.ts'
import { standingOptions } from '../../../runtime/buildroot/standing-options.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('conversion of Buildroot packages')
const project = new TempProject()
test.after(() => project.dispose())

const FILE = 'tree/package/acme/acme.mk'

/** The package of these lines of its makefile, each `ACME_NAME = VALUE`. */
function convert(
  infra: string,
  variables: Readonly<Record<string, string>>,
  hooks: EvaluatedPackage['hooks'] = [],
  isModule = false,
) {
  const all = {
    SITE: '/project/tree/package/acme',
    SITE_METHOD: 'local',
    INSTALL_TARGET: 'YES',
    ...variables,
  }
  const lines = Object.entries(variables).map(([name, value]) =>
    value.includes('\n') ? `define ACME_${name}\n${value}\nendef` : `ACME_${name} = ${value}`,
  )
  project.write(FILE, `${lines.join('\n')}\n$(eval $(${infra}-package))\n`)
  const evaluated: EvaluatedPackage = {
    ...{ infra, variant: 'target', name: 'acme', prefix: 'ACME', isModule },
    ...{ folder: 'tree/package/acme', file: FILE, variables: all, hooks },
  }
  const { data, diagnostics, locate } = convertPackage([evaluated], {
    ...{ projectRoot: project.root, root: '/project', tree: 'tree', names: new Set(['acme']) },
    ...{
      places: new MakefilePlaces(project.root),
      debian: {},
      selected: { target: [], host: [] },
      finalize: [],
      missing: new Set<string>(),
    },
  })
  return {
    data,
    locate,
    told: diagnostics.map(each => `${each.severity} ${each.code}:${each.line} ${each.message}`),
  }
}

test('each infrastructure passes on what Buildroot always does, before the options of the package', () => {
  const options = (infra: string, variables = {}) =>
    convert(infra, { CONF_OPTS: '-DOWN --own', CONF_ENV: 'A=1 CONFIG_SITE=mine', ...variables }).data
  const cmake = options('cmake')?.conf_opts ?? []
  for (const option of ['BUILD_SHARED_LIBS=ON', 'BUILD_DOCS=OFF', 'BUILD_TESTS=OFF', 'BUILD_EXAMPLES=OFF'])
    assert.ok(cmake.includes(`-D${option}`), option)
  assert.ok(
    cmake.includes('-DCMAKE_INSTALL_RUNSTATEDIR=/run') && cmake.includes('-DCMAKE_INSTALL_SO_NO_EXE=0'),
  )
  assert.equal(cmake.slice(-2), ['-DOWN', '--own'])
  const autotools = options('autotools')
  for (const option of [
    '--disable-static',
    '--enable-shared',
    '--disable-nls',
    '--enable-ipv6',
    '--program-prefix=',
  ])
    assert.ok(autotools?.conf_opts?.includes(option), option)
  assert.is(autotools?.conf_env?.CONFIG_SITE, 'mine')
  assert.is(autotools?.conf_env?.ac_cv_func_malloc_0_nonnull, 'yes')
  assert.ok(options('meson')?.conf_opts?.includes('--default-library=shared'))
  // Own commands name what they pass on themselves.
  assert.equal(options('cmake', { CONFIGURE_CMDS: 'cmake .' })?.conf_opts, ['-DOWN', '--own'])
  assert.equal(options('generic')?.conf_opts, ['-DOWN', '--own'])
  const host = standingOptions('autotools', 'host').options
  assert.ok(host.includes('--disable-debug') && !host.includes('--enable-ipv6'))
})

test('scripts are found in the makefile', () => {
  const variables = { BUILD_CMDS: 'make\nmake more', FIX: 'sed\nsed', POST_BUILD_HOOKS: 'ACME_FIX' }
  const { locate } = convert('generic', variables, [
    { list: 'POST_BUILD_HOOKS', name: 'ACME_FIX', isDefined: true, text: 'sed' },
  ])
  assert.equal(locate(['commands', 'build']), { file: FILE, line: 1 })
  assert.equal(locate(['hooks', 'post_build', 0]), { file: FILE, line: 5 })
})

test('variables for make and ninja are no arguments', () => {
  const env = { V: 'a b', FLAGS: '-O1' }
  const text = `PATH="/x:$PATH" V="a b" FLAGS=-O1`
  const autotools = convert('autotools', { MAKE_ENV: text, MAKE_OPTS: 'CC=cc' })
  assert.equal([autotools.data?.make_env, autotools.data?.make_opts, autotools.told], [env, ['CC=cc'], []])
  const cmake = convert('cmake', { MAKE_ENV: text, BUILD_OPTS: '-v' })
  assert.equal([cmake.data?.make_env, cmake.data?.make_opts, cmake.told], [env, ['-v'], []])
  const meson = convert('meson', { NINJA_ENV: text, NINJA_OPTS: '-v' })
  assert.equal([meson.data?.make_env, meson.data?.make_opts, meson.told], [env, ['-v'], []])
})

test('options of another build system are left out with a warning at their line', () => {
  const cmake = convert('cmake', { VERSION: '1', MAKE_OPTS: 'V=1' })
  assert.is(cmake.data?.make_opts, undefined)
  assert.equal(cmake.told, [
    'warning buildroot_unsupported:2 ACME_MAKE_OPTS is not passed on: a cmake package is built with ninja',
  ])
  // Commands of the package may use it.
  assert.equal(convert('cmake', { MAKE_OPTS: 'V=1', BUILD_CMDS: 'make V=1' }).told, [])
  assert.equal(convert('generic', { MAKE_OPTS: 'V=1', BUILD_CMDS: 'make V=1' }).data?.make_opts, undefined)
})

const FETCHED = { SITE: 'https://example.com/acme', SITE_METHOD: 'wget', VERSION: '1' }

test('each setting without effect is told at its line, and no other', () => {
  const settings = {
    ...{ DEVICES: '/dev/acme c 660 0 0 1 2 - - -', PROVIDES: 'libacme', CONFIG_SCRIPTS: 'acme-config' },
    ...{ LINUX_CONFIG_FIXUPS: '$(call KCONFIG_ENABLE_OPT,CONFIG_ACME)', EXCLUDES: 'docs', GETTEXTIZE: 'YES' },
    OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS: '--exclude docs',
  }
  const { data, told } = convert('generic', { ...FETCHED, ...settings })
  assert.is(data, undefined)
  assert.equal(
    told.map(each => each.replace(/ (is not supported|has no effect).*/, '')),
    [
      'error buildroot_unsupported:9 ACME_GETTEXTIZE',
      'warning buildroot_unsupported:6 ACME_CONFIG_SCRIPTS',
      'warning buildroot_unsupported:10 ACME_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS',
      'warning buildroot_unsupported:4 ACME_DEVICES',
      'warning buildroot_unsupported:7 ACME_LINUX_CONFIG_FIXUPS',
    ],
  )
  const git = { SITE: 'https://example.com/acme.git', SITE_METHOD: 'git', VERSION: '1' }
  assert.equal(convert('generic', { ...git, STRIP_COMPONENTS: '1', GETTEXTIZE: 'NO' }).told, [])
})

/** The line of a recipe. */
const line = (script: { readonly text: string } | undefined) =>
  /strux_recipe '([\s\S]*)'$/.exec(script?.text ?? '')?.[1]?.replaceAll(`'\\''`, `'`)

test('a tarball is unpacked with other numbers of folders, and without files; a repository as it is', () => {
  const settings = { STRIP_COMPONENTS: '0', EXCLUDES: 'docs "a b"' }
  const { data, told } = convert('generic', { ...FETCHED, ...settings })
  assert.equal(told, [])
  assert.is(
    line(data?.commands?.extract),
    `tar --strip-components=0 -C "@STRUX_D@" --exclude='docs' --exclude='a b' -xf "@STRUX_SOURCE_FILE@"`,
  )
  const git = { SITE: 'https://example.com/acme.git', SITE_METHOD: 'git', VERSION: '1' }
  assert.is(convert('generic', { ...git, ...settings }).data?.commands, undefined)
  assert.is(convert('generic', { ...FETCHED, STRIP_COMPONENTS: '1' }).data?.commands, undefined)
})

test('kernel modules beside a build system, or in several folders, are hooks; a virtual package has its provider', () => {
  const cmake = convert('cmake', { MODULE_MAKE_OPTS: 'A=1' }, [], true)
  assert.equal([cmake.told, cmake.data?.infra], [[], 'cmake'])
  assert.match(
    line([cmake.data?.hooks?.post_build ?? []].flat()[0])!,
    / A=1 PWD=@STRUX_D@ M=@STRUX_D@ modules$/,
  )
  const several = convert('generic', { MODULE_SUBDIRS: 'one two' }, [], true)
  assert.equal([several.told, several.data?.infra], [[], undefined])
  const installs = [several.data?.hooks?.post_install_target ?? []].flat().map(line)
  assert.equal(
    installs.map(text => text?.replace(/.* M=/, '')),
    ['@STRUX_D@/one modules_install', '@STRUX_D@/two modules_install'],
  )
  assert.is(convert('generic', {}, [], true).data?.infra, 'kernel-module')
  const virtual = convert('virtual', { SITE: '', SITE_METHOD: '', DEPENDENCIES: 'zlib' })
  assert.equal([virtual.told, virtual.data?.infra], [[], undefined])
  assert.equal(virtual.data?.dependencies, ['deb:zlib1g-dev'])
})

test('submodules are fetched if the makefile says so, and the source is a repository', () => {
  const git = { SITE: 'https://example.com/acme.git', SITE_METHOD: 'git', VERSION: '1' }
  const submodules = (variables: Record<string, string>) => {
    const { data, told } = convert('generic', variables)
    assert.equal(told, [])
    return data?.git_submodules
  }
  assert.is(submodules({ ...git, GIT_SUBMODULES: 'YES' }), true)
  assert.is(submodules({ ...git, GIT_SUBMODULES: 'NO' }), undefined)
  assert.is(submodules({ ...FETCHED, GIT_SUBMODULES: 'YES' }), undefined)
})

test('users keep their numbers, permissions their capabilities', () => {
  const { data, told } = convert('generic', {
    USERS: 'acme 120 acme 121 * /var/lib/acme - dialout,tty Acme\nother -1 - -1 !x - - - -',
    PERMISSIONS: [
      '/usr/bin/acme f 755 acme acme - - - - -\n|xattr cap_net_raw+ep\n|xattr cap_sys_nice=eip',
      '/var/lib/acme d 750 acme acme - - - - -\n/srv r -1 acme - - - - - -',
    ].join('\n'),
  })
  assert.equal(told, [])
  assert.equal(data?.users, [
    { name: 'acme', uid: 120, group: 'acme', gid: 121, home: '/var/lib/acme', groups: ['dialout', 'tty'] },
    { name: 'other' },
  ])
  assert.equal(data?.permissions, [
    {
      ...{ path: '/usr/bin/acme', mode: '755', owner: 'acme', group: 'acme' },
      capabilities: 'cap_net_raw+ep cap_sys_nice=eip',
    },
    { path: '/var/lib/acme/', mode: '750', owner: 'acme', group: 'acme' },
    { path: '/srv', owner: 'acme', recursive: true },
  ])
})

test('rows of users and permissions that are not supported are told', () => {
  const { told } = convert('generic', {
    USERS:
      'a -1 a -1 =secret - /bin/sh - -\nb -1 b -1 - - /bin/sh - -\nc -1 c -1 - - - - -\n- -1 d -1 * - - - -',
    PERMISSIONS: '/dev/x c 600 0 0 1 2 - - -\n/run/p p 600 0 0 - - - - -',
  })
  assert.equal(
    told.map(each => each.replace('buildroot_unsupported', '')),
    [
      'warning :1 the user a gets no password, so nobody can log in with one',
      'warning :1 the user b gets no password, so nobody can log in with one',
      'error :1 the group d without a user is not supported',
      "warning :7 the device node /dev/x is not made: the device's kernel makes them",
      "error :7 the row of /run/p has the type 'p', which is not supported",
    ],
  )
})

test('OVERRIDE_SRCDIR takes the place of the source', () => {
  project.write('tree/own/acme.c', '')
  const { data, told } = convert('generic', { ...FETCHED, OVERRIDE_SRCDIR: '/project/tree/own' })
  assert.equal([data?.override_srcdir, told], ['tree/own', []])
  const outside = convert('generic', { ...FETCHED, OVERRIDE_SRCDIR: '/elsewhere' })
  assert.match(outside.told.join(), /^error buildroot_site_outside:4 /)
})

test('hooks that this kind of package does not run are told', () => {
  const hook = (list: string) => ({ list, name: `ACME_${list}`, isDefined: true, text: 'true' })
  const lists = ['POST_PATCH_HOOKS', 'POST_RSYNC_HOOKS', 'POST_INSTALL_HOOKS', 'POST_INSTALL_STAGING_HOOKS']
  const { data, told } = convert('generic', {}, lists.map(hook))
  assert.equal(Object.keys(data?.hooks ?? {}), ['post_rsync'])
  assert.equal(
    told.map(each => /ACME_\w+ never runs: \w+/.exec(each)?.[0]),
    [
      'ACME_POST_PATCH_HOOKS never runs: post_patch',
      'ACME_POST_INSTALL_HOOKS never runs: post_install',
      'ACME_POST_INSTALL_STAGING_HOOKS never runs: post_install_staging',
    ],
  )
})

test.run()
