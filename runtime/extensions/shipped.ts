/** The extensions of this package, by their names. */
import type { Extension } from '../../lib/extension.ts'
import * as shipped from '../../lib/extensions/index.ts'

const BY_NAME: ReadonlyMap<string, Extension> = new Map(
  Object.values(shipped).map(extension => [extension.name, extension as unknown as Extension]),
)

export const SHIPPED_NAMES: readonly string[] = [...BY_NAME.keys()].sort()

export const shippedExtension = (name: string): Extension | undefined => BY_NAME.get(name)
