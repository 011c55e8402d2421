/** `definePackage`: a package that is built from source. */
import type * as z from 'zod'
import { markDefinition } from './definition.ts'
import type { HostPackageHook, TargetPackageHook } from './hooks/package.ts'
import type { packageSchema } from './schema/package.ts'
import type { Sh } from './sh.ts'

type Input = z.input<typeof packageSchema>

/** One script, or several that run in this order. */
export type PackageScripts = Sh | readonly Sh[]

/** The host variant of a package. */
export interface HostPackage extends Omit<NonNullable<Input['host']>, 'hooks'> {
  /** Scripts before and after the phases of the host variant; each hook has one or a list. */
  hooks?: { readonly [H in HostPackageHook]?: PackageScripts | undefined } | undefined
}

/** The argument of `definePackage`. */
export interface PackageBody extends Omit<Input, 'hooks' | 'host'> {
  /** Scripts before and after the phases of the target variant; each hook has one or a list. */
  hooks?: { readonly [H in TargetPackageHook]?: PackageScripts | undefined } | undefined
  /** The variant for the machine that builds, if there is one. It inherits neither hooks nor commands. */
  host?: HostPackage | undefined
}

declare const defined: unique symbol

/** The result of `definePackage`, for the key `packages`. */
export interface Package extends PackageBody {
  readonly [defined]: 'package'
}

/**
 * Defines a source package: the default export of `packages/NAME.ts`, or a value in `packages` of a BSP or board.
 * Relative paths (`./x`) are in the folder of the package's file; for a value, in the folder of the BSP or board.
 * Returns its argument, and never throws.
 *
 * @example
 * export default definePackage({
 *   name: 'hello', version: '1.0', site: './src', infra: 'cmake', license: 'MIT', units: ['hello.service'],
 *   hooks: { post_install_target: sh`install -D -m 644 hello.service "$TARGET_DIR/usr/lib/systemd/system/hello.service"` },
 * })
 */
export function definePackage(body: PackageBody): Package {
  return markDefinition('package', body) as unknown as Package
}
