/** The content of record files: the last success of each node, and the state of chains. */
import type { Fingerprint } from './fingerprint.ts'

export interface NodeRecord {
  readonly fingerprint: Fingerprint
  /** SHA-256 of the fingerprint: the key for finding outputs of the same work again. */
  readonly key: string
  /**
   * By artifact as declared: SHA-256 of the file, or for a folder SHA-256 of its manifest of names, modes and
   * contents.
   */
  readonly outputs: Readonly<Record<string, string>>
}

/** The versions of a path that several nodes change (runtime/chains). */
export interface ChainRecord {
  /** Digest of the first version, of which a copy is kept; null if nothing was there. */
  readonly first: string | null
  /** Set if nothing was there: the outermost missing folder of the path, or the path itself. */
  readonly absent?: string
  /** Ids of the nodes that made the first version. Absent in records of strux 0.1.0. */
  readonly writers?: readonly string[]
  /** Digest of the version that each link left, in order; null if the link left nothing. */
  readonly versions: readonly { readonly id: string; readonly digest: string | null }[]
  /** Whether the last link has run. */
  readonly complete: boolean
  /**
   * Digest of the path when the last link ended, with success or not; null if nothing was there. Absent while a
   * link runs, because the state that a killed build leaves is unknown. Other content at the path comes from
   * outside the build.
   */
  readonly left?: string | null
}

/** Who made what is at a path, so that a later definition can tell which of it a clean build would not make. */
export interface ProductRecord {
  /** Ids of the nodes that made or changed it, in the order of their first work on it. */
  readonly makers: readonly string[]
  /**
   * True if something was there before the first of them ran: strux then never deletes the path. Never set in the cache
   * folder of the BSP, where nothing but products lie.
   */
  readonly foreign?: true
  /** Digest of what the last of them left. Absent while one runs, and after one failed. */
  readonly left?: string
}
