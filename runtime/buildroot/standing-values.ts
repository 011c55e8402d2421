/**
 * Symbols that have a value in every configuration of Buildroot, and what makefiles know about the architecture.
 * Names and values are facts of Buildroot 2026.08, read from the `.config` and the variables that it prints for an
 * empty configuration of each architecture (2026-11-29). Where the root filesystem of Debian is another than
 * Buildroot's (`/bin/sh`, the floating point unit of armhf), the values are those of Debian.
 */
import type { ConfigData } from '../../lib/schema/buildroot.ts'
import type { TargetArch } from '../model/plan.ts'

/** Buildroot's version whose values these are. */
const VERSION = '2026.08'

const yes = (...names: string[]): ConfigData => Object.fromEntries(names.map(name => [`BR2_${name}`, true]))

const ALL: ConfigData = {
  ...yes('HAVE_DOT_CONFIG', 'NEEDS_HOST_UTF8_LOCALE', 'BINFMT_SUPPORTS_SHARED', 'BINFMT_ELF', 'SHARED_LIBS'),
  ...yes('OPTIMIZE_2', 'STRIP_strip', 'PIC_PIE_ARCH_SUPPORTS', 'PIC_PIE', 'FORTIFY_SOURCE_ARCH_SUPPORTS'),
  ...yes('FORTIFY_SOURCE_1', 'RELRO_FULL', 'SSP_STRONG', 'TARGET_ENABLE_ROOT_LOGIN', 'SYSTEM_BIN_SH_DASH'),
  ...yes('TARGET_TZ_INFO', 'TARGET_GRUB2_ARCH_SUPPORTS', 'ROOTFS_DEVICE_CREATION_DYNAMIC_DEVTMPFS'),
  // On unless busybox takes the place of other programs: packages depend on it to be seen at all.
  BR2_PACKAGE_BUSYBOX_SHOW_OTHERS: true,
  BR2_ENDIAN: 'LITTLE',
  BR2_EXTRA_GCC_CONFIG_OPTIONS: '',
  BR2_TARGET_OPTIMIZATION: '',
  BR2_TARGET_LDFLAGS: '',
  BR2_SSP_OPTION: '-fstack-protector-strong',
  BR2_SYSTEM_DEFAULT_PATH: '/usr/bin:/usr/sbin',
  BR2_SYSTEM_DHCP: '',
  BR2_TARGET_GENERIC_HOSTNAME: 'buildroot',
  BR2_TARGET_GENERIC_ISSUE: 'Welcome to Buildroot',
  BR2_TARGET_GENERIC_ROOT_PASSWD: '',
  BR2_TARGET_LOCALTIME: 'Etc/UTC',
  BR2_TARGET_TZ_ZONELIST: 'default',
  BR2_GENERATE_LOCALE: '',
  BR2_ENABLE_LOCALE_WHITELIST: 'C en_US',
  BR2_STRIP_EXCLUDE_FILES: '',
  BR2_STRIP_EXCLUDE_DIRS: '',
  BR2_GLOBAL_PATCH_DIR: '',
  BR2_JLEVEL: 0,
  // Programs that fetch and unpack.
  BR2_WGET: 'wget -nd -t 3 --connect-timeout=10',
  BR2_CURL: 'curl -q --ftp-pasv --retry 3 --connect-timeout 10',
  BR2_GIT: 'git',
  BR2_SVN: 'svn --non-interactive --config-option servers:global:http-timeout=10',
  BR2_HG: 'hg',
  BR2_CVS: 'cvs',
  BR2_BZR: 'bzr',
  BR2_SCP: 'scp -o ConnectTimeout=10',
  BR2_SFTP: 'sftp -o ConnectTimeout=10',
  BR2_LOCALFILES: 'cp',
  BR2_ZCAT: 'gzip -d -c',
  BR2_BZCAT: 'bzcat',
  BR2_XZCAT: 'xzcat',
  BR2_LZCAT: 'lzip -d -c',
  BR2_ZSTDCAT: 'zstdcat',
  BR2_TAR_OPTIONS: '',
  // Where sources are.
  BR2_PRIMARY_SITE: '',
  BR2_BACKUP_SITE: 'https://sources.buildroot.net',
  BR2_KERNEL_MIRROR: 'https://cdn.kernel.org/pub',
  BR2_GNU_MIRROR: 'https://ftpmirror.gnu.org',
}

interface Architecture {
  readonly symbols: ConfigData
  /** The processor if the configuration names none. */
  readonly cpu: string
  /** Variables of makefiles; those of `GCC_TARGET_` are symbols of `BR2_GCC_TARGET_` as well. */
  readonly gcc: Readonly<Record<string, string>>
  /** Prefix of Debian's compilers. */
  readonly triplet: string
  readonly kernel: string
  readonly uboot: string
  readonly go: string
  readonly rust: string
}

const ARM_FLOAT = yes('ARM_CPU_HAS_FPU', 'ARM_CPU_HAS_VFPV2', 'ARM_CPU_HAS_VFPV3')

