/** Where source packages are built and what they make. package/begin.sh has the same rules. */
import type { PackageVariant } from '../../model/packages.ts'
import { packagesFolder } from '../../plan/environment.ts'

/** The id of a variant's node. */
export const packageNode = (id: string): string => `package:${id}`

/**
 * The folder of everything that a variant makes: `target`, `staging`, `images`, `host` and `legal-info`, each as
 * far as it has it, and `digest`, the SHA-256 of all of it.
 */
export const outputsOf = (bsp: string, { id }: Pick<PackageVariant, 'id'>): string =>
  `${packagesFolder(bsp)}/per-package/${id}`

/** The file that stands for all outputs of a variant: its dependents read it as their input. */
export const digestOf = (bsp: string, variant: Pick<PackageVariant, 'id'>): string =>
  `${outputsOf(bsp, variant)}/digest`

/** The folder of the records of finished phases. */
export const stampsOf = (bsp: string, { id }: Pick<PackageVariant, 'id'>): string =>
  `${packagesFolder(bsp)}/build/.stamps/${id}`

/** The name of the build folder: with the version, or `custom` for an overridden source. */
export function buildName({ id, package: { data } }: PackageVariant): string {
  if (data.override_srcdir !== undefined) return `${id}-custom`
  const version = data.version?.replaceAll(/[^A-Za-z0-9._+~-]/g, '_')
  return version === undefined ? id : `${id}-${version}`
}
