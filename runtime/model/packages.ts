/** The source packages of a build, as the planner and the commands see them. */
import type { PackageData } from '../../lib/schema/package.ts'
import type { SourcePlace } from './extensions.ts'
import type { Origin } from './origin.ts'

/** A package as it is defined. */
export interface SourcePackage {
  readonly data: PackageData
  /** The folder that `./` means, relative to the project. */
  readonly folder: string
  /** Where cmake and meson put their products, relative to the folder of the source. */
  readonly buildFolder?: string
  /** Whether it is a package of a Buildroot tree, where a licence file may be missing. */
  readonly ofBuildroot?: true
  /** Whether its commands use the kernel's tree, although it is no kernel module. */
  readonly usesKernel?: true
  /** The value that names the package in the definition. */
  readonly origin: Origin
  /** Finds the value with these keys in the file of its author. Slow, so only for messages. */
  readonly locate?: (keys: readonly (string | number)[]) => Promise<SourcePlace>
}

/** A package for the device, or for the machine that builds. One node of the plan. */
export interface PackageVariant {
  readonly variant: 'host' | 'target'
  /** `NAME` or `host-NAME`. */
  readonly id: string
  readonly package: SourcePackage
  /** Ids of the variants that it names as dependencies, in its order. */
  readonly needs: readonly string[]
  /** Debian packages that it names, for its variant's architecture. */
  readonly debian: readonly string[]
}