const ARCHITECTURES: Readonly<Record<TargetArch, Architecture>> = {
  arm64: {
    symbols: {
      ...ARM_FLOAT,
      ...yes('ARCH_IS_64', 'ARM_CPU_HAS_VFPV4', 'ARM_CPU_HAS_FP_ARMV8', 'ARM_CPU_ARMV8A', 'ARM_FPU_FP_ARMV8'),
      ...yes('ARM64_PAGE_SIZE_4K', 'TARGET_EDK2_ARCH_SUPPORTS'),
      BR2_NORMALIZED_ARCH: 'arm64',
      BR2_READELF_ARCH_NAME: 'AArch64',
      BR2_ARM64_PAGE_SIZE: '4K',
    },
    cpu: 'BR2_cortex_a53',
    gcc: { ABI: 'lp64' },
    ...{
      triplet: 'aarch64-linux-gnu',
      kernel: 'arm64',
      uboot: 'arm',
      go: 'arm64',
      rust: 'aarch64-unknown-linux-gnu',
    },
  },
  x86_64: {
    symbols: {
      ...yes(
        'ARCH_IS_64',
        'X86_CPU_HAS_MMX',
        'X86_CPU_HAS_SSE',
        'X86_CPU_HAS_SSE2',
        'TARGET_EDK2_ARCH_SUPPORTS',
      ),
      BR2_NORMALIZED_ARCH: 'x86_64',
      BR2_READELF_ARCH_NAME: 'Advanced Micro Devices X86-64',
    },
    cpu: 'BR2_x86_x86_64',
    gcc: { ARCH: 'x86-64' },
    ...{
      triplet: 'x86_64-linux-gnu',
      kernel: 'x86_64',
      uboot: 'x86',
      go: 'amd64',
      rust: 'x86_64-unknown-linux-gnu',
    },
  },
  armhf: {
    symbols: {
      ...ARM_FLOAT,
      ...yes('ARM_CPU_HAS_ARM', 'ARM_CPU_HAS_THUMB2', 'ARM_CPU_ARMV7A', 'ARM_EABIHF', 'ARM_FPU_VFPV3D16'),
      ...yes('ARM_INSTRUCTIONS_THUMB'),
      BR2_NORMALIZED_ARCH: 'arm',
      BR2_READELF_ARCH_NAME: 'ARM',
    },
    cpu: 'BR2_generic_v7a',
    gcc: { ARCH: 'armv7-a', ABI: 'aapcs-linux', FLOAT_ABI: 'hard', FPU: 'vfpv3-d16', MODE: 'thumb' },
    ...{
      triplet: 'arm-linux-gnueabihf',
      kernel: 'arm',
      uboot: 'arm',
      go: 'arm',
      rust: 'armv7-unknown-linux-gnueabihf',
    },
  },
}

/** Symbols of processors: of two kinds of cores, the compiler's name has a dot. */
const PROCESSOR = /^(BR2_cortex_[a-z]\d+(?:ae|c|x)?(?:_a\d+)?)=y$/m
const processorName = (symbol: string) =>
  symbol.replace('BR2_cortex_', 'cortex-').replace(/_a/, '.cortex-a').replaceAll('_', '-')

export interface StandingValues {
  /** Count unless the configuration or the tree has others. */
  readonly symbols: ConfigData
  /** Variables of makefiles. */
  readonly variables: Readonly<Record<string, string>>
}

/**
 * @param wanted lines of a `.config`
 * @param host the architecture of the build machine
 */
export function standingValues(target: TargetArch, wanted: string, host: TargetArch): StandingValues {
  const { symbols, cpu, gcc, triplet, kernel, uboot, go, rust } = ARCHITECTURES[target]
  const processor = PROCESSOR.exec(wanted)?.[1] ?? cpu
  const names = ['ARCH', 'ABI', 'CPU', 'FPU', 'FLOAT_ABI', 'MODE', 'SIMD', 'NAN', 'FP32_MODE']
  const isNamed = processor.startsWith('BR2_cortex_')
  const ofGcc = {
    ...gcc,
    ...(isNamed && { CPU: processorName(processor), ...(target === 'armhf' && { ARCH: '' }) }),
  } as Readonly<Record<string, string>>
  const hostName = { arm64: 'aarch64', x86_64: 'x86_64', armhf: 'armv7l' }[host]
  return {
    symbols: {
      ...ALL,
      ...symbols,
      [processor]: true,
      ...Object.fromEntries(Object.entries(ofGcc).map(([name, value]) => [`BR2_GCC_TARGET_${name}`, value])),
      BR2_HOSTARCH: hostName,
      BR2_VERSION: VERSION,
    },
    variables: {
      ...Object.fromEntries(names.map(name => [`GCC_TARGET_${name}`, ofGcc[name] ?? ''])),
      BR2_VERSION: VERSION,
      BR2_VERSION_FULL: VERSION,
      HOSTARCH: hostName,
      GNU_HOST_NAME: `${hostName === 'armv7l' ? 'arm-linux-gnueabihf' : `${hostName}-linux-gnu`}`,
      GNU_TARGET_NAME: triplet,
      KERNEL_ARCH: kernel,
      NORMALIZED_ARCH: kernel,
      UBOOT_ARCH: uboot,
      GO_GOARCH: go,
      RUSTC_TARGET_NAME: rust,
      TARGET_OS: 'linux',
      TARGET_OPTIMIZATION: '-O2',
      TARGET_DEBUGGING: '-g0',
      TARGET_HARDENED: '-D_FORTIFY_SOURCE=1',
    },
  }
}
