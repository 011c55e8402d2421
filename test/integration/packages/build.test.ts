/**
 * A daemon in C that links a cmake library in staging, a host tool that its build and a post-image script use: built
 * for this machine and for arm64.
 */
import { readFileSync, statSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hostArch } from '../../../runtime/plan/arch.ts'
import { TempProject } from '../../support/project.ts'

const test = suite('source packages')
let project: TempProject

test.before(() => {
  project = new TempProject()
  project.write(
    'packages/libsignal/package.ts',
    definition(`name: 'libsignal', version: '2.1', site: './src', infra: 'cmake', install_staging: true,
  license: 'MIT', license_files: ['LICENSE']`),
  )
  project.write('packages/libsignal/src/LICENSE', 'Permission is granted.\n')
  project.write('packages/libsignal/src/signal.c', 'int signal_level(void) { return 42; }\n')
  project.write('packages/libsignal/src/signal_level.h', 'int signal_level(void);\n')
  project.write(
    'packages/libsignal/src/CMakeLists.txt',
    `cmake_minimum_required(VERSION 3.16)
project(signal C)
include(GNUInstallDirs)
add_library(signal SHARED signal.c)
set_target_properties(signal PROPERTIES VERSION 2.1 SOVERSION 2)
install(TARGETS signal)
install(FILES signal_level.h DESTINATION \${CMAKE_INSTALL_INCLUDEDIR})
file(WRITE \${CMAKE_BINARY_DIR}/signal.pc "prefix=/usr\\nlibdir=\\\${prefix}/\${CMAKE_INSTALL_LIBDIR}\\nName: signal\\nDescription: s\\nVersion: 2.1\\nLibs: -L\\\${libdir} -lsignal\\nCflags: -I\\\${prefix}/include\\n")
install(FILES \${CMAKE_BINARY_DIR}/signal.pc DESTINATION \${CMAKE_INSTALL_LIBDIR}/pkgconfig)
`,
  )
  project.write(
    'packages/sigtool.ts',
    definition(`name: 'sigtool', target: false, host: {
  commands: {
    build: sh\`printf 'int puts(const char *); int main(void) { return puts("signed") < 0; }' >tool.c; $CC $CFLAGS tool.c -o sigtool\`,
    install: sh\`install -D -m 755 sigtool "$HOST_DIR/bin/sigtool"\`,
  },
}`),
  )
  project.write(
    'packages/beacon/package.ts',
    definition(`name: 'beacon', version: '1.0', site: './src', install_images: true,
  dependencies: ['libsignal', 'host-sigtool'], units: ['beacon.service'], users: [{ name: 'beacon' }],
  commands: {
    build: sh\`$CC $CFLAGS main.c -o beacon $(pkg-config --cflags --libs signal) $LDFLAGS; sigtool >stamp\`,
    install_target: sh\`install -D -m 755 beacon "$TARGET_DIR/usr/bin/beacon"; install -D -m 644 beacon.service "$TARGET_DIR/usr/lib/systemd/system/beacon.service"\`,
    install_images: sh\`cp stamp "$BINARIES_DIR/beacon.sig"\`,
  },
  hooks: { post_build: sh\`test ! -e "$STAGING_DIR/usr/include/other.h"\` }`),
  )
  project.write('packages/beacon/src/beacon.service', '[Service]\nExecStart=/usr/bin/beacon\n')
  project.write(
    'packages/beacon/src/main.c',
    '#include <signal_level.h>\n#include <stdio.h>\nint main(void) { printf("level %d\\n", signal_level()); return 0; }\n',
  )
  // Not a dependency of the beacon, so invisible to it.
  project.write(
    'packages/other.ts',
    definition(`name: 'other', install_staging: true,
  commands: { install_staging: sh\`touch "$STAGING_DIR/usr/include/other.h"\`, install_target: sh\`mkdir -p "$TARGET_DIR/usr/share/other"; echo data >"$TARGET_DIR/usr/share/other/data"\` }`),
  )
})
test.after(() => project.dispose())

