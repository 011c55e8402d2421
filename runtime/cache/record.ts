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

/** The history of a path that scripts change in place. */
export interface ChainRecord {
  /** Digest of the first version, of which a copy is kept; null where there was none. */
  readonly first: string | null
  /** What each link left, in order; complete when the last link has run. */
  readonly versions: readonly { readonly id: string; readonly digest: string }[]
  readonly complete: boolean
  /**
   * What was there when the last link ended, well or badly; null: nothing. Absent while a link runs: what a build that
   * was killed left is unknown. Whatever differs from it was put there by somebody else.
   */
  readonly left?: string | null
}
