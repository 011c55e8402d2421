/** Settings of packages of a Buildroot tree that have no effect here. */
import type { ConvertFacts, Report } from './convert-facts.ts'
import type { EvaluatedPackage } from './evaluated.ts'

interface Unsupported {
  /** An error if the package would be another without the setting. */
  readonly severity: 'error' | 'warning'
  /** Continues the variable's name. */
  readonly message: string
  readonly hint: string
  /** Whether the package has the setting; default: it is neither empty nor NO. */
  readonly holds?: (variables: EvaluatedPackage['variables']) => boolean
}

/** By variable, without prefix. */
const UNSUPPORTED: Readonly<Record<string, Unsupported>> = {
  GETTEXTIZE: {
    severity: 'error',
    message: 'is not supported: gettextize does not run',
    hint: 'call it in a hook of PRE_CONFIGURE',
  },
  CONFIG_SCRIPTS: {
    severity: 'warning',
    message: 'has no effect: paths in these scripts are not changed to those of STAGING_DIR',
    hint: 'let packages find the library with pkg-config, or change the scripts in a hook of POST_INSTALL_STAGING',
  },
  OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS: {
    severity: 'warning',
    message: 'has no effect: all files of the folder are copied',
    hint: 'delete them in a hook of POST_RSYNC',
  },
  DEVICES: {
    severity: 'warning',
    message: "has no effect: the device's kernel makes the nodes of its devices",
    hint: 'leave it out',
  },
  LINUX_CONFIG_FIXUPS: {
    severity: 'warning',
    message: "has no effect: packages do not change the kernel's configuration",
    hint: 'put the options into a fragment of boot.kernel.fragments',
  },
}

/** Names of the variables, to be evaluated. */
export const UNSUPPORTED_VARIABLES: readonly string[] = Object.keys(UNSUPPORTED)

/** @param variants of one package; a host variant that only inherits a setting does not repeat the message */
export function reportUnsupported(
  variants: readonly EvaluatedPackage[],
  { places }: ConvertFacts,
  report: Report,
): void {
  for (const [name, { severity, message, hint, holds }] of Object.entries(UNSUPPORTED)) {
    const isSet = holds ?? (variables => !['', 'NO'].includes(variables[name]?.trim() ?? ''))
    const found = variants.find(each => isSet(each.variables))
    if (!found) continue
    const { prefix, file } = found
    report(
      severity,
      'buildroot_unsupported',
      `${prefix}_${name} ${message}`,
      hint,
      places.ofVariable(file, `${prefix}_${name}`),
    )
  }
}