const definition = (body: string) =>
  `import { definePackage, sh } from 'strux-bsp'\nvoid sh\nexport default definePackage({ ${body} })\n`

const PACKAGES = { packages: ['other', 'beacon'] }
const POST_IMAGE = { scripts: [{ id: 'sign', run: 'set -e; sigtool >"$BINARIES_DIR/signed"' }] }
const NODES = ['package:libsignal', 'package:host-sigtool', 'package:beacon', 'package:other', 'packages']
const only = (names: readonly string[]) => names.flatMap(name => ['--only', name])
const at = (bsp: string, path: string) => `dist/cache/${bsp}/packages/${path}`

/** The machine of an ELF file. */
const machine = (path: string) => readFileSync(project.at(path)).readUInt16LE(18)
const MACHINES = { x86_64: 62, arm64: 183, armhf: 40 }

test('a daemon, its library and its tool are built, put together and used', async () => {
  project.bsp([], { ...PACKAGES, post_image: POST_IMAGE })
  const built = await project.build([...only([...NODES, 'sign']), '--jobs', '2'])
  assert.is(built.code, 0, built.stdout)
  assert.equal([...built.ran].sort(), [...NODES, 'sign'].sort())
  const files = project
    .read(at('demo', 'files.list'))
    .split('\n')
    .filter(line => line.startsWith('file'))
    .map(line => line.split('\t')[1]!)
  const triplet = { x86_64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu', armhf: 'arm-linux-gnueabihf' }[
    hostArch()
  ]
  // Neither headers nor files for pkg-config.
  assert.equal(
    files,
    [
      'usr/bin/beacon',
      `usr/lib/${triplet}/libsignal.so`,
      `usr/lib/${triplet}/libsignal.so.2`,
      `usr/lib/${triplet}/libsignal.so.2.1`,
      'usr/lib/systemd/system/beacon.service',
      'usr/share/other/data',
    ].sort(),
  )
  assert.ok(project.has(at('demo', 'staging/usr/include/signal_level.h')))
  assert.is(project.read('dist/output/demo/beacon.sig'), 'signed\n')
  assert.is(project.read('dist/output/demo/signed'), 'signed\n')
  assert.is(machine(at('demo', 'files/usr/bin/beacon')), MACHINES[hostArch()])
  assert.is(
    project.read(at('demo', 'per-package/libsignal/legal-info/licenses/LICENSE')),
    'Permission is granted.\n',
  )
  assert.match(project.read(at('demo', 'files.list')), /debian\tlibc6/)

  const again = await project.build(only(NODES))
  assert.equal(again.ran, [])
})

test('a shell has the surroundings of the build: programs, libraries, compiler and folder', async () => {
  const input =
    'pwd; sigtool; pkg-config --libs signal; echo "$CC"; ls "$STAGING_DIR/usr/include"; test -s stamp'
  const { code, stdout, stderr } = await project.strux(['package', 'beacon', 'shell'], { input })
  assert.is(code, 0, stderr)
  const [folder, signed, libraries, compiler, ...headers] = stdout.trim().split('\n')
  assert.is(folder, `/project/${at('demo', 'build/beacon-1.0')}`)
  assert.is(signed, 'signed')
  assert.match(libraries ?? '', /-lsignal/)
  assert.match(compiler ?? '', /-gcc$/)
  assert.equal(headers, ['signal_level.h'])
  assert.equal((await project.build(only(NODES))).ran, [])
})

test('a change of the library builds the library and its users again, and nothing else', async () => {
  project.write('packages/libsignal/src/signal.c', 'int signal_level(void) { return 43; }\n')
  const built = await project.build(only(NODES))
  assert.is(built.code, 0, built.stdout)
  assert.equal(built.ran, ['package:libsignal', 'package:beacon', 'packages'])
})

