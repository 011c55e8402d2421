/** Whether a board or extension from a package supports the running version. */
import { selfVersion } from '../state/own-package.ts'
import type { BoardPlace } from './board.ts'

/**
 * Message and hint if a package does not support this version. A value that is not a version range
 * (`workspace:…`) is ignored.
 */
export async function versionMismatch({
  name,
  version,
  requires,
}: BoardPlace): Promise<[string, string] | undefined> {
  const range = requires?.replace(/^workspace:/, '')
  if (range === undefined || ['', '*', '^', '~'].includes(range)) return undefined
  const { default: semver } = await import('semver')
  if (semver.validRange(range) === null) return undefined
  if (semver.satisfies(selfVersion(), range, { includePrerelease: true })) return undefined
  const board = version === undefined ? name : `${name} ${version}`
  return [
    `${board} works with strux-bsp ${range}, and this is ${selfVersion()}`,
    `install a version of ${name} for strux-bsp ${selfVersion()}, or a strux-bsp that is ${range}`,
  ]
}
