/** What is remembered of a success: everything that a later decision compares with. */
import type { InputState } from './world.ts'

export interface NodeRecord {
  /** SHA-256 of the script's text, or of a step's own body. Absent where it changed while it ran. */
  readonly script?: string
  /** SHA-256 of what strux ran around the script, where there is such a thing. */
  readonly harness?: string
  /** By the path as declared. An input that changed while the node ran is not listed. */
  readonly dependencies: Readonly<Record<string, Exclude<InputState, undefined> | null>>
  readonly artifacts: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly builder: { readonly key: string; readonly id?: string }
  /** Values of the definition that a step read, by key. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Scripts that count as a step's inputs, by id. */
  readonly feeders?: Readonly<Record<string, FeederRecord>>
}

export interface FeederRecord {
  readonly location?: string
  readonly script?: string
  readonly dependencies: NodeRecord['dependencies']
  readonly environment: Readonly<Record<string, string>>
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
