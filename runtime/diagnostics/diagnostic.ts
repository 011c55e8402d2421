/** Complaints about a definition: a Finding has the keys of the value, a Diagnostic its position in the source. */
import type { Origin } from '../model/origin.ts'

/** `info`: nothing is wrong, but the user should know it. */
export type Severity = 'error' | 'warning' | 'info'

/** A complaint about a value of a definition, before its position in the source is known. */
export interface Finding {
  readonly severity: Severity
  /** Stable, for scripts: `unknown_key`, `path_escapes`, … (docs/json.md). */
  readonly code: string
  readonly message: string
  /** How to fix it. */
  readonly hint?: string
  readonly origin: Origin
  /** Underline the key or its value. */
  readonly at: 'key' | 'value'
  /** The board that the value comes from, named if the board's source is not available. */
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
  /** Number of characters to underline, if known. */
  readonly length?: number
  readonly hint?: string
}

/** A definition that cannot be used. Carries all diagnostics found so far. */
export class DiagnosticsError extends Error {
  override readonly name = 'DiagnosticsError'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[]) {
    super(`${diagnostics.filter(d => d.severity === 'error').length} error(s) in the project's definitions`)
    this.diagnostics = diagnostics
  }
}
