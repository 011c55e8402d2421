/** An error for the user: what failed, why, and what to do. Its stack is shown only with --verbose. */
export class StruxError extends Error {
  override readonly name = 'StruxError'
  readonly hint: string | undefined
  /** The exit code of the command: 1 for failures, 2 for wrong use, a script's own code where a script failed. */
  readonly exitCode: number

  constructor(message: string, options: { hint?: string; exitCode?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.hint = options.hint
    this.exitCode = options.exitCode ?? 1
  }
}
