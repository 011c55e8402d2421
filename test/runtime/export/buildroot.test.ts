/**
 * `strux export --buildroot`: the form of the tree, by the rules of Buildroot, and what GNU make reads in it. Definitions
 * of ours stand for Buildroot's infrastructure.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TempProject } from '../../support/project.ts'

const test = suite('strux export --buildroot')
const project = new TempProject()
test.after(() => project.dispose())

const OUT = 'br'
const read = (path: string) => project.read(`${OUT}/${path}`)
const definition = (body: string) =>
  `import { definePackage, sh } from 'strux-bsp'\nvoid sh\nexport default definePackage({ ${body} })\n`

function writeProject(): void {
  project.config({ build: { steps: { application: false } } })
  project.bsp([], {
    arch: 'arm64',
    packages: ['zeta', 'mod', 'alpha', 'archive', 'host-archive', 'nested'],
    rootfs: { overlay: './overlay' },
    boot: {
      kernel: {
        custom_kernel: true,
        source: 'https://git.example/linux.git#v6.12',
        defconfig: 'board_defconfig',
        fragments: ['./usb.config', 'CONFIG_NET=y'],
        patches: ['./fix.patch'],
        device_tree: { dts: ['vendor/board.dtb', './own.dts'] },
      },
      bootloader: {
        enabled: true,
        type: 'u-boot',
        source: 'https://src.example/u-boot-2025.01.tar.bz2',
        defconfig: 'qemu_arm64_defconfig',
      },
    },
    post_image: {
      args: ['panel-v2'],
      image_args: ['-c', 'board/panel/genimage.cfg'],
      scripts: ['board/panel/post-image.sh', { run: 'set -e; echo done', args: ["it's", '--fast'] }],
    },
  })
  for (const file of ['usb.config', 'fix.patch', 'own.dts', 'overlay/etc/motd'])
    project.write(`bsp/demo/${file}`, `${file}\n`)
  project.write(
    'board/panel/post-image.sh',
    '#!/bin/sh\nset -e\nprintf "%s\\n" "$PWD" "$@" >"$1/said"\n',
    0o755,
  )
  project.write('board/panel/genimage.cfg', 'image disk.img {}\n')
  project.write(
    'packages/zeta/package.ts',
    definition(`name: 'zeta', version: '1.0', site: './src', infra: 'cmake', license: 'MIT', license_files: ['LICENSE'],
  dependencies: ['lib.x', 'host-tool', 'deb:libssl-dev'], conf_opts: ['-DNAME=a b', '-DCOST=$5'], conf_env: { WORDS: 'x y' }, make_env: { COST: '$5' },
  install_staging: true, users: [{ name: 'zeta', uid: 250, groups: ['dialout'], home: '/var/lib/zeta' }],
  permissions: [{ path: '/usr/bin/zeta', mode: '4755', capabilities: 'cap_net_raw+ep' }, { path: '/var/lib/zeta', owner: 'zeta', group: 'zeta', recursive: true }],
  units: ['zeta.service'],
  hooks: {
    post_rsync: [sh\`cd sub; echo "$D" 100% '# no comment' >"$D/first"\`, sh\`echo second\`],
    target_finalize: sh\`echo zeta >>"$TARGET_DIR/order"\`,
  }`),
  )
  project.write('packages/zeta/src/LICENSE', 'text\n')
  project.write('packages/zeta/src/.git/HEAD', 'ref\n')
  project.write('packages/zeta/src/sub/file', 'text\n')
  project.write(
    'packages/lib.x.ts',
    definition(
      `name: 'lib.x', version: '2', site: 'https://src.example/lib', infra: 'meson', sha256: '${'a'.repeat(64)}'`,
    ),
  )
  project.write(
    'packages/tool.ts',
    definition(
      `name: 'tool', target: false, host: { dependencies: ['deb:zlib1g-dev'], hooks: { post_install: sh\`echo installed\` }, commands: { build: sh\`true\` } }`,
    ),
  )
  project.write(
    'packages/mod/package.ts',
    definition(
      `name: 'mod', version: '3', site: './src', infra: 'kernel-module', subdir: 'driver', dependencies: ['deb:linux-headers-arm64']`,
    ),
  )
  project.write('packages/mod/src/driver/Makefile', 'obj-m := mod.o\n')
  project.write(
    'packages/nested.ts',
    definition(
      `name: 'nested', version: 'v2', site: 'https://git.example/nested.git', site_method: 'git', git_submodules: true`,
    ),
  )
  project.write(
    'packages/alpha.ts',
    definition(`name: 'alpha', hooks: { target_finalize: sh\`echo alpha >>"$TARGET_DIR/order"\` }`),
  )
  project.write(
    'packages/archive/package.ts',
    definition(
      `name: 'archive', version: '1', site: '.', site_method: 'file', patches: ['./patches', './last.patch'], infra: 'autotools', make_opts: ['V=1'], host: {}`,
    ),
  )
  project.write('packages/archive/archive-1.tar.gz', 'bytes')
  for (const name of ['patches/b.patch', 'patches/0001-a.patch', 'last.patch'])
    project.write(`packages/archive/${name}`, `${name}\n`)
}

const BUILDROOT = `
infra = $(eval KNOWN += $1:$(notdir $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))))
generic-package = $(call infra,generic)
cmake-package = $(call infra,cmake)
meson-package = $(call infra,meson)
autotools-package = $(call infra,autotools)
kernel-module = $(call infra,kernel-module)
host-generic-package = $(call infra,host-generic)
host-autotools-package = $(call infra,host-autotools)
INSTALL = install
`

/** The values of makefile variables after all files of the tree have been read. */
function evaluate(names: readonly string[], more = ''): Record<string, string> {
  const shown = names.map(name => `$(info ${name}=$(${name}))`).join('\n')
  const makefile = `${BUILDROOT}BR2_EXTERNAL_DEMO_PATH = ${project.at(OUT)}\n${more}\ninclude ${project.at(OUT)}/external.mk\n${shown}\nall: ;\n`
  const said = execFileSync('make', ['--no-print-directory', '-s', '-f', '-'], {
    input: makefile,
    encoding: 'utf8',
  })
  return Object.fromEntries(
    said
      .split('\n')
      .filter(line => line.includes('='))
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

test('is complete: descriptor, menus and makefiles', async () => {
  writeProject()
  const { code, stderr } = await project.strux(['export', '--buildroot', project.at(OUT)])
  assert.is(code, 0, stderr)
  assert.is(read('external.desc'), 'name: DEMO\ndesc: A test\n')
  const names = ['alpha', 'archive', 'lib.x', 'mod', 'nested', 'tool', 'zeta']
  assert.equal(
    read('Config.in').trim().split('\n'),
    names.map(name => `source "$BR2_EXTERNAL_DEMO_PATH/package/${name}/Config.in"`),
  )
  for (const name of names) {
    assert.ok(existsSync(project.at(`${OUT}/package/${name}/Config.in`)), name)
    assert.ok(existsSync(project.at(`${OUT}/package/${name}/${name}.mk`)), name)
  }
  assert.equal(evaluate(['KNOWN']).KNOWN!.trim().split(' ').sort(), [
    ...[
      'autotools:archive',
      'cmake:zeta',
      'generic:alpha',
      'generic:mod',
      'generic:nested',
      'host-autotools:archive',
      'host-generic:tool',
    ],
    ...['kernel-module:mod', 'meson:lib.x'],
  ])
})

test('variables have the values of the definition', () => {
  const found = evaluate([
    ...[
      'ZETA_VERSION',
      'ZETA_SITE',
      'ZETA_SITE_METHOD',
      'ZETA_LICENSE',
      'ZETA_LICENSE_FILES',
      'ZETA_DEPENDENCIES',
    ],
    ...[
      'ZETA_CONF_OPTS',
      'ZETA_CONF_ENV',
      'ZETA_BUILD_ENV',
      'ZETA_INSTALL_STAGING',
      'LIB_X_SITE',
      'MOD_MODULE_SUBDIRS',
      'MOD_DEPENDENCIES',
    ],
    ...[
      'HOST_TOOL_DEPENDENCIES',
      'ARCHIVE_SITE_METHOD',
      'ARCHIVE_MAKE_OPTS',
      'NESTED_SITE_METHOD',
      'NESTED_GIT_SUBMODULES',
    ],
  ])
  assert.equal(found, {
    ZETA_VERSION: '1.0',
    ZETA_SITE: project.at(`${OUT}/package/zeta/src`),
    ZETA_SITE_METHOD: 'local',
    ZETA_LICENSE: 'MIT',
    ZETA_LICENSE_FILES: 'LICENSE',
    ZETA_DEPENDENCIES: 'lib.x host-tool openssl',
    ZETA_CONF_OPTS: "'-DNAME=a b' '-DCOST=$5'",
    ZETA_CONF_ENV: "WORDS='x y'",
    ZETA_BUILD_ENV: "COST='$5'",
    ZETA_INSTALL_STAGING: 'YES',
    LIB_X_SITE: 'https://src.example/lib',
    MOD_MODULE_SUBDIRS: 'driver',
    MOD_DEPENDENCIES: '',
    HOST_TOOL_DEPENDENCIES: 'host-zlib',
    ARCHIVE_SITE_METHOD: 'file',
    NESTED_SITE_METHOD: 'git',
    NESTED_GIT_SUBMODULES: 'YES',
    ARCHIVE_MAKE_OPTS: 'V=1',
  })
})

test('sources, hashes and patches are in the packages', () => {
  assert.ok(existsSync(project.at(`${OUT}/package/zeta/src/sub/file`)))
  assert.not.ok(existsSync(project.at(`${OUT}/package/zeta/src/.git`)))
  assert.match(
    read('package/lib.x/lib.x.hash'),
    new RegExp(`^sha256  ${'a'.repeat(64)}  lib\\.x-2\\.tar\\.gz$`, 'm'),
  )
  assert.match(read('package/archive/archive.hash'), /^sha256 {2}[0-9a-f]{64} {2}archive-1\.tar\.gz$/m)
  assert.equal(
    readdirSync(project.at(`${OUT}/package/archive`))
      .filter(each => each.endsWith('.patch'))
      .map(each => [each, read(`package/archive/${each}`)]),
    [
      ['0001-a.patch', 'patches/0001-a.patch\n'],
      ['0002-b.patch', 'patches/b.patch\n'],
      ['0003-last.patch', 'last.patch\n'],
    ],
  )
})

test('every name in a list of hooks is defined; all lines of a hook run in one shell and stop at a failure', () => {
  const lists = { ZETA_POST_RSYNC_HOOKS: 2, HOST_TOOL_POST_INSTALL_HOOKS: 1, TARGET_FINALIZE_HOOKS: 1 }
  const found = evaluate(Object.keys(lists))
  for (const [list, count] of Object.entries(lists)) {
    const names = found[list]!.trim().split(/\s+/)
    assert.is(names.length, count, list)
    for (const name of names)
      assert.match(
        read('external.mk') + ['zeta', 'tool'].map(each => read(`package/${each}/${each}.mk`)).join(''),
        new RegExp(`^define ${name}$`, 'm'),
      )
  }
  const folder = project.at('work')
  project.write('work/sub/there', '')
  // As Buildroot runs it: each line of the recipe in a shell, the build folder as @D.
  const makefile = `${BUILDROOT}SHELL = /bin/bash\nBR2_EXTERNAL_DEMO_PATH = ${project.at(OUT)}\ninclude ${project.at(OUT)}/external.mk\n${folder}/stamp:\n\t$(foreach hook,$(ZETA_POST_RSYNC_HOOKS),$(call $(hook))$(sep))\n`
  execFileSync('make', ['-s', '-f', '-', `${folder}/stamp`], {
    input: `define sep\n\n\nendef\n${makefile}`,
    encoding: 'utf8',
  })
  assert.is(project.read('work/first'), `${folder} 100% # no comment\n`)
})

test('hooks for the finished root filesystem run in the order of strux, not of the alphabet', () => {
  const target = project.at('target')
  project.write('target/x', '')
  const input = `${BUILDROOT}SHELL = /bin/bash\nBR2_EXTERNAL_DEMO_PATH = ${project.at(OUT)}\nTARGET_DIR = ${target}\ninclude ${project.at(OUT)}/external.mk\ndefine sep\n\n\nendef\nall:\n\t$(foreach hook,$(TARGET_FINALIZE_HOOKS),$(call $(hook))$(sep))\n`
  execFileSync('make', ['-s', '-f', '-', 'all'], { input, cwd: target })
  assert.is(project.read('target/order'), 'zeta\nalpha\n')
})

test('users, permissions and units are tables and presets', () => {
  const text = read('package/zeta/zeta.mk')
  assert.match(
    text,
    /define ZETA_USERS\n\tzeta 250 zeta -1 \* \/var\/lib\/zeta - dialout zeta of zeta\nendef/,
  )
  assert.match(
    text,
    /\t\/usr\/bin\/zeta f 4755 root root - - - - -\n\t\|xattr cap_net_raw\+ep\n\t\/var\/lib\/zeta r -1 zeta zeta - - - - -\n/,
  )
  assert.match(text, /ZETA_POST_INSTALL_TARGET_HOOKS \+= ZETA_ENABLE_UNITS\n/)
  assert.is(read('package/zeta/zeta.preset'), 'enable zeta.service\n')
})

test('the menus select what packages depend on', () => {
  const menu = read('package/zeta/Config.in')
  assert.match(
    menu,
    /^config BR2_PACKAGE_ZETA\n\tbool "zeta"\n\tselect BR2_PACKAGE_LIB_X\n\tselect BR2_PACKAGE_OPENSSL\n\thelp\n\t {2}\S/,
  )
  assert.match(read('package/mod/Config.in'), /\tdepends on BR2_LINUX_KERNEL\n/)
  assert.match(read('package/tool/Config.in'), /^config BR2_PACKAGE_HOST_TOOL\n/)
})

test('the configuration has architecture, kernel, bootloader, scripts and overlays', () => {
  const lines = new Set(read('configs/demo_defconfig').trim().split('\n'))
  const board = '$(BR2_EXTERNAL_DEMO_PATH)/board/demo'
  for (const line of [
    'BR2_aarch64=y',
    'BR2_TARGET_GENERIC_HOSTNAME="demo"',
    `BR2_ROOTFS_OVERLAY="${board}/overlay"`,
    `BR2_ROOTFS_POST_IMAGE_SCRIPT="${board}/post-image-1.sh ${board}/post-image-2.sh"`,
    'BR2_ROOTFS_POST_SCRIPT_ARGS="panel-v2"',
    'BR2_ROOTFS_POST_IMAGE_SCRIPT_ARGS="-c board/panel/genimage.cfg"',
    'BR2_LINUX_KERNEL_CUSTOM_GIT=y',
    'BR2_LINUX_KERNEL_CUSTOM_REPO_URL="https://git.example/linux.git"',
    'BR2_LINUX_KERNEL_CUSTOM_REPO_VERSION="v6.12"',
    'BR2_LINUX_KERNEL_DEFCONFIG="board"',
    `BR2_LINUX_KERNEL_CONFIG_FRAGMENT_FILES="${board}/linux/usb.config ${board}/linux-lines.fragment"`,
    `BR2_LINUX_KERNEL_PATCH="${board}/linux/fix.patch"`,
    'BR2_LINUX_KERNEL_INTREE_DTS_NAME="vendor/board"',
    `BR2_LINUX_KERNEL_CUSTOM_DTS_PATH="${board}/dts/own.dts"`,
    'BR2_TARGET_UBOOT_CUSTOM_TARBALL_LOCATION="https://src.example/u-boot-2025.01.tar.bz2"',
    'BR2_TARGET_UBOOT_BOARD_DEFCONFIG="qemu_arm64"',
    'BR2_ROOTFS_DEVICE_TABLE_SUPPORTS_EXTENDED_ATTRIBUTES=y',
    'BR2_PACKAGE_ZETA=y',
    'BR2_PACKAGE_HOST_TOOL=y',
  ])
    assert.ok(lines.has(line), line)
  assert.is(read('board/demo/overlay/etc/motd'), 'overlay/etc/motd\n')
  assert.is(read('board/demo/linux-lines.fragment'), 'CONFIG_NET=y\n')
})

test('scripts are executable, and find working directory and arguments', () => {
  const env = { ...process.env, BR2_EXTERNAL_DEMO_PATH: project.at(OUT) }
  const images = project.at('images')
  project.write('images/x', '')
  const run = (n: number) =>
    execFileSync(project.at(`${OUT}/board/demo/post-image-${n}.sh`), [images, 'panel-v2'], {
      env,
      encoding: 'utf8',
    })
  run(1)
  assert.equal(project.read('images/said').trim().split('\n'), [
    join(project.at(OUT), 'board/demo/files'),
    images,
    'panel-v2',
  ])
  assert.is(read('board/demo/files/board/panel/genimage.cfg'), 'image disk.img {}\n')
  assert.is(run(2), 'done\n')
  assert.match(read('board/demo/post-image-2.sh'), /"\$@" 'it'\\''s' '--fast'\n$/)
})

test('makefiles, menus and patches are not executable; hooks are', () => {
  for (const path of readdirSync(project.at(OUT), { recursive: true, encoding: 'utf8' })) {
    const stat = statSync(project.at(`${OUT}/${path}`))
    if (!stat.isFile()) continue
    if (/\.(mk|hash|patch|in)$/.test(path)) assert.is(stat.mode & 0o111, 0, path)
    if (path.endsWith('.sh')) assert.is.not(stat.mode & 0o111, 0, path)
  }
})

test('what has no counterpart is an error at its place, and a warning with --lossy', async () => {
  project.bsp([{ step: 'before_build', run: 'true' }], {
    packages: ['alpha'],
    rootfs: { packages: ['hello'] },
  })
  project.write(
    'packages/alpha.ts',
    definition(
      `name: 'alpha', dependencies: ['deb:libobscure-dev'], hooks: { post_build: sh\`echo $PROJECT_FOLDER\` }`,
    ),
  )
  const refused = await project.strux(['export', '--buildroot', project.at(OUT), '--force'])
  assert.is(refused.code, 1)
  for (const what of [
    'Debian packages: hello',
    'a script at before_build',
    "alpha depends on Debian's package libobscure-dev",
    'post-build-1 of alpha reads \\$PROJECT_FOLDER',
    "Debian's kernel",
  ])
    assert.match(refused.stderr, new RegExp(`no counterpart in Buildroot: .*${what}`), what)
  assert.is(refused.stderr.match(/libobscure-dev/g)!.length, 1)
  assert.match(refused.stderr, /bsp\/demo\/bsp\.ts:\d+:\d+/)
  const allowed = await project.strux(['export', '--buildroot', project.at(OUT), '--lossy'])
  assert.is(allowed.code, 0, allowed.stderr)
  assert.match(read('README.md'), /have no counterpart and are not here:\n\n(.*\n)*- Debian packages: hello/)
  // Files of the first export are gone.
  assert.not.ok(existsSync(project.at(`${OUT}/package/zeta`)))
  assert.is(readFileSync(project.at(`${OUT}/external.desc`), 'utf8'), 'name: DEMO\ndesc: A test\n')
})

test.run()
