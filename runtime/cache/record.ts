/** What the files of records hold: of a node's last success, and of places with a history. */
import type { Fingerprint } from './fingerprint.ts'

export interface NodeRecord {
  readonly fingerprint: Fingerprint
  /** SHA-256 of the fingerprint: under this key outputs of the same work can be found again. */
  readonly key: string
  /** By artifact as declared: the file's SHA-256, or for a folder that of its manifest of names, modes and contents. */
  readonly outputs: Readonly<Record<string, string>>
}

/** The history of a place that several nodes change (runtime/chains). */
export interface ChainRecord {
  /** Digest of the first version, of which a copy is kept; null where there was nothing. */
  readonly first: string | null
  /** Where there was nothing: the outermost folder of the path that was not there, or the path itself. */
  readonly absent?: string
  /** The digest of what each link left, in order; null where it left nothing. */
  readonly versions: readonly { readonly id: string; readonly digest: string | null }[]
  /** Whether the last link has run. */
  readonly complete: boolean
  /**
   * What stood there when the last link ended, well or badly; null: nothing. Absent while a link runs: what a build that
   * was killed left is unknown. Whatever differs from it was put there by somebody else.
   */
  readonly left?: string | null
}
