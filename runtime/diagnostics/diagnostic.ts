/** Complaints about what an author wrote: a Finding knows the keys of the value, a Diagnostic the place in the source. */
import type { Origin } from '../model/plan.ts'

export type Severity = 'error' | 'warning'

/** A complaint about a value of a definition, before anyone has looked for its place in the source. */
export interface Finding {
  readonly severity: Severity
  /** Stable, for scripts: `unknown_key`, `path_escapes`, … (docs/json.md). */
  readonly code: string
  readonly message: string
  /** What to do, in words. */
  readonly hint?: string
  readonly origin: Origin
  /** What to underline: the key itself, or its value. */
  readonly at: 'key' | 'value'
  /** The board that the value comes from, to be named where its source is not at hand. */
  readonly board?: string
}

/** As `strux check --json` prints it. Lines and columns count from 1; `file` is relative to the project. */
export interface Diagnostic {
  readonly severity: Severity
  readonly code: string
  readonly message: string
  readonly file: string
  readonly line: number
  readonly column: number
  /** Characters to underline, where more than the position is known. */
  readonly length?: number
  readonly hint?: string
}

/** A definition that cannot be used. Carries everything found so far, so that it can be said at once. */
export class DiagnosticsError extends Error {
  override readonly name = 'DiagnosticsError'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(`${diagnostics.filter(d => d.severity === 'error').length} error(s) in the project's definitions`)
    this.diagnostics = diagnostics
  }
}