test('two packages that install one file are an error that names both, unless one replaces the other', async () => {
  const rival = (more: string) =>
    project.write(
      'packages/rival.ts',
      definition(
        `name: 'rival', ${more} commands: { install_target: sh\`echo rival >"$TARGET_DIR/usr/bin/beacon"\` }`,
      ),
    )
  rival('')
  project.bsp([], { packages: ['other', 'beacon', 'rival'] })
  const failed = await project.build(only(['package:rival', 'packages']))
  assert.is(failed.code, 1)
  assert.match(failed.stdout, /two packages install \/usr\/bin\/beacon: beacon and rival/)
  rival(`replaces: ['beacon'],`)
  const built = await project.build(only(['package:rival', 'packages']))
  assert.is(built.code, 0, built.stdout)
  assert.is(project.read(at('demo', 'files/usr/bin/beacon')), 'rival\n')
  // Nothing of a package that is gone stays.
  project.bsp([], { packages: ['other'] })
  assert.is((await project.build(only(['packages']))).code, 0)
  assert.not.ok(project.has(at('demo', 'files/usr/bin/beacon')))
  assert.not.ok(project.has('dist/output/demo/beacon.sig'))
})

test('packages share folders; a file in the place of a folder, and one image of two packages, are errors', async () => {
  const made = (name: string, target: string, more = '') =>
    project.write(
      `packages/${name}.ts`,
      definition(`name: '${name}', ${more} commands: { install_target: sh\`cd "$TARGET_DIR"; ${target}\` }`),
    )
  made('first', 'mkdir -m 750 etc/settings.d; echo 1 >etc/settings.d/one; mkdir etc/shared.d')
  made('second', 'mkdir etc/settings.d; mkdir -p etc/shared.d')
  project.bsp([], { packages: ['first', 'second'] })
  const nodes = only(['package:first', 'package:second', 'packages'])
  const built = await project.build(nodes)
  assert.is(built.code, 0, built.stdout)
  assert.is(project.read(at('demo', 'files/etc/settings.d/one')), '1\n')
  assert.ok(project.has(at('demo', 'files/etc/shared.d')))
  assert.is(statSync(project.at(at('demo', 'files/etc/settings.d'))).mode & 0o777, 0o750)

  made('second', 'echo file >etc/settings.d')
  const over = await project.build(nodes)
  assert.match(over.stdout, /two packages install \/etc\/settings\.d: first a folder, and second a file/)
  made('second', 'mkdir -p etc/settings.d/one; touch etc/settings.d/one/file')
  const under = await project.build(nodes)
  assert.match(
    under.stdout,
    /two packages install \/etc\/settings\.d\/one: first a file, and second a folder/,
  )

  const IMAGE = `install_images: true, hooks: { post_install_images: sh\`echo $NAME >"$BINARIES_DIR/firmware.bin"\` },`
  made('first', 'mkdir etc/settings.d', IMAGE)
  made('second', 'mkdir etc/settings.d', IMAGE)
  const images = await project.build(nodes)
  assert.match(images.stdout, /two packages install the image firmware\.bin: first and second/)
  made('second', 'mkdir etc/settings.d', `replaces: ['first'], ${IMAGE}`)
  assert.is((await project.build(nodes)).code, 0)
  assert.is(project.read('dist/output/demo/firmware.bin'), 'second\n')
})

test('the same packages for another architecture', async () => {
  const arch = hostArch() === 'arm64' ? 'x86_64' : 'arm64'
  project.bsp([], { ...PACKAGES, name: 'demo', arch })
  const built = await project.build(only(NODES))
  assert.is(built.code, 0, built.stdout)
  assert.is(machine(at('demo', 'files/usr/bin/beacon')), MACHINES[arch])
  assert.is(machine(at('demo', 'host/bin/sigtool')), MACHINES[hostArch()])
})

test.run()
