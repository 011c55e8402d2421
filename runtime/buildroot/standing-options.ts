/**
 * What the infrastructures of Buildroot pass on to each package's build system, before the package's own options.
 * Names and values are facts of Buildroot 2026.08, read from the command lines that it prints for one package of each
 * infrastructure. Left out are what runtime/steps/package/infra.sh passes on to every package (prefix, compilers,
 * places of installation) and what only makes a build quiet.
 */
import type { Infrastructure } from './convert-facts.ts'

interface Standing {
  readonly options: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const off = (...names: string[]) => names.map(name => `-D${name}=OFF`)
const disabled = (...names: string[]) => names.map(name => `--disable-${name}`)

const CMAKE = [
  // Debian's cmake would install shared libraries without the mode of programs.
  '-DCMAKE_INSTALL_SO_NO_EXE=0',
  '-DBUILD_SHARED_LIBS=ON',
  ...off('BUILD_DOC', 'BUILD_DOCS', 'BUILD_EXAMPLE', 'BUILD_EXAMPLES', 'BUILD_TEST', 'BUILD_TESTS'),
  ...off('BUILD_TESTING', 'CMAKE_COLOR_MAKEFILE'),
]

const AUTOTOOLS = [
  ...['--disable-static', '--enable-shared'],
  ...disabled('gtk-doc', 'gtk-doc-html', 'doc', 'docs', 'documentation', 'nls'),
  ...['--with-xmlto=no', '--with-fop=no'],
]
/** Files of the builder must not decide what the device has. */
const NO_SITE = { CONFIG_SITE: '/dev/null' }

/** Answers of tests that cannot run in a cross build. */
export const CROSS_ANSWERS: Readonly<Record<string, string>> = {
  ac_cv_lbl_unaligned_fail: 'yes',
  ac_cv_func_mmap_fixed_mapped: 'yes',
  ac_cv_func_memcmp_working: 'yes',
  ac_cv_have_decl_malloc: 'yes',
  gl_cv_func_malloc_0_nonnull: 'yes',
  ac_cv_func_malloc_0_nonnull: 'yes',
  ac_cv_func_calloc_0_nonnull: 'yes',
  ac_cv_func_realloc_0_nonnull: 'yes',
  ac_cv_c_bigendian: 'no',
}

const TARGET: Partial<Record<Infrastructure, Standing>> = {
  cmake: {
    options: [
      '-DCMAKE_INSTALL_RUNSTATEDIR=/run',
      // Optimisation is in the flags of the toolchain.
      ...['-DCMAKE_C_FLAGS_RELEASE=-DNDEBUG', '-DCMAKE_CXX_FLAGS_RELEASE=-DNDEBUG'],
      ...CMAKE,
    ],
  },
  autotools: {
    options: ['--exec-prefix=/usr', '--program-prefix=', '--enable-ipv6', ...AUTOTOOLS],
    env: { ...NO_SITE, ...CROSS_ANSWERS },
  },
  meson: {
    options: ['--default-library=shared', '-Db_pie=false', '-Db_staticpic=true', '-Dstrip=false'],
    env: { PYTHONNOUSERSITE: 'y' },
  },
}

const HOST: Partial<Record<Infrastructure, Standing>> = {
  // Without a build type.
  cmake: { options: ['-DCMAKE_BUILD_TYPE=', ...CMAKE] },
  autotools: {
    options: [
      ...['--sysconfdir=@STRUX_HOST_DIR@/etc', '--localstatedir=@STRUX_HOST_DIR@/var'],
      ...['--disable-debug', ...AUTOTOOLS],
    ],
    env: NO_SITE,
  },
  meson: {
    options: [
      ...['--sysconfdir=@STRUX_HOST_DIR@/etc', '--localstatedir=@STRUX_HOST_DIR@/var'],
      ...['--default-library=shared', '-Dstrip=true'],
    ],
    env: { PYTHONNOUSERSITE: 'y' },
  },
}

/** Variables of make for kernel modules, before those of the package. */
export const MODULE_OPTIONS: readonly string[] = [
  'KCFLAGS=-Wno-attribute-alias',
  'WERROR=0',
  'REGENERATE_PARSERS=1',
]

/** Options and variables of a package's configuration, before its own. */
export function standingOptions(infra: Infrastructure, variant: 'host' | 'target'): Required<Standing> {
  const { options = [], env = {} } = (variant === 'host' ? HOST : TARGET)[infra] ?? {}
  return { options, env }
}
