/** Scripts of packages as files, which makefiles call with the variables that they have in strux. */
import { prefixOf } from '../../buildroot/debian-packages.ts'
import type { PackageVariant } from '../../model/packages.ts'
import type { Tree } from './exported-tree.ts'

/** Variables of a build that Buildroot does not have. */
const FOREIGN = /\$\{?((?:PROJECT|BSP|STRUX)_[A-Z_]+|TARGET_ARCH|HOST_ARCH)\b/g

/** Writes the script, and returns the line that calls it in a recipe. */
export function writeScript(tree: Tree, variant: PackageVariant, script: string, text: string): string {
  const { name, subdir = '.' } = variant.package.data
  const file = `package/${name}/${variant.variant === 'host' ? 'host-hooks' : 'hooks'}/${script}.sh`
  for (const [, variable] of text.matchAll(FOREIGN))
    tree.losses.addOf(variant, `${script} of ${variant.id} reads $${variable}`)
  // As in strux: in the folder of the source, and before that exists beside the script.
  const folder = subdir === '.' ? '"$D"' : `"$D"/${subdir}`
  const head = `#!/usr/bin/env bash\nset -eo pipefail\ncd ${folder} 2>/dev/null || cd "$PKGDIR"\n\n`
  tree.files.text('', file, `${head}${text}\n`, 0o755)
  return `$(${prefixOf(variant.id)}_STRUX_ENV) ${tree.path}/${file}`
}

/** The variables as an assignment in the package's makefile. */
export function environmentOf(tree: Tree, variant: PackageVariant): string {
  const isHost = variant.variant === 'host'
  const prefix = prefixOf(variant.id)
  const { name, version = '', infra } = variant.package.data
  const given = (names: string) => names.split(' ').map(each => `${each}="$(${each})"`)
  const words = [
    // The environment of the toolchain, with CC, CFLAGS and so on.
    isHost ? '$(HOST_CONFIGURE_OPTS)' : '$(TARGET_CONFIGURE_OPTS)',
    `D="$(@D)" SRCDIR="$(SRCDIR)" PKG="${prefix}" NAME="${name}" VERSION="${version}"`,
    `PKGDIR="${tree.path}/package/${name}"`,
    ...given(
      'HOST_DIR STAGING_DIR TARGET_DIR BINARIES_DIR BASE_DIR BUILD_DIR CONFIG_DIR BR2_CONFIG PARALLEL_JOBS',
    ),
    ...given(
      'TARGET_CROSS TARGET_CC TARGET_CXX TARGET_CFLAGS TARGET_CXXFLAGS TARGET_CPPFLAGS TARGET_LDFLAGS',
    ),
    ...given('HOSTCC HOSTCXX HOST_CFLAGS HOST_LDFLAGS'),
    ...(infra === 'kernel-module' ? given('LINUX_DIR KERNEL_ARCH') : []),
  ]
  return `${prefix}_STRUX_ENV = ${words.join(' \\\n\t')}\n`
}
